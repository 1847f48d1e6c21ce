"""The second witness: for how long each of its words holds.

Own down and a fresh good word: unknown, they disagree. Own unknown because nobody looked (a gap, our own network) and a fresh
word: the word. Anywhere else its words change nothing, and they never open an outage. A word is fresh for one and a half of the
witness's intervals, or until its next one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.availability import State
from shared.domain.watch.change import Change, Why
from shared.domain.watch.sample import Outcome

MOST_SPELLS = 100
"""Kept of one gap of ours; what a witness that flaps more often says of it is not heard: that time stays unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """From when until when, half-open, its word was fresh; words that say the same without a break are one spell."""

    starts_at: datetime
    ends_at: datetime
    outcome: Outcome


def heard(spells: tuple[Spell, ...], at: datetime, outcome: Outcome, interval: timedelta) -> tuple[Spell, ...]:
    """With one word more, later than all of theirs."""
    new = Spell(starts_at=at, ends_at=at + interval * 3 / 2, outcome=outcome)
    if not spells or spells[-1].ends_at < at:
        return (*spells, new)
    *before, last = spells
    starts_at = last.starts_at
    if last.outcome is outcome:
        return (*before, Spell(starts_at=starts_at, ends_at=max(new.ends_at, last.ends_at), outcome=outcome))
    return (*before, Spell(starts_at=starts_at, ends_at=at, outcome=last.outcome), new)


def weighed(own: Change, spells: tuple[Spell, ...], at: datetime) -> Change:
    """What to say of an instant at which our own looks say `own`."""
    word = next((spell.outcome for spell in reversed(spells) if spell.starts_at <= at < spell.ends_at), None)
    if word is Outcome.GOOD and own.state is State.DOWN:
        return Change(service=own.service, at=at, state=State.UNKNOWN, why=Why.DISAGREES, outage=own.outage)
    if word is not None and own.state is State.UNKNOWN and own.why in (Why.GAP, Why.OWN_NETWORK):
        state = State.UP if word is Outcome.GOOD else State.DOWN
        return Change(service=own.service, at=at, state=state, why=Why.WITNESS)
    return Change(service=own.service, at=at, state=own.state, why=own.why, outage=own.outage)
