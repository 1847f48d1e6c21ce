"""A chain of frozen months as it is read: each month's record, and what has been amended of it since. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from shared.domain.guarantees.budget import Budget, minutes
from shared.domain.guarantees.frozen import Frozen, first_broken
from shared.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """`amendments`: in order; the last one has all corrections of the month, and the figures that hold now."""

    record: Frozen
    amendments: tuple[Frozen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """Those of a service under one guarantee, the latest first. `name`: the guarantee's. `first_broken`: the number of the first
    link that does not hold; None: all of them do."""

    guarantee: str
    name: Text
    months: tuple[Month, ...]
    first_broken: int | None = None


def months(guarantee: str, name: Text, chain: Iterable[Frozen]) -> Months:
    """The months of a chain, in order or not."""
    links = sorted(chain, key=lambda link: link.number)
    found = [
        Month(record=link, amendments=tuple(each for each in links if each.amends == link.number))
        for link in links
        if link.amends is None
    ]
    latest_first = sorted(found, key=lambda month: month.record.month, reverse=True)
    return Months(guarantee=guarantee, name=name, months=tuple(latest_first), first_broken=first_broken(links))


def share(text: str | None) -> Fraction | None:
    """1999/2000, as a link has it."""
    return None if text is None else Fraction(text)


def budget(link: Frozen) -> Budget | None:
    """What could be lost in the month without what is excluded, and what was: by a link's contractual figures. None where the
    month has no verdict: then what may be lost is the year's."""
    judged = link.contractual
    if not judged.verdict:
        return None
    counted, down, unknown = (
        minutes(timedelta(microseconds=each))
        for each in (judged.up_us + judged.down_us + judged.unknown_us, judged.down_us, judged.unknown_us)
    )
    return Budget(allowed=(1 - Fraction(link.target)) * counted, used=down, unknown=unknown)
