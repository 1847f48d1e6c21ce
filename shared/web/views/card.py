"""An intervention card, or the offer form of a package, as JSON. Amounts are text: decimals are never floats."""

import json
from collections.abc import Sequence
from typing import Protocol

from shared.domain.card import Card, CardKind, CardState, plainly
from shared.domain.evidence import Event, stamp
from shared.domain.lifecycle.quoting import card_of
from shared.domain.people import Principal
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


def card_for(each: Card | None, viewer: Principal) -> dict[str, object] | None:
    """The latest version as `viewer` may see it: what is not sent yet is for staff alone."""
    return None if each is None or (each.state is CardState.DRAFT and not viewer.is_staff) else card(each)


def card(card: Card) -> dict[str, object]:
    """One version, as it stands."""
    return {
        "kind": card.kind.value,
        "version": card.version,
        "state": card.state.value,
        "intervention": card.intervention,
        "days": plainly(card.days),
        "hours": plainly(card.hours),
        "effort": plainly(card.effort),
        "hours_per_day": plainly(card.hours_per_day),
        "rate": plainly(card.rate),
        "currency": card.currency,
        "net": str(card.net),
        "vat_percent": plainly(card.vat_percent),
        "vat": str(card.vat),
        "gross": str(card.gross),
        "conditions": card.conditions,
        "package": card.package,
        "overdraft": plainly(card.overdraft),
        "validity_s": card.validity_s,
        "commitment": card.commitment,
        "sent_at": optional(card.sent_at),
        "valid_until": optional(card.valid_until),
        "decided_at": optional(card.decided_at),
    }


def versions(found: Sequence[Version], ticket: Ticket, kind: CardKind, viewer: Principal) -> dict[str, object]:
    """Every version, the oldest first; for the customer's people, those that were sent."""
    shown = [each for each in found if viewer.is_staff or each.later]
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
    ends = {state.value for state in (CardState.ACCEPTED, CardState.DECLINED, CardState.EXPIRED)}
    fates = [end for event in each.later if (end := event.kind.rpartition("_")[2]) in ends]
    return fates[-1] if fates else "superseded"
