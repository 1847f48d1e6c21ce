"""The second witness: for how long each of its words holds.

Own down and a fresh good word: unknown, they disagree. Own unknown because nobody looked (a gap, our own network) and a fresh
word: the word. Anywhere else its words change nothing, and they never open an outage. A word is fresh for one and a half of the
witness's intervals, or until its next one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.availability import State
from shared.domain.watch.change import Change, Why
from shared.domain.watch.sample import Outcome

LATEST = timedelta(days=1)
"""No word comes in later than that."""

MOST_SPELLS = 100
"""Kept of one gap of ours; what a witness that flaps more often says of it is not heard: that time stays unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """From when until when, half-open, its word was fresh; words that say the same without a break are one spell. `later`: when
    those after the first were said, as far as another that comes late may still fall between them."""

    starts_at: datetime
    ends_at: datetime
    outcome: Outcome
    later: tuple[datetime, ...] = ()

    @property
    def words(self) -> tuple[datetime, ...]:
        return (self.starts_at, *self.later)


def heard(spells: tuple[Spell, ...], at: datetime, outcome: Outcome, interval: timedelta) -> tuple[Spell, ...]:
    """With one word more, in whatever order they come in: it holds until the next one. A second word of one instant is not
    heard."""
    before = [spell for spell in spells if spell.starts_at <= at]
    after = list(spells[len(before) :])
    if before and at < before[-1].ends_at:
        around = before.pop()
        if at in around.words:
            return spells
        earlier, later = (tuple(each for each in around.words if (each < at) is is_earlier) for is_earlier in (True, False))
        before.append(Spell(starts_at=earlier[0], ends_at=at, outcome=around.outcome, later=earlier[1:]))
        if later:
            after.insert(0, Spell(starts_at=later[0], ends_at=around.ends_at, outcome=around.outcome, later=later[1:]))
    ends_at = min([at + interval * 3 / 2, *(spell.starts_at for spell in after[:1])])
    joined = [*before, Spell(starts_at=at, ends_at=ends_at, outcome=outcome), *after]
    return tuple(_joined(joined))


def _joined(spells: Iterable[Spell]) -> Iterator[Spell]:
    """Neighbours that say the same without a break are one."""
    last: Spell | None = None
    for spell in spells:
        if last is not None and last.ends_at >= spell.starts_at and last.outcome is spell.outcome:
            last = replace(last, ends_at=max(last.ends_at, spell.ends_at), later=(*last.later, *spell.words))
        else:
            if last is not None:
                yield last
            last = spell
    if last is not None:
        yield last


def forgotten(spells: tuple[Spell, ...], settled: datetime | None, heard: datetime | None) -> tuple[Spell, ...]:
    """Without those that were over when the story was settled, and without words that none can come between any more."""
    kept = [spell for spell in spells if settled is None or spell.ends_at > settled]
    if heard is None:
        return tuple(kept)
    return tuple(
        replace(spell, later=later) if len(later := _since(spell.later, heard - LATEST)) < len(spell.later) else spell
        for spell in kept
    )


def _since(words: tuple[datetime, ...], at: datetime) -> tuple[datetime, ...]:
    return words if not words or words[0] >= at else tuple(each for each in words if each >= at)


def weighed(own: Change, spells: tuple[Spell, ...], at: datetime) -> Change:
    """What to say of an instant at which our own looks say `own`."""
    word = next((spell.outcome for spell in reversed(spells) if spell.starts_at <= at < spell.ends_at), None)
    if word is Outcome.GOOD and own.state is State.DOWN:
        return Change(service=own.service, at=at, state=State.UNKNOWN, why=Why.DISAGREES, outage=own.outage)
    if word is not None and own.state is State.UNKNOWN and own.why in (Why.GAP, Why.OWN_NETWORK):
        state = State.UP if word is Outcome.GOOD else State.DOWN
        return Change(service=own.service, at=at, state=state, why=Why.WITNESS)
    return Change(service=own.service, at=at, state=own.state, why=own.why, outage=own.outage)
