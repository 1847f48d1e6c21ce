"""The facts of a notice or a page, read into typed values. What is missing is empty, and no text can break out of its line.

The facts are frozen JSON, written by `shared/domain/correspondence.py` and `due_work.py`, perhaps by an earlier release than the
one that reads them: so nothing here is required. Texts in them come from outside.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast

from shared.domain.text import Text, text_in

type Facts = Mapping[str, object]

_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Characters that show nothing, or that turn the text after them round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Consecutive local dates of one kind, as `domain/worktime/why.py` folds them. `counted`: of each day; `reason`: why not
    more."""

    first: date
    last: date
    counted: timedelta
    reason: str
    name: Text

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One clock: what was promised, until when, why then, and how it stands. `state` is "" where the facts do not say.

    `is_again`: it began after receipt, with a reopening.
    """

    promise: str
    name: Text
    target: Facts
    due_at: datetime | None
    done_at: datetime | None
    state: str
    is_again: bool
    is_open: bool
    why: tuple[Days, ...]


def line(facts: Facts, key: str) -> str:
    """A text on one line: whatever breaks lines is a space, and nothing in it can end a mail header."""
    return " ".join(_clean(facts.get(key)).split())


def is_erased(facts: Facts) -> bool:
    """Whether what was held on the contact has been erased: a request has a subject for as long as they are known."""
    return facts.get("subject") == ""


def subject(facts: Facts, erased: str) -> str:
    """The request's subject, or the words for one that has been erased."""
    return erased if is_erased(facts) else line(facts, "subject")


def block(facts: Facts, key: str) -> str:
    """A text that may have lines, which end in \\n."""
    return "\n".join(row.rstrip() for row in _clean(facts.get(key)).splitlines()).strip("\n")


def worded(facts: Facts, key: str, language: str) -> str:
    """A text that a contract has in several languages, in this one, or in the first it has; also a text in just one."""
    return one_of(_text(facts.get(key)), language)


def one_of(text: Text, language: str) -> str:
    return " ".join(_clean(text_in(text, language)).split()) if text else ""


def number(facts: Facts, key: str) -> int | None:
    value = facts.get(key)
    return value if isinstance(value, int) else None


def instant(facts: Facts, key: str) -> datetime | None:
    """An instant in UTC."""
    value = facts.get(key)
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def mapping(facts: Facts, key: str) -> Facts:
    """Facts within the facts; none where there are none."""
    value = facts.get(key)
    return cast(Facts, value) if isinstance(value, Mapping) else {}


def amount(facts: Facts, key: str) -> Decimal:
    """A number that is written as plain text; anything else is zero."""
    value = facts.get(key)
    return Decimal(value) if isinstance(value, str) and _AMOUNT.fullmatch(value) else Decimal(0)


def deadlines(facts: Facts) -> tuple[Deadline, ...]:
    """The open deadlines, each with its reasons."""
    return tuple(_deadline(each, instant(facts, "received_at")) for each in _mappings(facts, "deadlines"))


def clocks(facts: Facts) -> tuple[Deadline, ...]:
    """Every clock, done or not; where the facts name none, the deadlines. Open are those whose deadline is still one."""
    still = {(each.promise, each.due_at): each for each in deadlines(facts)}
    every = [_deadline(each, instant(facts, "received_at")) for each in _mappings(facts, "clocks")]
    return tuple(_as_it_stands(clock, still.get((clock.promise, clock.due_at))) for clock in every) or tuple(still.values())


def _as_it_stands(clock: Deadline, deadline: Deadline | None) -> Deadline:
    return replace(deadline, state=clock.state) if deadline else replace(clock, is_open=False)


def _deadline(facts: Facts, received_at: datetime | None) -> Deadline:
    name, target = facts.get("name"), facts.get("target")
    started_at = instant(facts, "started_at")
    return Deadline(
        promise=line(facts, "promise"),
        name=_text(name) if isinstance(name, Mapping) else {},  # a clock's own name ("resolution.1.1") is for programs
        target=target if isinstance(target, Mapping) else {},
        due_at=instant(facts, "due_at"),
        done_at=instant(facts, "done_at"),
        state=line(facts, "state"),
        is_again=bool(started_at and received_at and started_at > received_at),
        is_open=True,
        why=tuple(map(_days, _mappings(facts, "why"))),
    )


def _days(facts: Facts) -> Days:
    counted = facts.get("counted_s")
    return Days(
        first=date.fromisoformat(line(facts, "first")),
        last=date.fromisoformat(line(facts, "last")),
        counted=timedelta(seconds=counted if isinstance(counted, int | float) else 0),
        reason=line(facts, "reason"),
        name=_text(facts.get("name")),
    )


def _mappings(facts: Facts, key: str) -> Iterator[Facts]:
    values = facts.get(key)
    return (cast(Facts, value) for value in (values if isinstance(values, list | tuple) else ()) if isinstance(value, Mapping))


def _text(value: object) -> Text:
    if isinstance(value, Mapping):
        return {str(language): text for language, text in value.items() if isinstance(text, str)}
    return {"": value} if isinstance(value, str) and value else {}


def _clean(value: object) -> str:
    return _CONTROLS.sub("", _SURROGATES.sub("\ufffd", value)) if isinstance(value, str) else ""
