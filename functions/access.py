"""Who has seen what: the record of every read, for the customer and the managers, and leave to read what is not one's own."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.changes import changed
from functions.endpoint import Call, Reply, member_endpoint, staff_endpoint
from shared.domain.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from shared.actions.custody.access_record import Reading, Readings
    from shared.domain.ticket import Ticket

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("ticket_accesses")
@bp.route("tickets/{ticket}/accesses", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_accesses(call: Call) -> Reply:
    """Who has seen a ticket, and on what ground: for whoever may see it themselves. The newest last, this very look included."""
    from shared.actions.custody import access

    limit = _limit(call)
    ticket = access.read(call.desk, call.params["ticket"], call.principal, "accesses", call.now)
    found = access.accesses_of(
        call.desk, ticket.customer, ticket=ticket.id, since=ticket.received_at, cursor=call.query.get("cursor"), limit=limit
    )
    return _shown(call, found, ticket)


@bp.function_name("customer_accesses")
@bp.route("customers/{customer}/accesses", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def customer_accesses(call: Call) -> Reply:
    """Who has seen anything of a customer's (with ticket=ACME-42: of that ticket): for their administrators and the managers."""
    from shared.actions import customers
    from shared.actions.custody import access

    limit = _limit(call)
    id = call.params["customer"]
    if not customers.is_registered(call.desk, id):
        raise NotFound(f"There is no customer {id[:40]!r}.")  # the very words for a stranger, who learns nothing
    access.read_customer(call.desk, id, call.principal, "accesses", call.now)
    ticket, cursor = call.query.get("ticket"), call.query.get("cursor")
    found = access.readings_for(call.desk, id, call.principal, call.now, ticket=ticket, cursor=cursor, limit=limit)
    return _shown(call, found)


@bp.function_name("ticket_grants")
@bp.route("tickets/{ticket}/grants", methods=["POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_grants(call: Call) -> Reply:
    """The Customer Care Manager lets somebody read a ticket that is not theirs, for a reason and a time; they are told."""
    from shared.actions.custody import granting
    from shared.web.forms.access import GrantForm
    from shared.web.forms.reading import in_utc

    form = call.form(GrantForm)
    return changed(call, lambda change: granting.grant(change, form.operator, form.text, in_utc(form.until)))


@bp.function_name("ticket_grant")
@bp.route("tickets/{ticket}/grants/{number}", methods=["DELETE"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_grant(call: Call) -> Reply:
    """Takes that leave back, from now on."""
    from shared.actions.custody import granting

    number = call.params["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise NotFound(f"{call.params['ticket'][:40]} has no grant {number[:20]}.")
    return changed(call, lambda change: granting.revoke(change, int(number)))


def _limit(call: Call) -> int:
    limit = call.query.get("limit", "100")
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 3 and 1 <= int(limit) <= 500):
        raise InvalidInput(f"limit is {limit[:20]!r}; allowed: 1 to 500.")
    return int(limit)


def _shown(call: Call, found: "Readings", ticket: "Ticket | None" = None) -> Reply:
    from shared.actions.custody import access_record

    names = {access_record.by_token(ticket.customer, ticket.contact.email): ticket.contact.name} if ticket else {}
    who, _ = access_record.who(call.principal)
    names[who] = call.principal.name
    entries = [_entry(each, names.get(each.who, each.name)) for each in found.entries]
    return Reply(body={"accesses": entries, "next_cursor": found.next_cursor})


def _entry(reading: "Reading", name: str) -> dict[str, object]:
    """`name` is null for those of the customer's people whom the record tells apart without naming them."""
    from shared.domain.evidence import stamp

    return {
        "at": stamp(reading.at),
        "who": reading.who,
        "name": name or None,
        "what": reading.what,
        "tickets": list(reading.tickets),
        "basis": reading.basis,
        "detail": reading.detail or None,
    }
