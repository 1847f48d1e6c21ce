"""What a month or a year of watching proves, of one service and of all the services of a guarantee together.

A guarantee over several services is judged for each of them, and combined: it is down while any of them is down for certain. An
instant of the combination is, in this order,
    down      when a service that is not in excluded maintenance is down,
    unknown   when one that is not in excluded maintenance is unknown,
    excluded  when one is in excluded maintenance,
    up        when all are up.
So nobody's maintenance hides what happened to another service, and time is excluded only where nothing else happened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from shared.domain.availability import Judgement, State, judge
from shared.domain.guarantee import Guarantee
from shared.domain.guarantees.budget import Budget, budget
from shared.domain.guarantees.windows import Hours, Terms, excluded_between
from shared.domain.watch.maintenance import Window
from shared.domain.worktime.span import Span, merged, without

Held = tuple[datetime, State]
"""From an instant on, a state holds, until the next."""

_ZERO = timedelta(0)
_ANY = Fraction(0)
"""A target for figures whose verdict nobody looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of a service: its states in order (before the first all is unknown), and the windows announced for it."""

    service: str
    states: tuple[Held, ...]
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One judged period. `now`: where a running one is cut off; None: it is over.

    `contractual` follows from `states` and `excluded`, `raw` from `raw_states`: nothing else is needed to work them out. The
    two are the same for one service; of several, they differ where one in excluded maintenance was down.
    `is_judged`: see `Guarantee.judges`; otherwise the verdicts mean nothing, and there is no budget.
    `coverage`: the share of the time that was watched, None when no time has passed. Without a guarantee there are no target,
    no verdict, no budget, and nothing is excluded.
    """

    services: tuple[str, ...]
    guarantee: Guarantee | None
    starts_at: datetime
    ends_at: datetime
    now: datetime | None
    states: tuple[Held, ...]
    raw_states: tuple[Held, ...]
    excluded: tuple[Span, ...]
    raw: Judgement
    contractual: Judgement
    coverage: Fraction | None
    budget: Budget | None

    @property
    def is_judged(self) -> bool:
        return self.guarantee is not None and self.guarantee.judges((self.starts_at, self.ends_at))

    @property
    def target(self) -> Fraction | None:
        return None if self.guarantee is None else self.guarantee.target


def of_service(
    history: History, guarantee: Guarantee | None, hours: Hours, period: Span, now: datetime, terms: Terms | None = None
) -> Report:
    """A service's report; `period` is any month or year of the guarantee's zone. `guarantee`: with the target of the period.
    `terms`: what is excluded of which part of it; None: all by that guarantee."""
    out = [] if guarantee is None else excluded_between(history.windows, guarantee, hours, *period, terms)
    return _report((history.service,), guarantee, _clipped(history.states, period), out, period, now)


def of_guarantee(
    histories: Sequence[History],
    guarantee: Guarantee,
    hours: Hours,
    period: Span,
    now: datetime,
    terms: Terms | None = None,
) -> Report:
    """All services of a guarantee as one: see above."""
    services = [(h.states, excluded_between(h.windows, guarantee, hours, *period, terms)) for h in histories]
    states, out = combined(services, period)
    raw, _ = combined([(history.states, ()) for history in histories], period)
    return _report(tuple(history.service for history in histories), guarantee, states, out, period, now, raw)


def combined(services: Sequence[tuple[Sequence[Held], Sequence[Span]]], period: Span) -> tuple[tuple[Held, ...], list[Span]]:
    """The states and the excluded time of several services as one. Nothing at all is unknown."""
    services = [(states, merged(out)) for states, out in services]
    down = merged(span for states, out in services for span in without(spans(states, State.DOWN, period), out))
    unknown = [period] if not services else []
    unknown += [span for states, out in services for span in without(spans(states, State.UNKNOWN, period), out)]
    unknown = without(merged(unknown), down)
    lost = merged([*down, *unknown])
    out = without(merged(span for _, out in services for span in out), lost)
    edges = sorted([(start, State.DOWN) for start, _ in down] + [(start, State.UNKNOWN) for start, _ in unknown])
    edges += [(start, State.UP) for start, _ in without([period], lost)]
    return tuple(sorted(edges)), out


def spans(states: Iterable[Held], wanted: State, period: Span) -> list[Span]:
    """When a state held within a period. Before the first one given all is unknown."""
    start, end = period
    edges = [*_clipped(tuple(states), period), (end, State.UNKNOWN)]
    if edges[0][0] > start:
        edges.insert(0, (start, State.UNKNOWN))
    return merged((at, then) for (at, state), (then, _) in pairwise(edges) if state is wanted)


def _report(
    services: tuple[str, ...],
    guarantee: Guarantee | None,
    states: tuple[Held, ...],
    out: Sequence[Span],
    period: Span,
    now: datetime,
    raw_states: tuple[Held, ...] | None = None,
) -> Report:
    start, end = period
    until = now if now < end else None
    target = _ANY if guarantee is None else guarantee.target
    raw_states = states if raw_states is None else raw_states
    raw = judge(start, end, raw_states, [], until, target)
    contractual = judge(start, end, states, out, until, target)
    counted = end - start - sum((b - a for a, b in out), _ZERO)
    return Report(
        services=services,
        guarantee=guarantee,
        starts_at=start,
        ends_at=end,
        now=until,
        states=states,
        raw_states=raw_states,
        excluded=tuple(out),
        raw=raw,
        contractual=contractual,
        coverage=_coverage(raw),
        budget=budget(contractual, guarantee.target, counted) if guarantee is not None and guarantee.judges(period) else None,
    )


def _clipped(states: Sequence[Held], period: Span) -> tuple[Held, ...]:
    """The states of a period, the first one from its beginning on; one that only repeats the state before is left out."""
    start, end = period
    within: list[Held] = []
    for at, state in sorted(states):
        if at >= end:
            break
        if at <= start:
            within = [(start, state)]
        elif not within or within[-1][1] is not state:
            within.append((at, state))
    return tuple(within)


def _coverage(raw: Judgement) -> Fraction | None:
    watched, all_of_it = raw.up + raw.down, raw.up + raw.down + raw.unknown
    microsecond = timedelta(microseconds=1)
    return Fraction(watched // microsecond, all_of_it // microsecond) if all_of_it else None
