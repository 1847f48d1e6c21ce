"""An intervention card, or the offer form of a package, as JSON. Amounts are text: decimals are never floats."""

import json
from collections.abc import Sequence
from typing import Protocol

from shared.domain.evidence import Event, stamp
from shared.domain.people import Principal
from shared.domain.quotes.card import UNSENT, Card, CardKind, CardState, terms
from shared.domain.quotes.cards import card_of, in_force
from shared.domain.ticket import Ticket
from shared.web.views.moments import optional


class Version(Protocol):
    """A version of a card: the event that drew it up, the text it is the hash of ("" once erased), and what came of it."""

    @property
    def drafted(self) -> Event: ...
    @property
    def text(self) -> str: ...
    @property
    def later(self) -> Sequence[Event]: ...


def cards_of(ticket: Ticket, viewer: Principal) -> dict[str, object]:
    """The latest version of each kind, and the estimate in force. For the customer's people, what was never sent is not there."""
    agreed = in_force(ticket, CardKind.INTERVENTION)
    return {
        "estimate": _latest_for(ticket, CardKind.INTERVENTION, viewer),
        "estimate_in_force": card(agreed) if agreed else None,
        "package_offer": _latest_for(ticket, CardKind.PACKAGE, viewer),
    }


def _latest_for(ticket: Ticket, kind: CardKind, viewer: Principal) -> dict[str, object] | None:
    latest = card_of(ticket, kind)
    if latest is not None and latest.state in UNSENT and not viewer.is_staff:
        latest = in_force(ticket, kind)
    return card(latest) if latest else None


def card(card: Card) -> dict[str, object]:
    """One version, as it stands."""
    return {
        **terms(card),
        "state": card.state.value,
        "validity_s": card.validity_s,
        "commitment": card.commitment,
        "sent_at": optional(card.sent_at),
        "valid_until": optional(card.valid_until),
        "decided_at": optional(card.decided_at),
    }


def versions(found: Sequence[Version], ticket: Ticket, kind: CardKind, viewer: Principal) -> dict[str, object]:
    """Every version, the oldest first; for the customer's people, those that were sent."""
    shown = [each for each in found if viewer.is_staff or any(event.kind.endswith("_sent") for event in each.later)]
    latest = card_of(ticket, kind)
    return {"ticket": ticket.id, "kind": kind.value, "versions": [_version(each, latest) for each in shown]}


def _version(each: Version, latest: Card | None) -> dict[str, object]:
    number = each.drafted.data["version"]
    is_latest = latest is not None and latest.version == number
    return {
        "version": number,
        "commitment": each.drafted.data["commitment"],
        "state": latest.state.value if latest is not None and is_latest else _fate(each),
        "terms": json.loads(each.text) if each.text else None,
        "drafted_at": stamp(each.drafted.at),
        "drafted_by": each.drafted.actor,
        "valid_until": next((event.data["valid_until"] for event in each.later if "valid_until" in event.data), None),
        "history": [{"event": e.number, "kind": e.kind, "at": stamp(e.at), "by": e.actor} for e in each.later],
    }


def _fate(each: Version) -> str:
    """What became of a version that another one replaced."""
    ends = {state.value for state in (CardState.ACCEPTED, CardState.DECLINED, CardState.EXPIRED, CardState.DROPPED)}
    fates = [end for event in each.later if (end := event.kind.rpartition("_")[2]) in ends]
    return fates[-1] if fates else "superseded"
