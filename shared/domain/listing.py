"""What may be asked of a list of tickets, and whether a ticket's summary fits it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.contract import Contract
from shared.domain.summary import is_overdue
from shared.domain.ticket import State, Summary

OPEN = frozenset({State.NEW, State.IN_CHARGE, State.QUOTED, State.ON_HOLD})
"""The states of a request that the desk, or the customer, still has to do something about."""

ANY = frozenset(State)

NOT_SET = "none"
"""Asks for tickets that have no such value: of nobody, without priority, not classified."""

COLUMNS = ("customer", "product", "classification", "priority", "assignee", "channel")
"""What is compared as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """All of them must hold. `wanted`: a value, or NOT_SET, by column. `text`: what the subject must contain."""

    states: frozenset[State] = OPEN
    wanted: Mapping[str, str] = field(default_factory=dict)
    is_overdue: bool | None = None
    text: str = ""


def fits(summary: Summary, filters: Filters, contract: Contract, now: datetime) -> bool:
    """Whether a ticket belongs on the list; `contract` is the one frozen on it."""
    return (
        summary.state in filters.states
        and all(_value(summary, column) == wanted for column, wanted in filters.wanted.items())
        and (not filters.text or plainly(filters.text) in plainly(summary.subject))
        and (filters.is_overdue is None or is_overdue(summary, contract, now) is filters.is_overdue)
    )


def plainly(text: str) -> str:
    """Without case, accents and doubled spaces: "PERCHÉ  non va" and "perche non va" are the same."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


def _value(summary: Summary, column: str) -> str:
    value = getattr(summary, column)
    return NOT_SET if value is None else str(value)
