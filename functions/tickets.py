"""Tickets as they are read: whole, their history, the ledgers of their clocks, the messages they owe. Every read is recorded."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.changes import shown
from functions.endpoint import Call, Reply, manager_endpoint, member_endpoint

if TYPE_CHECKING:
    from shared.domain.ticket import Ticket

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("ticket_read")
@bp.route("tickets/{ticket}", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_read(call: Call) -> Reply:
    """One ticket with its clocks, read now."""
    return shown(call, _ticket(call, "ticket"))


@bp.function_name("ticket_events")
@bp.route("tickets/{ticket}/events", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_events(call: Call) -> Reply:
    """The ticket's history: its hash-chained events, and the texts they commit to."""
    from shared.actions import cases
    from shared.domain.custody import confidence
    from shared.web.views import record

    ticket = _ticket(call, "events")
    events, contents = cases.events_of(call.desk, ticket), cases.contents_of(call.desk, ticket)
    return Reply(body=record.history(events, contents, confidence.withheld(events, contents, call.principal)))


@bp.function_name("ticket_explanation")
@bp.route("tickets/{ticket}/explanation", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_explanation(call: Call) -> Reply:
    """Why each deadline is what it is: the ledger of every clock."""
    from shared.actions import cases
    from shared.domain import clock as clocks
    from shared.web.views import record

    ticket = _ticket(call, "explanation")
    contract = cases.contract_of(call.desk, ticket)
    explained = []
    for clock in (c for c in ticket.clocks if not c.is_withdrawn):
        history = contract.calendars[clock.target.calendar]
        explanation = clocks.explanation(clock, history, ticket.pauses, call.now)
        version = {"name": history.name, "version": clock.calendar_version, "contract": f"{contract.id}@{contract.version}"}
        explained.append(record.explained(clock, explanation, version))
    return Reply(body={"ticket": ticket.id, "clocks": explained})


@bp.function_name("ticket_notices")
@bp.route("tickets/{ticket}/notices", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_notices(call: Call) -> Reply:
    """Every message the ticket has owed, and what became of it; a customer's people see those to the customer."""
    from shared.actions import cases
    from shared.web.views import record

    ticket = _ticket(call, "notices")
    shown = [record.notice_for(each, call.principal) for each in cases.notices_of(call.desk, ticket)]
    return Reply(body={"notices": [notice for notice in shown if notice is not None]})


@bp.function_name("ticket_notice_retry")
@bp.route("tickets/{ticket}/notices/{notice}/retry", methods=["POST"], auth_level=ANONYMOUS)
@manager_endpoint
def ticket_notice_retry(call: Call) -> Reply:
    """Owes a message again that had been given up, or has bounced."""
    from shared.actions.post import deliver
    from shared.web.views import record

    _ticket(call, "notice")
    return Reply(body=record.notice(deliver.retry(call.desk, call.params["ticket"], call.params["notice"], call.now)))


@bp.function_name("ticket_notice_dismissal")
@bp.route("tickets/{ticket}/notices/{notice}/dismissal", methods=["POST"], auth_level=ANONYMOUS)
@manager_endpoint
def ticket_notice_dismissal(call: Call) -> Reply:
    """Somebody has seen that a message was given up, or bounced: it is listed no more."""
    from shared.actions.post import deliver
    from shared.web.views import record

    _ticket(call, "notice")
    return Reply(body=record.notice(deliver.dismiss(call.desk, call.params["ticket"], call.params["notice"])))


def _ticket(call: Call, what: str) -> "Ticket":
    """The ticket that the URL names, for who may see it; that they see `what` of it is on record."""
    from shared.actions.custody import access

    return access.read(call.desk, call.params["ticket"], call.principal, what, call.now)
