"""A mail about the services that belongs to no ticket: to a subscriber of the status page, or to a customer's people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class LetterKind(StrEnum):
    """Each has a template, `templates/mail/<language>/status/<kind>.txt`."""

    CONFIRM = "confirm"
    ALREADY = "already"
    OUTAGE_BEGAN = "outage_began"
    OUTAGE_ENDED = "outage_ended"
    INCIDENT = "incident"
    MAINTENANCE_ANNOUNCED = "maintenance_announced"
    MAINTENANCE_CANCELLED = "maintenance_cancelled"
    ALARM_RAISED = "alarm_raised"
    """To the managers: an error budget burns too fast, or gaps eat what is left of it."""
    ALARM_CLEARED = "alarm_cleared"


URGENCY = {
    LetterKind.ALARM_RAISED: 0,
    LetterKind.ALARM_CLEARED: 0,
    LetterKind.OUTAGE_BEGAN: 1,
    LetterKind.OUTAGE_ENDED: 1,
    LetterKind.INCIDENT: 2,
    LetterKind.CONFIRM: 3,
    LetterKind.ALREADY: 3,
    LetterKind.MAINTENANCE_CANCELLED: 3,
    LetterKind.MAINTENANCE_ANNOUNCED: 4,
}
"""Which leave first when not all of them may: those that somebody acts on at once, then what happens now, then what is ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`key` names it for good: owed again under the same key it is the same mail. `at`: from when on it may leave.

    `facts`: plain JSON: instants as `stamp` writes them, texts in all languages. `is_subscribed`: the reader asked for it on the
    status page, and can end it with a click. `proof`: partition and key of the row in `watch` that it is about; without that row,
    once the grace period is over, it is a crash's leftover. `unless`: the same of a row that overtakes it: once that is there,
    what the letter says is not so any more, and it is withdrawn if it has not left. `named_by`: the customer who has named the
    address; it is withdrawn when they do not name it any more. `about`: names what several letters speak of, one after the other;
    one that overtakes another to the same reader takes its turn, and says what only that one would have said.
    """

    key: str
    kind: LetterKind
    to: str
    language: str
    at: datetime
    to_name: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    is_subscribed: bool = False
    proof: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    named_by: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that every subscriber is told: a letter to each, under `key` and their token. See `Letter` for the rest."""

    key: str
    kind: LetterKind
    at: datetime
    facts: Mapping[str, object]
    proof: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    about: str = ""
