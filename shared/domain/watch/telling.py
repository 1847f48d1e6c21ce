"""From what our looks and the witness say to what is told: the story since it was last settled, and what of it is news."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.domain.availability import State
from shared.domain.watch.change import Change, Why
from shared.domain.watch.looking import gap_of
from shared.domain.watch.track import Track, standing
from shared.domain.watch.witness import weighed


def story(track: Track, start: datetime | None, until: datetime) -> tuple[Change, ...]:
    """From `start` (None: from the beginning) to `until`, both sides heard."""
    own = _as_known(track, until)
    if not own:
        return ()
    begins = own[0].at if start is None else max(start, own[0].at)
    edges = {begins, *(change.at for change in own)}
    edges.update(edge for spell in track.spells for edge in (spell.starts_at, spell.ends_at))
    told: list[Change] = []
    for at in sorted(edge for edge in edges if begins <= edge <= until):
        if holds := standing(own, at):
            told.append(weighed(holds, track.spells, at))
    return tuple(told)


def retold(told: Sequence[Change], story: Sequence[Change]) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """What stands as told after the story (all in order), and of that what is new, or another word about an instant told
    before."""
    if not story:
        return tuple(told), ()
    stands = [change for change in told if change.at < story[0].at]
    before = {change.at: change for change in told[len(stands) :]}
    news: list[Change] = []
    for at in sorted({*before, *(change.at for change in story)}):
        now = standing(story, at)
        was = before.get(at)
        assert now is not None  # the story begins before all of them
        if was is not None and _says(was) == _says(now):
            stands.append(was)
        elif was is not None or not stands or _says(stands[-1]) != _says(now):
            stands.append(replace(now, at=at))
            news.append(stands[-1])
    return tuple(stands), tuple(news)


def _as_known(track: Track, now: datetime) -> tuple[Change, ...]:
    """Our own looks' word as of now: time after a sample whose next is late, and time under suspicion, is unknown."""
    own = {change.at: change for change in track.own}
    if track.suspects and track.last_good is not None:
        own[track.last_good] = _unknown(track, track.last_good, Why.SUSPECTED)
    if track.late_at is not None and now > track.late_at and (gap := gap_of(track)):
        own[gap.at] = gap
    return tuple(own[at] for at in sorted(own))


def _unknown(track: Track, at: datetime, why: str) -> Change:
    return Change(service=track.service, at=at, state=State.UNKNOWN, why=why)


def _says(change: Change) -> tuple[State, str | None]:
    return change.state, change.outage
