"""What happens to outages, handed on so that a crash loses nothing: a row of the agenda, written before the run's own commit.

    p|<moment>|<outage>|<opened, reopened or ended>.<again>

The row names an outage and which of its beginnings or ends this is. Whoever works it looks whether the outage has come that
far: if so, it is put on the timeline and told; if not, the commit is still under way, or never came: then the row is dropped once
it is older than the grace period. Telling must be harmless to repeat; its key is the outage's id, what happened, and `again`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.actions import agenda, codec, document
from shared.actions.agenda import Due
from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Upsert, Value, Write
from shared.actions.watch import store, timeline
from shared.domain.evidence import stamp
from shared.domain.watch.outage import Outage
from shared.domain.watch.sample import Sample
from shared.domain.watch.tally import Happening, News

KIND = "p"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """`what`: OPENED, REOPENED or ENDED. `again`: of which spell. `outage`: as it stands, maybe further on by now. `spell`: as it
    stood then. `looks`: what the run that found it had just seen of the service. `is_repeated`: it is asked about again.
    """

    what: Happening
    again: int
    outage: Outage
    spell: Outage
    at: datetime
    """When the run that found it began."""
    looks: tuple[Sample, ...] = ()
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """As they are kept in a row."""

    looks: tuple[Sample, ...]


Act = Callable[[Desk, Happened, datetime], object]
"""What is done about it, now. Harmless to repeat; one that raises is asked again later, and so is one that answers with a moment,
from that moment on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """`kept`: rows ahead of their outages."""

    told: int = 0
    kept: int = 0
    dropped: int = 0
    failed: int = 0


def announce(
    desk: Desk, on: date, news: Iterable[News], now: datetime, looks: Mapping[str, Sequence[Sample]] | None = None
) -> None:
    """Writes the rows, before the commit of what they name. `on`: the day whose rows that commit writes. `looks`: of this run, by
    service."""
    by_shard: dict[str, list[Write]] = {}
    for each in news:
        if each.what in store.TOLD:
            row = _row(on, each, (looks or {}).get(each.outage.service, ()), now)
            by_shard.setdefault(agenda.shard_of(desk, each.outage.id), []).append(Upsert(row))
    for shard, writes in by_shard.items():
        for start in range(0, len(writes), agenda.BATCH):
            desk.rows.commit(Table.AGENDA, shard, writes[start : start + agenda.BATCH])


def work(desk: Desk, now: datetime, act: Act) -> Worked:
    """Tells what is due to be told, the oldest first. What fails is postponed and shown; the others go on."""
    told = kept = dropped = failed = 0
    for page in agenda.due(desk, KIND, now):
        finished: list[Due] = []
        for row in page:
            try:
                happened = _happened(desk, row)
                if happened is not None:
                    _file(desk, happened)
                    again_at = act(desk, happened, now)
                    agenda.recovered(desk, row)
                    if isinstance(again_at, datetime):
                        _ask_again(desk, row, again_at)
                    told += 1
            except Exception as failure:
                failed += 1
                if agenda.postpone(desk, row, failure, now):
                    finished.append(row)
                continue
            is_leftover = happened is None and now - row.written_at > desk.options.grace
            dropped += is_leftover
            if happened is not None or is_leftover:
                finished.append(row)
            else:
                kept += 1
        agenda.done(desk, finished)
    return Worked(told=told, kept=kept, dropped=dropped, failed=failed)


def ask_about_end(desk: Desk, outage: Outage, at: datetime, now: datetime) -> None:
    """Has the end of an outage told again, at some moment, as it was told then: `is_repeated`. Not when no day tells of it."""
    assert outage.first_good is not None
    zone = store.zone_of(desk, desk.services(), now)
    ended = outage.first_good.astimezone(zone).date()
    for on in (ended, ended + timedelta(days=1)):  # looks that ended it may have been on two days
        found = store.outage(desk, on, outage.service, outage.number)
        if found is not None and store.version(found) >= store.version(outage):
            row = _row(on, News(what=Happening.ENDED, outage=outage), (), now)
            kind, _, *rest = row.key.split("|")
            later = Row(key="|".join((kind, stamp(at), *rest)), values={**row.values, "at": at, "is_repeated": True})
            desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, outage.id), [Upsert(later)])
            return


def _file(desk: Desk, happened: Happened) -> None:
    """The spell that goes on, and one that has ended since."""
    timeline.file(desk, happened.outage)
    if happened.spell.is_over and happened.spell.again < happened.outage.again:
        timeline.file(desk, happened.spell)


def _ask_again(desk: Desk, row: Due, at: datetime) -> None:
    """A row beside the one that is done with."""
    kind, _, *rest = row.key.split("|")
    later = Row(key="|".join((kind, stamp(at), *rest)), values={**row.values, "at": at, "failures": 0, "is_repeated": True})
    desk.rows.commit(Table.AGENDA, row.shard, [Upsert(later)])


def _happened(desk: Desk, row: Due) -> Happened | None:
    """None: the outage has not come so far."""
    values = row.values
    again, what = int(str(values["again"])), Happening(str(values["what"]))
    on = date.fromisoformat(str(values["day"]))
    outage = store.outage(desk, on, str(values["service"]), int(str(values["number"])))
    if outage is None or store.version(outage) < int(str(values["version"])):
        return None
    told_at = values["told_at"]
    assert isinstance(told_at, datetime)
    spell = outage if outage.again == again and outage.is_over is (what is Happening.ENDED) else None
    return Happened(
        what=what,
        again=again,
        outage=outage,
        spell=spell or codec.loaded(Outage, document.joined("spell", values)),
        at=told_at,
        looks=codec.loaded(Looks, document.joined("looks", values)).looks,
        is_repeated=bool(values.get("is_repeated", False)),
    )


def _row(on: date, news: News, looks: Sequence[Sample], now: datetime) -> Row:
    outage = news.outage
    values: dict[str, Value] = {
        "ticket": outage.id,
        "at": now,
        "written_at": now,
        "told_at": now,
        "what": news.what.value,
        "service": outage.service,
        "number": outage.number,
        "again": outage.again,
        "version": store.version(outage),
        "day": on.isoformat(),
        **document.columns("spell", codec.dumped(outage)),
        **document.columns("looks", codec.dumped(Looks(looks=tuple(looks)))),
    }
    return Row(key=f"{KIND}|{stamp(now)}|{outage.id}|{news.what}.{outage.again}", values=values)
