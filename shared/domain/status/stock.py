"""Taking stock: from what was seen of the services to how they stand. What was not seen stays unknown all the way."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.availability import State
from shared.domain.guarantees import report
from shared.domain.guarantees.record import Figures
from shared.domain.guarantees.report import History, Report, of_service
from shared.domain.guarantees.windows import excluded_between
from shared.domain.status.incident import Incident
from shared.domain.status.standing import DAYS, Bar, Latency, Line, Now, Proof, Spell, Standing, Watched
from shared.domain.watch.change import Change, Why
from shared.domain.watch.histogram import Histogram
from shared.domain.watch.maintenance import Window
from shared.domain.worktime.span import Span, clipped, midnight, without

RECENT = timedelta(days=14)
"""How long an interruption or an incident that is over stays on the page."""

_ZERO = timedelta(0)
_ONE_DAY = timedelta(days=1)


def standing(watched: Iterable[Watched], incidents: Iterable[Incident], zone: str, now: datetime) -> Standing:
    """The public services, and what people say of them. Incidents and windows that name none of them are nobody's business."""
    public = [each for each in watched if each.service.is_public]
    ids = {each.service.id for each in public}
    lines = tuple(line(each, ZoneInfo(zone), now) for each in public)
    shown = [each for each in incidents if not each.services or ids & set(each.services)]
    windows = {
        window.id: window for each in public for window in each.windows if window.ends_at > now and ids & set(window.services)
    }
    spells = [
        spell for each in lines for spell in each.spells if not _is_told(spell, shown) and _is_recent(spell.first_good, now)
    ]
    return Standing(
        now=now,
        zone=zone,
        lines=lines,
        incidents=tuple(sorted((i for i in shown if _is_shown(i, now)), key=lambda i: i.started_at, reverse=True)),
        windows=tuple(sorted(windows.values(), key=lambda window: (window.starts_at, window.id))),
        spells=tuple(sorted(spells, key=lambda spell: spell.first_bad, reverse=True)),
    )


def line(watched: Watched, zone: ZoneInfo, now: datetime) -> Line:
    """One service's."""
    service, changes = watched.service, [change for change in watched.record.changes if change.at <= now]
    today = now.astimezone(zone).date()
    first = today - _ONE_DAY * (DAYS - 1)
    out = _excluded(watched, (midnight(first, zone), now), midnight(today.replace(day=1), zone))
    state, since = _now(changes, watched.windows, now)
    return Line(
        id=service.id,
        name=service.name,
        now=state,
        since=since,
        bars=tuple(_bars(changes, out, first, zone, now)),
        proofs=tuple(_proofs(watched, changes, zone, now)),
        latency=_latency(watched.record.days, today),
        spells=tuple(spells(service.id, changes, now)),
    )


def spells(service: str, changes: Sequence[Change], now: datetime) -> list[Spell]:
    """The interruptions that changes (in order) tell of, the oldest first. Each outage is one, however often it came back."""
    found: dict[str, Spell] = {}
    for number, change in enumerate(changes):
        if change.outage is None or (change.state is not State.DOWN and change.outage not in found):
            continue
        before = changes[number - 1] if number else None
        after = next((later for later in changes[number + 1 :] if later.outage != change.outage), None)
        ends = changes[number + 1].at if number + 1 < len(changes) else now
        is_over = after is not None and after.state is State.UP
        spell = found.get(change.outage)
        starts_anew = before is None or before.outage != change.outage
        bracket = before if before is not None and before.state is State.UNKNOWN and before.outage is None else None
        is_down = change.state is State.DOWN
        doubt = change.at - bracket.at if bracket is not None and starts_anew and bracket.why == Why.BRACKET else _ZERO
        found[change.outage] = Spell(
            outage=change.outage,
            service=service,
            last_good=spell.last_good if spell else (bracket.at if bracket and bracket.why == Why.BRACKET else None),
            first_bad=spell.first_bad if spell else change.at,
            since=change.at if spell is None or starts_anew else spell.since,
            last_bad=ends if is_down else change.at if change.why == Why.RECOVERING else spell.last_bad if spell else change.at,
            first_good=after.at if is_over and after is not None else None,
            down=(spell.down if spell else _ZERO) + (ends - change.at if is_down else _ZERO),
            unknown=(spell.unknown if spell else _ZERO) + (_ZERO if is_down else ends - change.at) + doubt,
            again=(spell.again + starts_anew) if spell else 0,
        )
    return list(found.values())


def _now(changes: Sequence[Change], windows: Iterable[Window], now: datetime) -> tuple[Now, datetime | None]:
    if under := next((w for w in windows if w.cancelled_at is None and w.starts_at <= now < w.ends_at), None):
        return Now.MAINTENANCE, under.starts_at
    if all(change.state is State.UNKNOWN for change in changes):
        return Now.UNWATCHED, None
    last = changes[-1]
    since = last.at
    for change in reversed(changes):
        if change.state is not last.state:
            break
        since = change.at
    return Now(last.state.value), since


def _excluded(watched: Watched, span: Span, this_month: datetime) -> list[Span]:
    """Maintenance, as the months exclude it: by the contract's version of each. Without a guarantee nothing is excluded."""
    found: list[Span] = []
    before = watched.promised if watched.promised_before is None else watched.promised_before
    for promised, (start, end) in ((before, (span[0], this_month)), (watched.promised, (this_month, span[1]))):
        if promised and start < end:
            guarantee, hours = promised[0]
            found += excluded_between(watched.windows, guarantee, hours, start, end, watched.terms_of(guarantee))
    return found


def _bars(changes: Sequence[Change], out: Sequence[Span], first: date, zone: ZoneInfo, now: datetime) -> Iterable[Bar]:
    """Every day from `first` on, today's up to now. Before the first change all is unknown."""
    held = [(change.at, change.state) for change in changes]
    instants = [at for at, _ in held]
    for number in range(DAYS):
        on = first + _ONE_DAY * number
        start, end = midnight(on, zone), min(midnight(on + _ONE_DAY, zone), now)
        if end <= start:
            yield Bar(on=on)
            continue
        low, high = max(0, bisect_right(instants, start) - 1), bisect_right(instants, end)
        excluded = clipped(out, start, end)
        within = held[low:high]
        if len(within) == 1 and within[0][0] <= start and not excluded:
            state = within[0][1]
            yield Bar(on=on, **{state.value: end - start})
            continue
        down, unknown = (
            _length(without(report.spans(within, each, (start, end)), excluded)) for each in (State.DOWN, State.UNKNOWN)
        )
        lost = _length(excluded)
        yield Bar(on=on, up=end - start - down - unknown - lost, down=down, unknown=unknown, excluded=lost)


def _proofs(watched: Watched, changes: Sequence[Change], zone: ZoneInfo, now: datetime) -> Iterable[Proof]:
    """This month's, and the last one's where all of its days are known; under each guarantee, or without one."""
    this = now.astimezone(zone).date().replace(day=1)
    last = (this - _ONE_DAY).replace(day=1)
    spans = {this: (midnight(this, zone), midnight((this + _ONE_DAY * 31).replace(day=1), zone))}
    if watched.record.days and watched.record.days[0].on <= last:
        spans[last] = (midnight(last, zone), midnight(this, zone))
    states = tuple((change.at, change.state) for change in changes)
    history = History(service=watched.service.id, states=states, windows=watched.windows)
    before = watched.promised if watched.promised_before is None else watched.promised_before
    for first, span in spans.items():
        if span[0] < now:
            for guarantee, hours in (watched.promised if first == this else before) or ((None, None),):
                terms = None if guarantee is None else watched.terms_of(guarantee)
                yield _proof(of_service(history, guarantee, hours, span, now, terms), f"{first:%Y-%m}")


def _proof(found: Report, month: str) -> Proof:
    guarantee, judged = found.guarantee, found.contractual
    return Proof(
        month=month,
        guarantee=None if guarantee is None else guarantee.id,
        name=None if guarantee is None else guarantee.name,
        target=found.target,
        minimum=judged.minimum,
        maximum=judged.maximum,
        coverage=found.coverage,
        verdict=judged.verdict if found.is_judged else None,
        up=judged.up,
        down=judged.down,
        unknown=judged.unknown,
        excluded=judged.excluded,
        is_running=found.now is not None,
        budget=found.budget,
    )


def _latency(days: Iterable[Figures], today: date) -> Latency | None:
    """Of the month that `today` is in."""
    total = Histogram()
    for day in days:
        if (day.on.year, day.on.month) == (today.year, today.month):
            total = total.merged(day.measured.latency)
    p50, p95, p99 = (total.percentile(percent) for percent in (50, 95, 99))
    if p50 is None or p95 is None or p99 is None:
        return None
    return Latency(p50=p50, p95=p95, p99=p99, counts=tuple((bound, count) for bound, count in total.buckets if count))


def _is_told(spell: Spell, incidents: Iterable[Incident]) -> bool:
    """Whether people speak of it: of one that has come back after all was said to be over nobody does."""
    until = [incident.speaks_until for incident in incidents if spell.outage in incident.outages]
    return any(at is None or (spell.first_good is not None and spell.first_good <= at) for at in until)


def _is_recent(ended_at: datetime | None, now: datetime) -> bool:
    return ended_at is None or now - ended_at <= RECENT


def _is_shown(incident: Incident, now: datetime) -> bool:
    return incident.is_open or now - incident.updated_at <= RECENT


def _length(spans: Iterable[Span]) -> timedelta:
    return sum((end - start for start, end in spans), _ZERO)
