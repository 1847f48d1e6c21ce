"""What one look of ours makes of a service's track: look by look, in the order of their instants.

Good looks prove `up` from sample to sample, as long as none is late. Bad ones are a suspicion until there are enough in a row,
over several runs if need be: then the service was down from the first of them on, and unknown since the last good look. One good
look before that, and all of them count as good: a blip. In an outage, good looks are a hope until there are enough good samples
in a row: then the service was up from the first of them on, and unknown since the last bad look; a bad one before that, and the
time since the last bad look stays unknown. A gap breaks every row.
"""

from dataclasses import replace
from datetime import datetime

from shared.domain.availability import State
from shared.domain.watch.change import Change, Why
from shared.domain.watch.outage import Outage
from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Service
from shared.domain.watch.tally import Happening, Tally
from shared.domain.watch.track import Track


def looked(track: Track, service: Service, look: Sample, tally: Tally) -> Track:
    """After a probe or a re-probe; one that is no later than the latest look changes nothing."""
    is_sample = look.seer is Seer.PROBE
    if (track.seen is not None and look.at <= track.seen) or (track.seen is None and not is_sample):
        tally.count(ignored=1)
        return track
    if is_sample:
        track = _sampled(track, service, look, tally)
    track = replace(track, seen=look.at)
    if look.outcome is Outcome.GOOD:
        return _hope(track, service, look, tally) if track.outage else _good(track, look, tally)
    return _still_down(track, track.outage, look, tally) if track.outage else _suspicious(track, service, look, tally)


def gap_of(track: Track) -> Change | None:
    """The gap that follows the latest sample when the next is late: from an interval after it on, and after its re-probes."""
    if track.expected_at is None or track.seen is None:
        return None
    why = Why.OWN_NETWORK if track.is_blind else Why.GAP
    return Change(service=track.service, at=max(track.expected_at, track.seen), state=State.UNKNOWN, why=why)


def _sampled(track: Track, service: Service, sample: Sample, tally: Tally) -> Track:
    if track.late_at is not None and sample.at > track.late_at:
        tally.count(gaps=0 if track.is_lapsed else 1)
        track = _broken_off(track, sample.at)
    tally.count(samples=1, bad=int(sample.outcome is Outcome.BAD))
    return replace(
        track,
        sampled_at=sample.at,
        expected_at=sample.at + service.interval,
        late_at=sample.at + service.interval * 3 / 2,
        is_lapsed=False,
        is_blind=False,
    )


def _broken_off(track: Track, until: datetime) -> Track:
    """A gap lies behind: what was only suspected or hoped then stays unknown. From here on somebody looks again."""
    if gap := gap_of(track):
        track = _put(track, gap)
    if track.suspects and track.last_good is not None:
        track = _mark(track, track.last_good, State.UNKNOWN, Why.UNCONFIRMED)
    track = _mark(track, until, State.UNKNOWN, Why.RESUMED)
    return replace(track, suspect=None, suspects=0, suspicion="", hopeful=None, goods=0)


def _good(track: Track, look: Sample, tally: Tally) -> Track:
    if track.suspects:
        tally.count(blips=1)
    if not track.own or track.own[-1].state is not State.UP:
        why = Why.RESUMED if track.own else Why.FIRST
        track = _mark(track, track.suspect or look.at, State.UP, why)
    return replace(track, last_good=look.at, suspect=None, suspects=0, suspicion="")


def _suspicious(track: Track, service: Service, look: Sample, tally: Tally) -> Track:
    first, suspects = track.suspect or look.at, track.suspects + 1
    track = replace(track, suspect=first, suspects=suspects, suspicion=track.suspicion or look.detail)
    return _opened(track, service, first, look, tally) if suspects >= service.thresholds.failures else track


def _opened(track: Track, service: Service, first_bad: datetime, look: Sample, tally: Tally) -> Track:
    ended = track.ended
    edges = {"last_good": track.last_good, "first_bad": first_bad, "last_bad": look.at, "detail": track.suspicion}
    if ended and ended.first_good and first_bad - ended.first_good <= service.thresholds.reopen_within:
        outage, what = replace(ended, first_good=None, again=ended.again + 1, disputed=False, **edges), Happening.REOPENED  # type: ignore[arg-type]
    else:
        outage, what = Outage(service=track.service, number=track.outages + 1, **edges), Happening.OPENED  # type: ignore[arg-type]
    if track.last_good is not None:
        track = _mark(track, track.last_good, State.UNKNOWN, Why.BRACKET)
    track = _mark(track, first_bad, State.DOWN, Why.CONFIRMED, outage.id)
    tally.tell(what, outage)
    return replace(track, outage=outage, outages=outage.number, suspect=None, suspects=0, suspicion="", hopeful=None, goods=0)


def _still_down(track: Track, outage: Outage, look: Sample, tally: Tally) -> Track:
    if track.own[-1].state is not State.DOWN:
        track = _mark(track, look.at, State.DOWN, Why.STILL_DOWN, outage.id)
    outage = replace(outage, last_bad=look.at)
    tally.tell(Happening.UPDATED, outage)
    return replace(track, outage=outage, hopeful=None, goods=0)


def _hope(track: Track, service: Service, look: Sample, tally: Tally) -> Track:
    outage = track.outage
    assert outage is not None
    if track.hopeful is None:
        track = replace(_mark(track, outage.last_bad, State.UNKNOWN, Why.RECOVERING, outage.id), hopeful=look.at)
    track = replace(track, goods=track.goods + (look.seer is Seer.PROBE))
    if track.goods < service.thresholds.successes:
        return track
    first_good = track.hopeful or look.at
    ended = replace(outage, first_good=first_good)
    tally.tell(Happening.ENDED, ended)
    track = _mark(track, first_good, State.UP, Why.RECOVERED)
    return replace(track, outage=None, ended=ended, last_good=look.at, hopeful=None, goods=0)


def _mark(track: Track, at: datetime, state: State, why: str, outage: str | None = None) -> Track:
    return _put(track, Change(service=track.service, at=at, state=state, why=why, outage=outage))


def _put(track: Track, change: Change) -> Track:
    """In its place among our own; what stood at that instant goes."""
    others = [other for other in track.own if other.at != change.at]
    return replace(track, own=tuple(sorted([*others, change], key=lambda each: each.at)))
