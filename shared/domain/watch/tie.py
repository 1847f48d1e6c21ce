"""What ties a ticket to an outage: the desk's own ticket about it, or a request of a customer who may have met it."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.evidence import stamp
from shared.domain.text import Text
from shared.domain.watch.outage import Outage

MOST_NAMED = 500
"""Customers that one ticket names: what an event holds has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """`outage`: its id. `name`: the service's. `last_good`, `first_bad`: how it began, as known when the ticket was tied to it.

    `is_own`: this is the ticket that the desk opened about it; then `affected` are the customers who hold a product that runs on
    the service, `affected_count` of them. `noted`: which of its beginnings and ends the ticket has been told, see `step_of`.
    """

    outage: str
    name: Text
    last_good: datetime | None
    first_bad: datetime
    is_own: bool = False
    affected: tuple[str, ...] = ()
    affected_count: int = 0
    noted: tuple[int, ...] = ()

    @property
    def service(self) -> str:
        return self.outage.rpartition(".")[0]


def tied(outage: Outage, name: Text) -> Tie:
    """A customer's request, or what is known of an open outage."""
    return Tie(outage=outage.id, name=name, last_good=outage.last_good, first_bad=outage.first_bad)


def step_of(outage: Outage) -> int:
    """0: it began, 1: it ended, 2: it came back, 3: it ended again, …"""
    return 2 * outage.again + outage.is_over


def edges(outage: Outage) -> dict[str, object]:
    """What is certain of a spell: as events and letters carry it. Edges that are not known yet are left out."""
    known = {"last_good": outage.last_good, "first_bad": outage.first_bad}
    if outage.is_over:
        known |= {"last_bad": outage.last_bad, "first_good": outage.first_good}
    return {
        "outage": outage.id,
        "again": outage.again,
        **{name: stamp(at) for name, at in known.items() if at is not None},
    }


def beginning(tie: Tie) -> dict[str, object]:
    """How it began, by the tie alone: the same words as `edges`."""
    began = {"last_good": tie.last_good, "first_bad": tie.first_bad}
    return {"outage": tie.outage, **{name: stamp(at) for name, at in began.items() if at is not None}}
