"""What a customer's support gives them: whether it is covered, why, and on which clause it rests."""

from collections.abc import Sequence

from shared.domain.contract import Contract
from shared.domain.evidence import stamp
from shared.domain.quotes.entitlement import Asked, Entitlement
from shared.domain.text import Text
from shared.web.views.moments import optional


def answer(asked: Asked, contract: Contract, entitlements: Sequence[Entitlement]) -> dict[str, object]:
    """The question as it was understood, and an entitlement for each classification that was asked about."""
    return {
        "product": asked.product,
        "tier": asked.tier,
        "delivery": asked.delivery,
        "channel": asked.channel.value,
        "activity": asked.activity,
        "received_at": stamp(asked.received_at),
        "contract": {"id": contract.id, "version": contract.version},
        "entitlements": [_entitlement(each, contract, asked) for each in entitlements],
    }


def _entitlement(entitlement: Entitlement, contract: Contract, asked: Asked) -> dict[str, object]:
    clause = entitlement.clause
    return {
        "classification": _named(entitlement.classification, _classification_name(entitlement, contract)),
        "terms": entitlement.terms.value,
        "ground": entitlement.ground.value,
        "right": _named(entitlement.right, _right_name(entitlement, contract, asked)),
        "clause": {"id": clause.id, "text": dict(clause.text)} if clause else None,
        "sentence": dict(entitlement.sentence),
        "needs_estimate": entitlement.needs_estimate,
        "phone_opens_at": optional(entitlement.phone_opens_at),
    }


def _named(id: str | None, name: Text) -> dict[str, object] | None:
    return None if id is None else {"id": id, "name": dict(name)}


def _classification_name(entitlement: Entitlement, contract: Contract) -> Text:
    return contract.classifications[entitlement.classification].name if entitlement.classification else {}


def _right_name(entitlement: Entitlement, contract: Contract, asked: Asked) -> Text:
    tier = contract.tiers.get(asked.tier or "")
    return next((right.name for right in (tier.rights if tier else ()) if right.id == entitlement.right), {})
