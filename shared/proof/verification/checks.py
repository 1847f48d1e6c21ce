"""The checks of an evidence file, in the order in which they are made: each needs what the ones before have shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain import clock as clocks
from shared.domain import dossier
from shared.domain.clock import Clock
from shared.domain.errors import SportelloError
from shared.domain.evidence import canonical, stamp
from shared.domain.target import Explanation, WorkingTime
from shared.domain.worktime.definition import defined
from shared.proof.verification import letters, replay, texts
from shared.proof.verification.reading import Broken, Part
from shared.proof.verification.replay import Told
from shared.proof.verification.terms import Terms, terms

SECTIONS = (
    "format", "exported_at", "ticket", "contract", "calendars", "events", "contents", "clocks", "pauses", "ledgers", "notices",
    "seal",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one check came to. `broken`: what does not hold; None when all that was checked does."""

    name: str
    says: str
    broken: Broken | None = None


def outcomes(file: dict[str, object], raw: bytes) -> Iterator[Outcome]:
    """One check after another, up to the first that does not hold."""
    checking = _Checking(Part(file, ""), raw)
    for name, check in checking.checks():
        try:
            outcome = Outcome(name=name, says=check())
        except Broken as broken:
            outcome = Outcome(name=name, says="", broken=broken)
        except SportelloError as wrong:  # the engine will not work with what the file says
            outcome = Outcome(name=name, says="", broken=Broken(name, "figures that can be worked out", wrong.detail))
        yield outcome
        if outcome.broken is not None:
            return


class _Checking:
    """What the checks have in common: the file, and what the earlier ones read out of it."""

    def __init__(self, file: Part, raw: bytes) -> None:
        self._file, self._raw = file, raw
        self._terms: Terms
        self._told: Told

    def checks(self) -> tuple[tuple[str, Callable[[], str]], ...]:
        return (
            ("chain", lambda: texts.check_chain(self._file)),
            ("texts", lambda: texts.check_texts(self._file)),
            ("notices", lambda: letters.check_notices(self._file)),
            ("contract", self._contract),
            ("deadlines", self._deadlines),
            ("ticket", self._ticket),
            ("clocks", self._clocks),
            ("calendars", self._calendars),
            ("ledgers", self._ledgers),
            ("seal", self._seal),
            ("form", self._form),
        )

    def _contract(self) -> str:
        for name in SECTIONS:
            self._file[name]
        self._terms = terms(self._file, self._file["ticket"]["product"].text())
        contract, versions = self._terms.contract, self._terms.contract.calendars
        known = ", ".join(f"{name} (version {len(history.versions)})" for name, history in sorted(versions.items()))
        return f"{contract.id}@{contract.version}, {contract.digest[:12]}; calendars: {known}"

    def _deadlines(self) -> str:
        self._told = replay.replayed(self._file, self._terms)
        stated = 0
        for event in self._file["events"].items():
            data = event["data"].mapping()
            stated += sum(len(event["data"][name].mapping()) for name in ("deadlines", "verdicts") if name in data)
        late = ", ".join(map(str, self._told.late))
        return f"{stated} deadlines and verdicts in the events come out the same" + (
            f"; written before an announcement was known to the desk: event {late}" if late else ""
        )

    def _ticket(self) -> str:
        self._file["ticket"].must_be(dossier.ticket(self._told.ticket))
        self._file["pauses"].must_be([dossier.pause(pause) for pause in self._told.ticket.pauses])
        return f"{self._told.ticket.id} is {self._told.ticket.state}, as its events say"

    def _clocks(self) -> str:
        at = self._exported_at()
        self._file["clocks"].must_be([dossier.clock(clock, at) for clock in self._shown()])
        verdicts = ", ".join(f"{clock.name} {clocks.state_of(clock, at)}" for clock in self._shown())
        return verdicts or "the contract promises nothing for such a request"

    def _calendars(self) -> str:
        """Each says all of the days that it was asked about, and nothing of others."""
        sections = (self._file[name].value for name in ("ticket", "events", "clocks"))
        moments = dossier.moments(self._file["exported_at"].text(), *sections)  # type: ignore[arg-type]  # compared before
        for calendar in self._file["calendars"].items():
            versions = self._terms.contract.calendars[calendar["name"].text()].versions
            first, last = dossier.covered(self._told.ticket.received_at, moments, versions[0].calendar.zone)
            calendar["covers"].must_be([first.isoformat(), last.isoformat()])
            for version, part in zip(versions, calendar["versions"].items(), strict=True):
                part["definition"].must_be(defined(version.calendar.rules, first, last))
        return "each defined from before the receipt to after the last instant, and for no other days"

    def _ledgers(self) -> str:
        expected = []
        for clock in self._shown():
            if not clock.is_withdrawn:
                explanation = self._explained(clock)
                _check_adds_up(clock, explanation)
                expected.append(dossier.ledger(clock, explanation))
        self._file["ledgers"].must_be(expected)
        return "contiguous, and the time counted adds up to each target"

    def _seal(self) -> str:
        self._file["seal"].must_be(dossier.seal(self._file.mapping()))
        return self._file["seal"].text()

    def _form(self) -> str:
        written = canonical(self._file.value)
        if self._raw.removesuffix(b"\n") != written:
            differs = next((n for n, (a, b) in enumerate(zip(self._raw, written, strict=False)) if a != b), len(written))
            raise Broken(f"byte {differs}", "the very bytes that the desk writes", "the same values, written differently")
        return f"{len(self._raw)} bytes, as the desk writes them"

    def _exported_at(self) -> datetime:
        at = self._file["exported_at"].instant()
        last = max(event["recorded_at"].instant() for event in self._file["events"].items())
        if at < last:
            raise Broken("exported_at", f"not before the last event, {stamp(last)}", stamp(at))
        return at

    def _shown(self) -> list[Clock]:
        at, ticket = self._exported_at(), self._told.ticket
        shown = (replay.planned(clock, self._terms.contract, ticket.pauses, at) for clock in ticket.clocks)
        return sorted(shown, key=dossier.clock_order)

    def _explained(self, clock: Clock) -> Explanation:
        history = self._terms.contract.calendars[clock.target.calendar]
        known = replace(history, versions=history.versions[: clock.calendar_version])
        return clocks.explanation(clock, known, self._told.ticket.pauses, self._exported_at())


def _check_adds_up(clock: Clock, explanation: Explanation) -> None:
    """From start to due without a gap; and the time counted is the target."""
    at: datetime | None = clock.started_at
    for row in explanation.ledger:
        if row.starts_at != at:
            raise Broken(f"ledger of {clock.name}", f"a row from {at}", row.starts_at.isoformat())
        at = row.ends_at
    if explanation.ledger and at != explanation.due:
        raise Broken(f"ledger of {clock.name}", f"to end at {explanation.due}", str(at))
    counted = sum((row.counted for row in explanation.ledger), timedelta(0))
    target = clock.target.target
    if explanation.due is not None and isinstance(target, WorkingTime) and counted != target.amount:
        raise Broken(f"ledger of {clock.name}", f"{target.amount} counted", str(counted))
