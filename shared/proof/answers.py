"""Answers the calculator's questions, one at a time. It knows the calendars that were defined so far, and nothing else.

Source: SEMANTICS 7.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction

from shared.domain import availability, target
from shared.domain.availability import State
from shared.domain.calendar import Calendar
from shared.domain.errors import InvalidInput
from shared.domain.target import LedgerRow, Pause, Target, target_from
from shared.domain.worktime.promised import shown
from shared.proof.definition import calendar_rules, instant, items, keys, pair

Question = Mapping[str, object]
Answer = dict[str, object]

REMARKS = ("source", "expect", "note")
"""Keys that any line may carry and nobody reads: where a question comes from, and what it should answer."""


class Calculator:
    def __init__(self) -> None:
        self._calendars: dict[str, Calendar] = {}
        self._wrong: dict[str, str] = {}
        self._answers: dict[str, Callable[[Question], Answer]] = {
            "due": self._due,
            "elapsed": self._elapsed,
            "explain": self._explain,
            "availability": _availability,
        }

    def answer(self, question: Question) -> Answer:
        """What `op` asks for, without the id. Raises InvalidInput."""
        op = question.get("op")
        if not isinstance(op, str) or op not in self._answers:
            asked = f"not {shown(op)}" if "op" in question else "and this line has neither"
            raise InvalidInput(f'"op" is one of {", ".join(self._answers)}, or the line is a "define"; {asked}.')
        return self._answers[op](question)

    def define(self, definition: Question) -> None:
        """Keeps a calendar under its name, once and for all: calendars are immutable. The same again is no error.

        Raises InvalidInput; questions on a calendar whose definition was wrong are told so.
        """
        given = keys(definition, "A definition", required=("define", "calendar"), optional=("id", *REMARKS))
        name = given["define"]
        if not isinstance(name, str) or not name:
            raise InvalidInput(f'"define" is the name of a calendar; not {shown(name)}.')
        try:
            rules = calendar_rules(given["calendar"])
        except InvalidInput as wrong:
            self._wrong[name] = wrong.detail
            raise
        known = self._calendars.get(name)
        if known is None:
            self._calendars[name] = Calendar(rules)
        elif known.rules != rules:
            raise InvalidInput(f"The calendar {shown(name)} is defined already, and differently; a change needs its own name.")

    def _due(self, question: Question) -> Answer:
        calendar, start, promised, pauses = self._clock(question)
        return {"due": _iso(target.due(calendar, start, promised, pauses))}

    def _explain(self, question: Question) -> Answer:
        explanation = target.explain(*self._clock(question))
        return {"due": _iso(explanation.due), "ledger": [_row(row) for row in explanation.ledger]}

    def _elapsed(self, question: Question) -> Answer:
        given = _fields(question, required=("calendar", "start", "end"))
        elapsed = self._calendar(given).elapsed(instant(given["start"], "start"), instant(given["end"], "end"))
        return {"seconds": elapsed.total_seconds()}

    def _clock(self, question: Question) -> tuple[Calendar, datetime, Target, list[Pause]]:
        given = _fields(question, required=("calendar", "start", "target"), optional=("pauses",))
        promised = given["target"]
        if not isinstance(promised, dict):
            raise InvalidInput(f'A target is an object such as {{"working_hours": 4}}; not {shown(promised)}.')
        pauses = [_pause(each) for each in items(_or_none(given, "pauses"), "pauses", "pairs [from, to or null]")]
        return self._calendar(given), instant(given["start"], "start"), target_from(promised), pauses

    def _calendar(self, given: Question) -> Calendar:
        name = given["calendar"]
        if isinstance(name, str) and name in self._calendars:
            return self._calendars[name]
        if isinstance(name, str) and name in self._wrong:
            raise InvalidInput(f"The definition of the calendar {shown(name)} was wrong: {self._wrong[name]}")
        raise InvalidInput(f"No line before this one defines a calendar {shown(name)}.")


def _availability(question: Question) -> Answer:
    given = _fields(question, required=("period", "target", "states"), optional=("now", "maintenance"))
    start, end = pair(given["period"], "period", "from, to")
    now = given.get("now")
    judgement = availability.judge(
        instant(start, "period"),
        instant(end, "period"),
        [_state(each) for each in items(given["states"], "states", "pairs [from, state]")],
        [_maintenance(each) for each in items(_or_none(given, "maintenance"), "maintenance", "pairs [from, to]")],
        None if now is None else instant(now, "now"),
        availability.target_share(given["target"]),
    )
    return {
        "up_s": judgement.up.total_seconds(),
        "down_s": judgement.down.total_seconds(),
        "unknown_s": judgement.unknown.total_seconds(),
        "excluded_s": judgement.excluded.total_seconds(),
        "min": _percent(judgement.minimum),
        "max": _percent(judgement.maximum),
        "verdict": judgement.verdict.value,
    }


def _fields(question: Question, *, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Question:
    what = f"A question of the kind {shown(question['op'])}"
    return keys(question, what, required=("id", "op", *required), optional=(*optional, *REMARKS))


def _pause(value: object) -> Pause:
    start, end = pair(value, "A pause", "from, to or null")
    return Pause(starts_at=instant(start, "A pause"), ends_at=None if end is None else instant(end, "A pause"))


def _state(value: object) -> tuple[datetime, State]:
    at, state = pair(value, "A state", "from, state")
    for known in State:
        if known == state:
            return instant(at, "A state"), known
    raise InvalidInput(f"A state is {', '.join(State)}; not {shown(state)}.")


def _maintenance(value: object) -> tuple[datetime, datetime]:
    start, end = pair(value, "A maintenance", "from, to")
    return instant(start, "A maintenance"), instant(end, "A maintenance")


def _row(row: LedgerRow) -> Answer:
    return {
        "from": _iso(row.starts_at),
        "to": _iso(row.ends_at),
        "counted_s": row.counted.total_seconds(),
        "reason": None if row.reason is None else str(row.reason),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _percent(share: Fraction | None) -> str | None:
    return None if share is None else availability.cut(share)


def _or_none(given: Question, name: str) -> object:
    """An optional list; null says the same as leaving it out."""
    return [] if given.get(name) is None else given[name]
