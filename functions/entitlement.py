"""What a customer's support gives them for a request, before anybody works on it."""

import azure.functions as func

from functions.endpoint import Call, Reply, member_endpoint

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("ticket_entitlement")
@bp.route("tickets/{ticket}/entitlement", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_entitlement(call: Call) -> Reply:
    """Whether a ticket is covered, charged, quoted or not covered, and why. `activity`: one of those that the contract names."""
    from shared.actions.quotes import entitlements
    from shared.web.views import entitlement as views

    ticket, activity = call.params["ticket"], call.query.get("activity")
    answer = entitlements.of_ticket(call.desk, ticket, call.principal, call.now, activity=activity)
    return Reply(body={"ticket": ticket, **views.answer(answer.asked, answer.contract, answer.entitlements)})


@bp.function_name("entitlement")
@bp.route("entitlement", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def entitlement(call: Call) -> Reply:
    """The same for a request that nobody has made yet, of a customer: who calls and asks, say."""
    from shared.actions.quotes import entitlements
    from shared.web.forms.entitlement import EntitlementQuery
    from shared.web.forms.reading import checked, in_utc
    from shared.web.views import entitlement as views

    query = checked(EntitlementQuery, dict(call.query))
    answer = entitlements.of_customer(
        call.desk,
        query.customer,
        call.principal,
        call.now,
        product=query.product,
        channel=query.channel,
        at=in_utc(query.at) or call.now,
        classification=query.classification,
        activity=query.activity,
    )
    return Reply(body={"customer": query.customer, **views.answer(answer.asked, answer.contract, answer.entitlements)})
