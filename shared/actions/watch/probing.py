"""One run of the monitor: the services that are due are looked at, what follows is told, and all of it is written at once.

    read today ► look ► raw results on record ► outages into the agenda ► the day, a hundred services a transaction

A crash before a service's transaction leaves it as if the run had not been: a gap, in which its raw results are evidence and
nothing more. After it, the run has been. Two runs at once are one: the rows of a day are replaced by ETag, and who comes second
reads again and lays its looks over what it finds. What it saw later than the first run counts; what it saw earlier is dropped.
A commit whose answer is lost is not repeated: the next run finds it or makes the gap.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.running import faults
from shared.actions.watch import events, rollover, store, witness
from shared.actions.watch.store import Head
from shared.domain.availability import State
from shared.domain.watch.day import under
from shared.domain.watch.network import judge_run
from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Service, Services
from shared.domain.watch.track import Track
from shared.domain.watch.tracker import Step, advance

BUDGET = timedelta(seconds=40)
"""For looking, of the minute that a run has."""

OTHERS, OTHERS_BUDGET = 3, timedelta(seconds=8)
"""How many of other owners are looked at when all of one owner failed, and for how long at most."""

SOON = timedelta(seconds=30)
"""A service is due when an interval has passed since the run that looked at it last, but for so much, or for half of it: timers
tick on the minute, more or less."""

ATTEMPTS = 3
_BLOCK = 3 * 1024 * 1024

log = logging.getLogger("sportello.probing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What a run came to, in services. `merged`: written over what another run had written meanwhile. `void`: nothing was seen of
    them, our own network had failed."""

    watched: int = 0
    looked_at: int = 0
    bad: int = 0
    void: int = 0
    merged: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a run has to tell: its looks, the witness's words, and whose looks are void."""

    samples: Mapping[str, Sequence[Sample]]
    void: frozenset[str]


def probe(desk: Desk, now: datetime) -> Probed:
    """Runs once; where nothing is watched, without a request. Raises what kept it from writing a service, after the others.

    Of a service whose day is closed nothing is looked at: another run was past midnight already, and our clock is behind.
    """
    services = desk.services()
    if not services.is_any:
        return Probed()
    zone = store.zone_of(desk, services, now)
    today = now.astimezone(zone).date()
    heads = store.all_heads(desk, today, zone, services.services)
    if services.services.keys() - heads.keys() or not heads:
        heads |= rollover.begun(desk, services, heads, today, zone)
    is_behind = not services.services.keys() <= heads.keys() or any(head.is_closed for head in heads.values())
    heads = {id: replace(head, among=len(heads)) for id, head in heads.items() if not head.is_closed}
    words = witness.taken(desk, now) if _has_witness(desk, services) else witness.Taken(samples=(), keys=())
    due = [each for id, each in services.services.items() if id in heads and is_due(heads[id].track, each, now)]
    due.sort(key=lambda each: heads[each.id].track.state is not State.UP)  # what hung before goes last
    looks = desk.prober.probe(due, now, BUDGET) if due else []
    others = _others(desk, services, heads, looks)
    _log_raw(desk, today, [*looks, *others])
    seen = Seen(samples=_by_service([*looks, *words.samples]), void=judge_run(services.services, [*looks, *others]))
    merged, failures = _told(desk, services, heads, seen, today, zone, now)
    if failures:
        log.error("a run could not write all it saw: %d failures", len(failures))
        raise failures[0]
    if not is_behind:
        witness.forget(desk, words)
    bad = sum(any(look.outcome == "bad" for look in each if look.seer is Seer.PROBE) for each in seen.samples.values())
    void = len(seen.void & seen.samples.keys())
    return Probed(watched=len(services.services), looked_at=len(due), bad=bad, void=void, merged=merged)


def is_due(track: Track, service: Service, now: datetime) -> bool:
    """By when the run began that took the last sample: one that was taken late in its minute skips no minute. By the shorter of
    two intervals where it was changed since."""
    if track.sampled_at is None or track.expected_at is None:
        return True
    began = track.sampled_at if track.run_at is None else track.run_at
    interval = min(service.interval, track.expected_at - track.sampled_at)
    return now >= began + interval - min(SOON, interval / 2)


def _others(desk: Desk, services: Services, heads: Mapping[str, Head], looks: Sequence[Sample]) -> list[Sample]:
    """When not one look of a run was good, and all were in one owner's network: a look at a few services of others, the likely
    ones to be up first. It says whether our own network is there, and nothing of them: it is no sample."""
    owners = {services.services[look.service].owner for look in looks}
    if len(owners) != 1 or any(look.outcome is Outcome.GOOD for look in looks):
        return []
    strangers = [each for id, each in services.services.items() if each.owner not in owners and id in heads]
    strangers.sort(key=lambda each: (heads[each.id].track.state is not State.UP, each.interval))
    once = [replace(each, thresholds=replace(each.thresholds, failures=1)) for each in strangers[:OTHERS]]
    found = desk.prober.probe(once, max(look.at for look in looks), OTHERS_BUDGET) if once else []
    return [replace(look, seer=Seer.CONTROL) for look in found]


def _told(
    desk: Desk, services: Services, heads: dict[str, Head], seen: Seen, today: date, zone: ZoneInfo, now: datetime
) -> tuple[int, list[Exception]]:
    """Advances and writes all that has something to tell: how many over another run's writing, and what failed."""
    pending = sorted(heads)
    merged = 0
    failures: list[Exception] = []
    for _ in range(ATTEMPTS):
        steps = {id: _step(services.of(id), heads[id], seen, now) for id in pending}
        after = {id: _after(services.of(id), heads[id], step, seen) for id, step in steps.items()}
        steps = {id: step for id, step in steps.items() if _is_worth(heads[id], after[id], step)}
        events.announce(desk, today, [news for step in steps.values() for news in step.outages], now, seen.samples)
        groups = {id: store.writes_of(after[id], step.changes, step.outages, now) for id, step in steps.items()}
        pending, failed = store.commit(desk, today, groups)
        failures += failed
        if not pending:
            return merged, failures
        found = store.heads(desk, today, zone, pending)
        merged += sum(found[id].etag != heads[id].etag for id in pending if id in found)
        heads |= found
        pending = [id for id in pending if id in heads and not heads[id].is_closed]
    log.warning("another run is always ahead; its looks at %d services stand", len(pending))
    return merged, failures


def _step(service: Service, head: Head, seen: Seen, now: datetime) -> Step:
    """Looks that another run was ahead of are dropped by the tracker: they are no later than its own."""
    return advance(head.track, service, seen.samples.get(service.id, ()), now, is_void=service.id in seen.void)


def _after(service: Service, head: Head, step: Step, seen: Seen) -> Head:
    after = store.after(head, step, _latencies(seen, service.id))
    return replace(after, day=under(after.day, service.guarantees))


def _is_worth(head: Head, after: Head, step: Step) -> bool:
    """Whether there is something to write: a new day, a look, a word, a guarantee, or time that begins to be unknown."""
    counts, is_promised = step.counts, after.day.promised != head.day.promised
    has_news = bool(step.changes or step.outages or counts.samples or counts.void or counts.gaps)
    has_heard = (step.track.heard, step.track.spells) != (head.track.heard, head.track.spells)
    return not head.etag or has_news or has_heard or is_promised


def _latencies(seen: Seen, id: str) -> list[int]:
    samples = seen.samples.get(id, ())
    return [each.latency_ms for each in samples if each.seer is Seer.PROBE and each.latency_ms is not None]


def _by_service(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = {}
    for sample in samples:
        found.setdefault(sample.service, []).append(sample)
    return found


def _has_witness(desk: Desk, services: Services) -> bool:
    return desk.witness is not None and any(service.has_witness for service in services.services.values())


def _log_raw(desk: Desk, today: date, looks: Sequence[Sample]) -> None:
    """One append, before anything is made of it. Without its raw log the monitor goes on: what it tells counts for more."""
    lines = [json.dumps(codec.plain(look), ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for look in looks]
    blocks: list[bytes] = []
    for line in lines:
        if not blocks or len(blocks[-1]) + len(line) > _BLOCK:
            blocks.append(b"")
        blocks[-1] += line
    try:
        for block in blocks:
            desk.blobs.append(f"probes/{today.isoformat()}.jsonl", block)
    except Exception as failure:
        faults.tell(desk, "raw results", failure)
