"""Intervention cards and the offer forms of support packages: drawn up, sent, accepted, declined. See also `card_pages`."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.changes import changed
from functions.endpoint import Call, Reply, member_endpoint
from shared.domain.quotes.card import CardKind

if TYPE_CHECKING:
    from shared.actions.quotes.estimates import Verdict
    from shared.domain.lifecycle.quoting import Draft

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("ticket_estimate")
@bp.route("tickets/{ticket}/estimate", methods=["PUT"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_estimate(call: Call) -> Reply:
    """Draws up the next version of the intervention card; one that is with the customer is void from then on."""
    from shared.web.forms.estimates import EstimateForm

    form = call.form(EstimateForm)
    return _drafted(call, CardKind.INTERVENTION, form.draft())


@bp.function_name("ticket_estimate_dropping")
@bp.route("tickets/{ticket}/estimate", methods=["DELETE"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_estimate_dropping(call: Call) -> Reply:
    """Gives up a version of the intervention card that has not been sent."""
    return _dropped(call, CardKind.INTERVENTION)


@bp.function_name("ticket_estimate_versions")
@bp.route("tickets/{ticket}/estimate", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_estimate_versions(call: Call) -> Reply:
    """Every version of the intervention card, and what came of it; the customer's people see those that were sent."""
    return _versions(call, CardKind.INTERVENTION)


@bp.function_name("ticket_estimate_sending")
@bp.route("tickets/{ticket}/estimate/sending", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_estimate_sending(call: Call) -> Reply:
    """The intervention card goes to the customer, who has until it lapses."""
    return _sent(call, CardKind.INTERVENTION)


@bp.function_name("ticket_estimate_acceptance")
@bp.route("tickets/{ticket}/estimate/acceptance", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_estimate_acceptance(call: Call) -> Reply:
    """The customer accepts exactly the version that they name."""
    return _accepted(call, CardKind.INTERVENTION)


@bp.function_name("ticket_estimate_refusal")
@bp.route("tickets/{ticket}/estimate/refusal", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_estimate_refusal(call: Call) -> Reply:
    """The customer declines the version that they name, and may say why."""
    return _declined(call, CardKind.INTERVENTION)


@bp.function_name("ticket_package_offer")
@bp.route("tickets/{ticket}/package-offer", methods=["PUT"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_package_offer(call: Call) -> Reply:
    """Draws up the next version of a support package's offer form."""
    from shared.web.forms.estimates import OfferForm

    form = call.form(OfferForm)
    return _drafted(call, CardKind.PACKAGE, form.draft())


@bp.function_name("ticket_package_offer_dropping")
@bp.route("tickets/{ticket}/package-offer", methods=["DELETE"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_package_offer_dropping(call: Call) -> Reply:
    """Gives up a version of the offer form that has not been sent."""
    return _dropped(call, CardKind.PACKAGE)


@bp.function_name("ticket_package_offer_versions")
@bp.route("tickets/{ticket}/package-offer", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_package_offer_versions(call: Call) -> Reply:
    """Every version of the offer form, and what came of it; the customer's people see those that were sent."""
    return _versions(call, CardKind.PACKAGE)


@bp.function_name("ticket_package_offer_sending")
@bp.route("tickets/{ticket}/package-offer/sending", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_package_offer_sending(call: Call) -> Reply:
    """The offer form goes to the customer, who has until it lapses."""
    return _sent(call, CardKind.PACKAGE)


@bp.function_name("ticket_package_offer_acceptance")
@bp.route("tickets/{ticket}/package-offer/acceptance", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_package_offer_acceptance(call: Call) -> Reply:
    """The customer accepts exactly the version that they name: the support package is contracted."""
    return _accepted(call, CardKind.PACKAGE)


@bp.function_name("ticket_package_offer_refusal")
@bp.route("tickets/{ticket}/package-offer/refusal", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_package_offer_refusal(call: Call) -> Reply:
    """The customer declines the version that they name, and may say why."""
    return _declined(call, CardKind.PACKAGE)


def _drafted(call: Call, kind: CardKind, draft: "Draft") -> Reply:
    from shared.actions.quotes import estimates

    return changed(call, lambda change: estimates.draft(change, kind, draft))


def _dropped(call: Call, kind: CardKind) -> Reply:
    from shared.actions.quotes import estimates

    return changed(call, lambda change: estimates.drop(change, kind))


def _sent(call: Call, kind: CardKind) -> Reply:
    from shared.actions.quotes import estimates
    from shared.web.forms.tickets import NothingForm

    call.form(NothingForm)
    return changed(call, lambda change: estimates.send(change, kind))


def _accepted(call: Call, kind: CardKind) -> Reply:
    from shared.web.forms.estimates import AcceptanceForm

    return _decided(call, kind, call.form(AcceptanceForm).version, verdict(call, is_accepted=True))


def _declined(call: Call, kind: CardKind) -> Reply:
    from shared.web.forms.estimates import RefusalForm

    form = call.form(RefusalForm)
    return _decided(call, kind, form.version, verdict(call, is_accepted=False, reason=form.text))


def _decided(call: Call, kind: CardKind, version: int, verdict: "Verdict") -> Reply:
    from shared.actions.quotes import estimates

    return changed(call, lambda change: estimates.decide(change, kind, version, verdict))


def _versions(call: Call, kind: CardKind) -> Reply:
    from shared.actions.custody import access
    from shared.actions.quotes import estimates
    from shared.web.views import card as views

    ticket = access.read(call.desk, call.params["ticket"], call.principal, kind.value, call.now)
    versions = estimates.versions(call.desk, ticket, kind)
    return Reply(body=views.versions(versions, ticket, kind, call.principal))


def verdict(call: Call, *, is_accepted: bool, reason: str | None = None) -> "Verdict":
    """What the caller has decided, and from where."""
    from shared.actions.quotes.estimates import Verdict
    from shared.web import whence

    return Verdict(is_accepted=is_accepted, address=whence.address(call.headers), agent=whence.agent(call.headers), reason=reason)
