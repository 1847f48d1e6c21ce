"""Whom a customer has written to about their services: listed, added, removed. No address is in a path: paths are logged."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.endpoint import Call, Reply, member_endpoint

if TYPE_CHECKING:
    from shared.actions.status.named import Named

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("customer_addressees")
@bp.route("customers/{customer}/addressees", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def customer_addressees(call: Call) -> Reply:
    """All of them, each with the id that removes it."""
    from shared.actions.status import named

    return _shown(call, named.every(call.desk, call.params["customer"], call.principal))


@bp.function_name("customer_addressee_add")
@bp.route("customers/{customer}/addressees", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def customer_addressee_add(call: Call) -> Reply:
    """Names one more, or changes the name or the language of one. The same again changes nothing."""
    from shared.actions.status import named
    from shared.web.forms.addressees import AddresseeForm

    one = call.form(AddresseeForm).addressee()
    after, is_new = named.add(call.desk, call.params["customer"], one, call.principal, call.now)
    return _shown(call, after, 201 if is_new else 200)


@bp.function_name("customer_addressee_removal")
@bp.route("customers/{customer}/addressees/{addressee}", methods=["DELETE"], auth_level=ANONYMOUS)
@member_endpoint
def customer_addressee_removal(call: Call) -> Reply:
    """Names one no more; what has not left for it is withdrawn. The same again is no error."""
    from shared.actions.status import named

    after = named.remove(call.desk, call.params["customer"], call.params["addressee"], call.principal, call.now)
    return _shown(call, after)


def _shown(call: Call, found: "Named", status: int = 200) -> Reply:
    from shared.web.views import privacy as views

    return Reply(body=views.addressees(call.params["customer"], found), status=status)
