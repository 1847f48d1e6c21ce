"""What is counted, and which outages are told of, while a batch of samples is gone through."""

from dataclasses import dataclass, field
from enum import StrEnum

from shared.domain.watch.outage import Outage


class Happening(StrEnum):
    """UPDATED: it goes on, or the witness began or ceased to disagree. REOPENED: back within `reopen_within`, still the same
    one."""

    OPENED = "opened"
    UPDATED = "updated"
    ENDED = "ended"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What happened to an outage, which stands as it stood then."""

    what: Happening
    outage: Outage


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of samples (re-probes are none): all, those that were bad, and how often a suspicion came to nothing (`blips`). `gaps` that
    began. `void` samples and looks or words that were `ignored` (repeated, out of order, from the future) count nowhere else."""

    samples: int = 0
    bad: int = 0
    blips: int = 0
    gaps: int = 0
    void: int = 0
    ignored: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            samples=self.samples + other.samples,
            bad=self.bad + other.bad,
            blips=self.blips + other.blips,
            gaps=self.gaps + other.gaps,
            void=self.void + other.void,
            ignored=self.ignored + other.ignored,
        )


@dataclass(slots=True)
class Tally:
    """Filled while a batch is gone through; no part of any value that lasts."""

    counts: Counts = field(default_factory=Counts)
    news: list[News] = field(default_factory=list)

    def count(self, **more: int) -> None:
        self.counts += Counts(**more)

    def tell(self, what: Happening, outage: Outage) -> None:
        """What goes on with an outage just opened is told with the opening."""
        last = self.news[-1] if self.news else None
        if what is Happening.UPDATED and last and last.outage.id == outage.id:
            self.news[-1] = News(what=last.what, outage=outage)
        else:
            self.news.append(News(what=what, outage=outage))
