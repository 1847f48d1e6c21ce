"""The evidence of a ticket, as a file to take away."""

import azure.functions as func

from functions.endpoint import Call, Reply, member_endpoint

bp = func.Blueprint()


@bp.function_name("ticket_evidence")
@bp.route("tickets/{ticket}/evidence", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@member_endpoint
def ticket_evidence(call: Call) -> Reply:
    """One file with all that is needed to check the ticket's history and to work out its deadlines again, offline."""
    from shared.actions import evidence
    from shared.actions.custody import access

    ticket = access.read(call.desk, call.params["ticket"], call.principal, "evidence", call.now)
    headers = {"Content-Disposition": f'attachment; filename="{ticket.id}-evidence.json"'}
    return Reply(body=evidence.file_of(call.desk, ticket, call.principal, call.now), headers=headers)
