"""Follows one service: samples in, changes and outages out. Plain values, no clock.

Source: SEMANTICS 6, and ours where it is silent (`looking` has our looks, `witness` the second witness, `network` our own
network): a sample later than one and a half intervals after the one before ends a gap, which is unknown from an interval after
the earlier sample on. The interval is that in force when the earlier sample was taken. What is told can be put right until it is
`settled`.

Rome, every minute: good 10:00, 10:01; bad 10:02, also when asked again at 10:02:02 and 10:02:04; bad 10:03; good 10:04. Up until
10:01, unknown to 10:02, down to 10:03, unknown to 10:04, up again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.domain.availability import State
from shared.domain.watch import witness
from shared.domain.watch.change import Change, Why
from shared.domain.watch.looking import looked
from shared.domain.watch.network import judge_run
from shared.domain.watch.sample import Sample, Seer
from shared.domain.watch.service import Service
from shared.domain.watch.tally import Counts, Happening, News, Tally
from shared.domain.watch.telling import retold, story
from shared.domain.watch.track import Track, since

__all__ = ["Counts", "Happening", "News", "Step", "Track", "advance", "judge_run", "lapsed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`changes`: what is new, and other words about instants told before, in order: never earlier than the track was settled.
    `outages`: what happened to them, in order. `story`: all that stands from its first instant on (what the bits of a day are
    made from).
    """

    track: Track
    changes: tuple[Change, ...] = ()
    outages: tuple[News, ...] = ()
    counts: Counts = field(default_factory=Counts)
    story: tuple[Change, ...] = ()


def advance(track: Track, service: Service, samples: Iterable[Sample], now: datetime, *, is_void: bool = False) -> Step:
    """The service's samples of a run, and the witness's words, gone through; others' are passed over. `is_void`: our own network
    failed in this run (`judge_run`), so that our looks have seen nothing.

    Harmless to repeat: looks no later than the latest, and words of an instant that was heard of, change nothing. A clock that
    steps back is waited for. A word counts from the last settled look on, however late it comes in, and after whichever others.
    """
    tally, settled = Tally(), track.settled
    for sample in sorted((each for each in samples if each.service == service.id), key=lambda each: each.at):
        if sample.seer is Seer.WITNESS:
            track = _heard(track, service, sample, now, tally)
        elif is_void:
            track = _void(track, sample, tally)
        else:
            track = looked(track, service, sample, tally)
    until = max(each for each in (now, track.known, track.seen, track.heard) if each is not None)
    run_at = now if tally.counts.samples else track.run_at
    track = _lapsed(replace(track, known=until, run_at=run_at), until, tally)
    told, changes = retold(track.told, story(track, settled, until))
    track = _disputed(replace(track, told=told), until, tally)
    return Step(track=_pruned(track), changes=changes, outages=tuple(tally.news), counts=tally.counts, story=told)


def lapsed(track: Track, service: Service, now: datetime) -> Step:
    """The story as known now, when nothing was seen since: a gap may have begun, a word of the witness may be stale."""
    return advance(track, service, (), now)


def _heard(track: Track, service: Service, word: Sample, now: datetime, tally: Tally) -> Track:
    is_stale = track.settled is not None and word.at + service.witness_interval * 3 / 2 <= track.settled
    is_full = len(track.spells) >= witness.MOST_SPELLS
    spells = track.spells
    if service.has_witness and word.at <= now and not is_stale and not is_full:
        spells = witness.heard(track.spells, word.at, word.outcome, service.witness_interval)
    if spells == track.spells:
        tally.count(ignored=1)
        return track
    return replace(track, heard=word.at if track.heard is None else max(track.heard, word.at), spells=spells)


def _void(track: Track, look: Sample, tally: Tally) -> Track:
    if look.seer is not Seer.PROBE or (track.seen is not None and look.at <= track.seen):
        return track
    tally.count(void=1)
    return replace(track, is_blind=True)


def _lapsed(track: Track, until: datetime, tally: Tally) -> Track:
    if track.is_lapsed or track.late_at is None or until <= track.late_at:
        return track
    tally.count(gaps=1)
    return replace(track, is_lapsed=True)


def _disputed(track: Track, until: datetime, tally: Tally) -> Track:
    """Whether the witness sees a service up that we see down is a fact of the open outage."""
    if track.outage is None or track.is_lapsed or track.own[-1].state is not State.DOWN:
        return track
    disputed = witness.weighed(track.own[-1], track.spells, until).why == Why.DISAGREES
    if disputed == track.outage.disputed:
        return track
    outage = replace(track.outage, disputed=disputed)
    tally.tell(Happening.UPDATED, outage)
    return replace(track, outage=outage)


def _pruned(track: Track) -> Track:
    """Without what is settled: only what stood then is kept of it."""
    settled = track.settled
    spells = witness.forgotten(track.spells, settled, track.heard)
    return replace(track, own=since(track.own, settled), told=since(track.told, settled), spells=spells)
