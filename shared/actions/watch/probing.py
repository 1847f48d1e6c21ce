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
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.watch import events, rollover, store, witness
from shared.actions.watch.store import Head
from shared.domain.watch.network import judge_run
from shared.domain.watch.sample import Sample, Seer
from shared.domain.watch.service import Service, Services
from shared.domain.watch.track import Track
from shared.domain.watch.tracker import Step, advance

BUDGET = timedelta(seconds=40)
"""For looking, of the minute that a run has."""

SOON = timedelta(seconds=30)
"""A service is due when its next sample is expected so soon, or in half its interval: timers tick on the minute, and a sample is
taken some time after."""

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
    """Runs once; where nothing is watched, without a request. Raises what kept it from writing a service, after the others."""
    services = desk.services()
    if not services.services:
        return Probed()
    zone = store.zone_of(desk, services, now)
    today = now.astimezone(zone).date()
    heads = store.heads(desk, today, zone, services.services)
    if missing := sorted(services.services.keys() - heads.keys()):
        heads |= rollover.begun(desk, services, missing, today, zone)
    words = witness.taken(desk, now) if _has_witness(desk, services) else witness.Taken(samples=(), keys=())
    due = [service for id, service in services.services.items() if is_due(heads[id].track, service, now)]
    looks = desk.prober.probe(due, now, BUDGET) if due else []
    _log_raw(desk, today, looks)
    seen = Seen(
        samples=_by_service([*looks, *words.samples]),
        void=judge_run(services.services, looks),
    )
    merged, failures = _told(desk, services, heads, seen, today, zone, now)
    if failures:
        log.error("a run could not write all it saw", extra={"failures": len(failures)})
        raise failures[0]
    witness.forget(desk, words)
    bad = sum(any(look.outcome == "bad" for look in each if look.seer is Seer.PROBE) for each in seen.samples.values())
    return Probed(watched=len(services.services), looked_at=len(due), bad=bad, void=len(seen.void), merged=merged)


def is_due(track: Track, service: Service, now: datetime) -> bool:
    return track.expected_at is None or now >= track.expected_at - min(SOON, service.interval / 2)


def _told(
    desk: Desk, services: Services, heads: dict[str, Head], seen: Seen, today: date, zone: ZoneInfo, now: datetime
) -> tuple[int, list[Exception]]:
    """Advances and writes all that has something to tell: how many over another run's writing, and what failed."""
    pending = sorted(heads)
    merged = 0
    failures: list[Exception] = []
    for _ in range(ATTEMPTS):
        steps = {id: _step(services.services[id], heads[id], seen, now) for id in pending}
        steps = {id: step for id, step in steps.items() if _is_worth(heads[id], step)}
        events.announce(desk, today, [news for step in steps.values() for news in step.outages], now, seen.samples)
        after = {id: store.after(heads[id], step, _latencies(seen, id)) for id, step in steps.items()}
        groups = {id: store.writes_of(after[id], step.changes, step.outages, now) for id, step in steps.items()}
        pending, failed = store.commit(desk, today, groups)
        failures += failed
        if not pending:
            return merged, failures
        found = store.heads(desk, today, zone, pending)
        merged += sum(found[id].etag != heads[id].etag for id in pending if id in found)
        heads |= found
        pending = [id for id in pending if id in heads and not heads[id].is_closed]
    log.warning("another run is always ahead; its looks stand", extra={"services": len(pending)})
    return merged, failures


def _step(service: Service, head: Head, seen: Seen, now: datetime) -> Step:
    """Looks that another run was ahead of are dropped by the tracker: they are no later than its own."""
    return advance(head.track, service, seen.samples.get(service.id, ()), now, is_void=service.id in seen.void)


def _is_worth(head: Head, step: Step) -> bool:
    """Whether there is something to write: a new day, a look, a word, or time that begins to be unknown."""
    counts = step.counts
    has_news = bool(step.changes or step.outages or counts.samples or counts.void or counts.gaps)
    return not head.etag or has_news or step.track.heard != head.track.heard


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
    except Exception:
        log.exception("raw results could not be put on record")
