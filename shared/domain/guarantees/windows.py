"""Which part of announced maintenance is excluded under a guarantee, and of every other part why it counts.

A window is excluded as it was announced, never as the work went: what runs over counts. Source: SEMANTICS 6.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.calendar import Calendar
from shared.domain.guarantee import Guarantee, MaintenanceRule
from shared.domain.watch.maintenance import Window
from shared.domain.worktime.span import Span, clipped, merged, without

_ZERO = timedelta(0)

Hours = Callable[[datetime], Calendar] | None
"""The calendar of the permitted hours as it was known at an instant; None where the contract permits any hour."""


Terms = Callable[[datetime], tuple[Guarantee, Hours]]
"""The guarantee as it was promised, and its hours, for that period of its own in which an instant lies."""


class Why(StrEnum):
    """What becomes of a part of a window: it is excluded, or it counts, and why."""

    EXCLUDED = "excluded"
    CANCELLED = "cancelled"
    NEVER_EXCLUDED = "never_excluded"
    """The contract excludes no maintenance."""
    AFTERWARDS = "afterwards"
    """Announced when it had begun already."""
    NOTICE = "notice"
    """Announced too late for the contract's notice; then all of it counts."""
    HOURS = "hours"
    """Outside the permitted hours, as the calendar was known when it was announced."""
    CAP = "cap"
    """Beyond what the contract excludes in one period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """From `starts_at` up to `ends_at`, one thing is true of a window."""

    starts_at: datetime
    ends_at: datetime
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounted:
    """A window, and its parts within the period, in order and without gaps."""

    window: Window
    parts: tuple[Part, ...]


def excluded(windows: Iterable[Window], rule: MaintenanceRule, hours: Hours, period: Span) -> list[Span]:
    """What is excluded of one period of the guarantee: in order, disjoint, each instant once however many windows cover it.

    The cap is used up in the order of time: what was excluded earlier in the period is never taken back by what comes later.
    Worked: permitted 09:00-13:00 and 14:30-18:30, cap 4 h, announced from 12:00 to 20:00: 12:00-13:00 and 14:30-17:30 are
    excluded; 13:00-14:30 and 18:30-20:00 are outside the hours, 17:30-18:30 is beyond the cap.
    """
    allowed = merged(span for window in windows for span in _permitted(window, rule, hours, period))
    return allowed if rule.cap is None else list(_first(allowed, rule.cap))


def excluded_between(
    windows: Iterable[Window],
    guarantee: Guarantee,
    hours: Hours,
    starts_at: datetime,
    ends_at: datetime,
    terms: Terms | None = None,
) -> list[Span]:
    """What is excluded of any time: rules and caps are those of the guarantee's own periods that it touches. `terms`: None: the
    same guarantee and hours in all of them.

    So a year is the union of its months, to the microsecond, whichever of the two the guarantee is for.
    """
    known, spans = list(windows), list[Span]()
    at = starts_at
    while at < ends_at:
        then, open_hours = (guarantee, hours) if terms is None else terms(at)
        period = then.period_at(at)
        spans += clipped(excluded(known, then.maintenance, open_hours, period), at, ends_at)
        at = period[1]
    return merged(spans)


def ledger(windows: Iterable[Window], rule: MaintenanceRule, hours: Hours, period: Span) -> list[Accounted]:
    """Of every window that touches the period, which part is excluded and why the rest counts; in order of beginning."""
    touching = sorted((w for w in windows if clipped([(w.starts_at, w.ends_at)], *period)), key=lambda w: (w.starts_at, w.id))
    out = excluded(touching, rule, hours, period)
    return [Accounted(window=window, parts=tuple(_parts(window, rule, hours, period, out))) for window in touching]


def refusal(window: Window, rule: MaintenanceRule) -> Why | None:
    """Why no part of a window is excluded, whatever the hours and the cap; None when parts of it may be."""
    if window.cancelled_at is not None:
        return Why.CANCELLED
    if not rule.excluded:
        return Why.NEVER_EXCLUDED
    if window.announced_at >= window.starts_at:
        return Why.AFTERWARDS
    return Why.NOTICE if window.starts_at - window.announced_at < rule.notice else None


def _permitted(window: Window, rule: MaintenanceRule, hours: Hours, period: Span) -> list[Span]:
    """What of a window lies in the period and in the permitted hours; nothing where it is refused as a whole."""
    whole = clipped([(window.starts_at, window.ends_at)], *period)
    if hours is None or not whole or refusal(window, rule) is not None:
        return [] if refusal(window, rule) is not None else whole
    stretches = hours(window.announced_at).stretches(*whole[0])
    return [(stretch.starts_at, stretch.ends_at) for stretch in stretches if stretch.reason is None]


def _parts(window: Window, rule: MaintenanceRule, hours: Hours, period: Span, out: list[Span]) -> list[Part]:
    whole = clipped([(window.starts_at, window.ends_at)], *period)
    if (refused := refusal(window, rule)) is not None:
        return [Part(starts_at=start, ends_at=end, why=refused) for start, end in whole]
    permitted = merged(_permitted(window, rule, hours, period))
    by_reason = {
        Why.EXCLUDED: [span for each in permitted for span in clipped(out, *each)],
        Why.CAP: without(permitted, out),
        Why.HOURS: without(whole, permitted),
    }
    parts = [Part(starts_at=start, ends_at=end, why=why) for why, spans in by_reason.items() for start, end in spans]
    return sorted(parts, key=lambda part: part.starts_at)


def _first(spans: Iterable[Span], amount: timedelta) -> Iterable[Span]:
    """The first so much of some spans, in order."""
    for start, end in spans:
        if amount <= _ZERO:
            return
        yield start, min(end, start + amount)
        amount -= end - start
