"""A watched service for tests: looks written as minutes of a Roman evening."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.domain.watch.change import Change, folded
from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Check, CheckKind, Service, Thresholds
from shared.domain.watch.tracker import Counts, News, Step, Track, advance, lapsed
from tests.support.desks import ROME, rome

SERVICE = Service(
    id="archive",
    name={"it": "Archivio", "en": "Archive"},
    owner="Interzen",
    checks=(Check(kind=CheckKind.HTTP, target="https://archive.example/health"),),
    thresholds=Thresholds(failures=3, successes=1),
    guarantees=("data-centre",),
)
WITNESSED = replace(SERVICE, has_witness=True, witness_interval=timedelta(minutes=1))


def at(text: str) -> datetime:
    """ "20:05" or "20:05:30" on 10 March 2026 in Rome; a whole date-time as it is."""
    return rome(text if "-" in text else f"2026-03-10 {text}")


def look(text: str, outcome: Outcome, seer: Seer = Seer.PROBE, **more: object) -> Sample:
    return Sample(service="archive", at=at(text), outcome=outcome, seer=seer, **more)  # type: ignore[arg-type]


def good(text: str) -> list[Sample]:
    return [look(text, Outcome.GOOD)]


def bad(text: str, *, again: int = 2, then_good: bool = False) -> list[Sample]:
    """A bad sample and its re-probes, two seconds apart: bad ones, and perhaps a good one at the end."""
    first = at(text)
    outcomes = [Outcome.BAD] * (again + 1) + [Outcome.GOOD] * then_good
    return [
        Sample(
            service="archive",
            at=first + number * timedelta(seconds=2),
            outcome=outcome,
            seer=Seer.REPROBE if number else Seer.PROBE,
            detail="" if outcome is Outcome.GOOD else f"no answer ({number + 1})",
        )
        for number, outcome in enumerate(outcomes)
    ]


def word(text: str, outcome: Outcome) -> list[Sample]:
    return [look(text, outcome, Seer.WITNESS)]


@dataclass
class Watch:
    """A track that is kept, and all that was told of it."""

    service: Service = SERVICE
    track: Track = field(default_factory=lambda: Track(service="archive"))
    changes: list[Change] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    def sees(self, *runs: list[Sample], now: str | None = None, is_void: bool = False) -> Step:
        """Each run as it ends."""
        step = Step(track=self.track)
        for run in runs:
            step = self._told(advance(self.track, self.service, run, at(now) if now else run[-1].at, is_void=is_void))
        return step

    def each_minute(self, first: str, last: str) -> None:
        """Good samples, both included."""
        moment = at(first)
        while moment <= at(last):
            self.sees([Sample(service="archive", at=moment, outcome=Outcome.GOOD)])
            moment += timedelta(minutes=1)

    def wakes(self, now: str) -> Step:
        return self._told(lapsed(self.track, self.service, at(now)))

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """What stands: time in Rome, state, why."""
        stands = folded(self.changes)
        return [(change.at.astimezone(ROME).strftime("%H:%M:%S"), change.state.value, change.why) for change in stands]

    def _told(self, step: Step) -> Step:
        self.track = step.track
        self.changes += step.changes
        self.news += step.outages
        self.counts += step.counts
        return step
