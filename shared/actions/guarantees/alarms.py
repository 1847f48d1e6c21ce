"""What should wake somebody before a month is lost: a budget that burns too fast, and gaps that eat what is left of it.

    partition alarms    s|<guarantee>|<service>             what stands now
                        t|<guarantee>|<service>|<moment>    what turned then, written with it

Each alarm is told once when it is raised and once when it is cleared, by mail to the Customer Care Manager and the service
manager; their letters are owed before what turned is written, with it as their proof. While a budget burns, `/api/health` is
failing. A gap alarm is told there and fails nothing: it stands until its period is over, or its gaps count no more, and what is
asleep now has a heartbeat of its own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.guarantees import reports
from shared.actions.ports import Insert, Replace, Row, Table, Write
from shared.actions.status import letters
from shared.domain.availability import State
from shared.domain.errors import Conflict
from shared.domain.evidence import stamp
from shared.domain.guarantee import Guarantee
from shared.domain.guarantees import burn, promises
from shared.domain.guarantees.budget import cut_minutes, gap_alarm, raised_minutes
from shared.domain.guarantees.burn import Turn
from shared.domain.guarantees.report import Report, spans
from shared.domain.people import Role, Staff
from shared.domain.status.letter import Letter, LetterKind
from shared.domain.text import Text
from shared.domain.worktime.span import without

PARTITION = "alarms"
GAP = "gap"
BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Of one service under one guarantee: the burn-rate rules that are raised, and the period of a gap alarm: the
    month ("2026-11"), or the year under a guarantee that is judged by it.

    `name`: the service's, when one was raised last: it may be gone from the file when it is cleared.
    """

    guarantee: str
    service: str
    name: Text = field(default_factory=dict)
    burning: tuple[str, ...] = ()
    gap: str = ""
    etag: str = field(default="", compare=False)

    @property
    def raised(self) -> tuple[str, ...]:
        return (*self.burning, *([GAP] if self.gap else ()))


type Turned = tuple[Standing, Report | None, dict[str, Turn]]
"""What stands now, what it was judged by (None: it is not judged any more), and which alarms turned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a run came to: alarms that turned, and those that stand."""

    raised: int = 0
    cleared: int = 0
    standing: int = 0


def look(desk: Desk, now: datetime) -> Looked:
    """Looks at every guaranteed service once. Nothing that stands already is told again. What stands of a service that is watched
    no more, or is under that guarantee no more, is cleared."""
    watched = desk.services()
    if not watched.is_any:
        return Looked()
    before = {(each.guarantee, each.service): each for each in every(desk)}
    if not before and not any(service.guarantees for service in watched.services.values()):
        return Looked()
    zone = ZoneInfo(promises.contract_at(desk.catalogue(), watched.contract, now).zone)
    month = now.astimezone(zone).strftime("%Y-%m")
    judged = [
        each for each in reports.judged(desk, month, now).services if each.guarantee and each.services[0] in watched.services
    ]
    down = _down(desk, judged, zone, now)
    turned: list[Turned] = []
    for report, period in _whole(desk, judged, month, now):
        assert report.guarantee is not None
        key = report.guarantee.id, report.services[0]
        stands = before.get(key, Standing(guarantee=key[0], service=key[1]))
        after, turns = _turned(stands, report, down[key], period, now)
        if Turn.RAISED in turns.values():
            after = replace(after, name=watched.services[after.service].name)
        if turns or after != stands:
            turned.append((after, report, turns))
    for key, stands in before.items():
        if key not in down and stands.raised:
            turned.append((replace(stands, burning=(), gap=""), None, dict.fromkeys(stands.raised, Turn.CLEARED)))
    raised = cleared = 0
    for start in range(0, len(turned), BATCH):
        for _, _, turns in _kept(desk, turned[start : start + BATCH], now):
            raised += sum(turn is Turn.RAISED for turn in turns.values())
            cleared += sum(turn is Turn.CLEARED for turn in turns.values())
    stand = {(each.guarantee, each.service): each for each in [*before.values(), *(after for after, _, _ in turned)]}
    return Looked(raised=raised, cleared=cleared, standing=sum(len(each.raised) for each in stand.values()))


def every(desk: Desk) -> list[Standing]:
    """What stands, or stood once, of every service: one request for a thousand."""
    found: list[Standing] = []
    after = "s|"
    while rows := desk.rows.scan(Table.WATCH, PARTITION, after=after, before="s|~"):
        found += [replace(codec.loaded(Standing, str(row.values["doc"])), etag=row.etag) for row in rows]
        if len(rows) < 1000:
            break
        after = rows[-1].key
    return found


def shown(standing: Sequence[Standing], is_named: Callable[[str], bool]) -> list[str]:
    """The alarms that stand, as "zenshare-cloud/data-centre: fast". `is_named`: by id; of others, how many alarms stand."""
    named = [f"{each.service}/{each.guarantee}: {alarm}" for each in standing for alarm in each.raised if is_named(each.service)]
    hidden = sum(len(each.raised) for each in standing if not is_named(each.service))
    return [*named, f"{hidden} of services that are not public"] if hidden else named


def problems(standing: Sequence[Standing], is_named: Callable[[str], bool]) -> list[str]:
    """A sentence for each budget that burns; one alone for the services that are not named."""
    burning = [each for each in standing if each.burning]
    found = [
        f"the error budget of {each.service} under {each.guarantee} burns too fast ({', '.join(each.burning)})"
        for each in burning
        if is_named(each.service)
    ]
    hidden = {each.service for each in burning if not is_named(each.service)}
    if hidden:
        found.append(
            "the error budget of a service that is not public burns too fast"
            if len(hidden) == 1
            else f"the error budgets of {len(hidden)} services that are not public burn too fast"
        )
    return found


def _turned(
    stands: Standing, report: Report, bad: Sequence[bool], period: str, now: datetime
) -> tuple[Standing, dict[str, Turn]]:
    assert report.budget is not None and report.target is not None
    turns = burn.turned(frozenset(stands.burning), bad, report.target)
    burning = burn.after(frozenset(stands.burning), turns)
    is_gap = gap_alarm(report.budget)
    if is_gap and stands.gap != period:
        turns[GAP] = Turn.RAISED
    elif stands.gap and not is_gap:
        turns[GAP] = Turn.CLEARED
    return replace(stands, burning=tuple(sorted(burning)), gap=period if is_gap else ""), turns


def _whole(desk: Desk, judged: Sequence[Report], month: str, now: datetime) -> Iterator[tuple[Report, str]]:
    """Each by the period of its guarantee, and that period's name: the year is read only where something is promised by it."""
    year = month[:4]
    found = () if all(each.is_judged for each in judged) else reports.judged(desk, year, now).services
    by_year = {(_id(each.guarantee), each.services[0]): each for each in found}
    for each in judged:
        if each.is_judged:
            yield each, month
        else:
            yield by_year[_id(each.guarantee), each.services[0]], year


def _down(desk: Desk, judged: Sequence[Report], zone: ZoneInfo, now: datetime) -> dict[tuple[str, str], list[bool]]:
    """The bad minutes of the last three days, outside excluded maintenance; last month is read while some of them are its."""
    first = now - burn.LONGEST * burn.MINUTE - burn.MINUTE
    earlier: Mapping[str, Report] = {}
    if judged and judged[0].starts_at > first:
        last_month = (judged[0].starts_at - timedelta(days=1)).astimezone(zone).strftime("%Y-%m")
        found = reports.judged(desk, last_month, now).services
        earlier = {f"{_id(report.guarantee)}|{report.services[0]}": report for report in found}
    minutes: dict[tuple[str, str], list[bool]] = {}
    for report in judged:
        assert report.guarantee is not None
        parts = [report, earlier.get(f"{report.guarantee.id}|{report.services[0]}")]
        down = [
            span
            for each in parts
            if each is not None
            for span in without(spans(each.states, State.DOWN, (each.starts_at, min(each.ends_at, now))), each.excluded)
        ]
        minutes[report.guarantee.id, report.services[0]] = burn.bad_minutes(down, now)
    return minutes


def _kept(desk: Desk, turned: Sequence[Turned], now: datetime) -> Iterator[Turned]:
    """Tells and writes what turned. Should another run have written meanwhile, the next one looks again."""
    for each in turned:
        after, report, turns = each
        proof = f"t|{after.guarantee}|{after.service}|{stamp(now)}"
        letters.owe(desk, _letters(desk, after, report, turns, proof, now), now)
        head = Row(key=f"s|{after.guarantee}|{after.service}", values={"doc": codec.dumped(replace(after, etag=""))})
        writes: list[Write] = [Replace(replace(head, etag=after.etag)) if after.etag else Insert(head)]
        if turns:
            writes.append(Insert(Row(key=proof, values={"at": now, "turns": ",".join(f"{k} {v}" for k, v in turns.items())})))
        try:
            desk.rows.commit(Table.WATCH, PARTITION, writes)
        except Conflict:
            continue
        yield each


def _letters(
    desk: Desk, after: Standing, report: Report | None, turns: Mapping[str, Turn], proof: str, now: datetime
) -> Iterator[Letter]:
    contract = promises.contract_at(desk.catalogue(), desk.services().contract, now)
    names = {each.id: each.name for each in contract.guarantees}
    for alarm, turn in turns.items():
        facts: Mapping[str, object] = {
            "services": [dict(after.name or _unnamed(after.service))],
            "guarantee": dict(names.get(after.guarantee, _unnamed(after.guarantee))),
            "alarm": alarm,
            "turn": turn.value,
            "at": stamp(now),
            "zone": contract.zone,
            **_left(report),
        }
        for person in _told(desk, now):
            yield Letter(
                key=f"alarm:{after.guarantee}:{after.service}:{alarm}:{turn}:{stamp(now)}:{person.id}",
                kind=LetterKind.ALARM_RAISED if turn is Turn.RAISED else LetterKind.ALARM_CLEARED,
                to=person.email,
                to_name=person.name,
                language=person.language,
                at=now,
                facts=facts,
                proof=(PARTITION, proof),
            )


def _left(report: Report | None) -> Mapping[str, object]:
    """What is left of the budget; None: nothing is looked at any more that could use it up."""
    if report is None or report.budget is None:
        return {}
    least, most = report.budget.left
    return {"left": [cut_minutes(least), cut_minutes(most)], "unknown": raised_minutes(report.budget.unknown)}


def _unnamed(id: str) -> Text:
    """Of what is gone from the data the id is left."""
    return {"it": id, "en": id}


def _told(desk: Desk, now: datetime) -> Iterable[Staff]:
    directory = desk.directory(now)
    found = [*directory.holders(Role.CUSTOMER_CARE_MANAGER), *directory.holders(Role.SERVICE_MANAGER)]
    return {person.id: person for person in found}.values()


def _id(guarantee: Guarantee | None) -> str:
    return "" if guarantee is None else guarantee.id
