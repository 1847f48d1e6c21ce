"""Tickets for the staff: reading them, and one noun for every change of state."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import azure.functions as func

from functions.endpoint import Call, Reply, staff_endpoint
from shared.domain.errors import InvalidInput, StaleVersion

if TYPE_CHECKING:
    from shared.actions.tickets import Change
    from shared.domain.ticket import Ticket

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS
FILTERS = ("state", "customer", "product", "classification", "priority", "assignee")


@bp.function_name("ticket_list")
@bp.route("tickets", methods=["GET"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_list(call: Call) -> Reply:
    """Open tickets by urgency: the deadline that comes, or came, first."""
    from shared.actions import board
    from shared.web.views import ticket as views

    limit = call.query.get("limit", "50")
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 3 and 1 <= int(limit) <= 200):
        raise InvalidInput(f"limit is {limit[:20]!r}; allowed: 1 to 200.")
    if call.query.get("order", "urgency") != "urgency":
        raise InvalidInput(f"order is {call.query['order'][:20]!r}; allowed: urgency.")
    wanted = {name: call.query[name] for name in FILTERS if name in call.query}
    page = board.open_requests(call.desk, limit=int(limit), cursor=call.query.get("cursor"), filters=wanted)
    shown = [views.summary(board.summary_in(request), call.desk.catalogue(), call.now) for request in page.requests]
    return Reply(body={"tickets": shown, "total": page.total, "next_cursor": page.next_cursor})


@bp.function_name("ticket_read")
@bp.route("tickets/{ticket}", methods=["GET"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_read(call: Call) -> Reply:
    """One ticket with its clocks, read now."""
    return _shown(call, _ticket(call))


@bp.function_name("ticket_events")
@bp.route("tickets/{ticket}/events", methods=["GET"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_events(call: Call) -> Reply:
    """The ticket's history: its hash-chained events, and the texts they commit to."""
    from shared.actions import cases
    from shared.web.views import record

    ticket = _ticket(call)
    return Reply(body=record.history(cases.events_of(call.desk, ticket), cases.contents_of(call.desk, ticket)))


@bp.function_name("ticket_explanation")
@bp.route("tickets/{ticket}/explanation", methods=["GET"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_explanation(call: Call) -> Reply:
    """Why each deadline is what it is: the ledger of every clock."""
    from shared.actions import cases
    from shared.domain import clock as clocks
    from shared.web.views import record

    ticket = _ticket(call)
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
@staff_endpoint
def ticket_notices(call: Call) -> Reply:
    """Every message the ticket has owed, and what became of it."""
    from shared.actions import cases
    from shared.web.views import record

    ticket = _ticket(call)
    return Reply(body={"notices": [record.notice(each) for each in cases.notices_of(call.desk, ticket)]})


@bp.function_name("ticket_notice_retry")
@bp.route("tickets/{ticket}/notices/{notice}/retry", methods=["POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_notice_retry(call: Call) -> Reply:
    """Owes a message again that had been given up."""
    from shared.actions import deliver
    from shared.web.views import record

    return Reply(body=record.notice(deliver.retry(call.desk, call.params["ticket"], call.params["notice"], call.now)))


@bp.function_name("ticket_notice_dismissal")
@bp.route("tickets/{ticket}/notices/{notice}/dismissal", methods=["POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_notice_dismissal(call: Call) -> Reply:
    """Somebody has seen that a message was given up: it alarms nobody any more."""
    from shared.actions import deliver
    from shared.web.views import record

    return Reply(body=record.notice(deliver.dismiss(call.desk, call.params["ticket"], call.params["notice"])))


@bp.function_name("ticket_acknowledgement")
@bp.route("tickets/{ticket}/acknowledgement", methods=["POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_acknowledgement(call: Call) -> Reply:
    """A person takes charge; the response is done."""
    from shared.web.forms.tickets import NothingForm

    call.form(NothingForm)
    return _changed(call, lambda change: change.acknowledge())


@bp.function_name("ticket_classification")
@bp.route("tickets/{ticket}/classification", methods=["PUT", "POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_classification(call: Call) -> Reply:
    """What the request turns out to be."""
    from shared.web.forms.tickets import ClassificationForm

    form = call.form(ClassificationForm)
    return _changed(call, lambda change: change.classify(form.classification))


@bp.function_name("ticket_priority")
@bp.route("tickets/{ticket}/priority", methods=["PUT", "POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_priority(call: Call) -> Reply:
    """The priority is set, or set again: the ticket is judged by it from receipt."""
    from shared.web.forms.tickets import PriorityForm

    form = call.form(PriorityForm)
    return _changed(call, lambda change: change.prioritise(form.priority))


@bp.function_name("ticket_assignee")
@bp.route("tickets/{ticket}/assignee", methods=["PUT", "POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_assignee(call: Call) -> Reply:
    """The ticket is given to a member of staff."""
    from shared.web.forms.tickets import AssigneeForm

    form = call.form(AssigneeForm)
    return _changed(call, lambda change: change.assign(form.assignee))


@bp.function_name("ticket_replies")
@bp.route("tickets/{ticket}/replies", methods=["POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_replies(call: Call) -> Reply:
    """A message to the customer that asks for nothing."""
    from shared.web.forms.tickets import TextForm

    form = call.form(TextForm)
    return _changed(call, lambda change: change.reply(form.text))


@bp.function_name("ticket_hold")
@bp.route("tickets/{ticket}/hold", methods=["POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_hold(call: Call) -> Reply:
    """The customer is asked for something; the clocks pause when the question has really been sent."""
    from shared.web.forms.tickets import TextForm

    form = call.form(TextForm)
    return _changed(call, lambda change: change.hold(form.text))


@bp.function_name("ticket_answer")
@bp.route("tickets/{ticket}/answer", methods=["POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_answer(call: Call) -> Reply:
    """The customer has answered: the clocks run again from the instant the answer was received."""
    from shared.web.forms.reading import in_utc
    from shared.web.forms.tickets import AnswerForm

    form = call.form(AnswerForm)
    return _changed(call, lambda change: change.resume(in_utc(form.answered_at), form.text))


@bp.function_name("ticket_resolution")
@bp.route("tickets/{ticket}/resolution", methods=["POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_resolution(call: Call) -> Reply:
    """The assignee closes the request with an optional text; the customer is told."""
    from shared.web.forms.tickets import ResolutionForm

    form = call.form(ResolutionForm)
    return _changed(call, lambda change: change.resolve(form.text))


@bp.function_name("ticket_reopening")
@bp.route("tickets/{ticket}/reopening", methods=["POST"], auth_level=ANONYMOUS)
@staff_endpoint
def ticket_reopening(call: Call) -> Reply:
    """Inside its window a resolved request opens again."""
    from shared.web.forms.tickets import TextForm

    form = call.form(TextForm)
    return _changed(call, lambda change: change.reopen(form.text))


def _changed(call: Call, by: "Callable[[Change], Ticket]") -> Reply:
    """Makes a change and answers the ticket; a stale If-Match is answered with the ticket as it is."""
    from shared.actions.tickets import Change
    from shared.domain.ticket import Ticket

    try:
        ticket = by(Change(call.desk, call.now, actor=call.require_staff(), ticket=call.params["ticket"], if_match=call.if_match))
    except StaleVersion as stale:
        current = stale.facts["ticket"]
        assert isinstance(current, Ticket)
        raise StaleVersion(stale.detail, current=_view(call, current), etag=f'"{current.revision}"') from None
    return _shown(call, ticket)


def _ticket(call: Call) -> "Ticket":
    """The ticket that the URL names."""
    from shared.actions import cases

    return cases.load(call.desk, call.params["ticket"]).ticket


def _shown(call: Call, ticket: "Ticket") -> Reply:
    return Reply(body=_view(call, ticket), headers={"ETag": f'"{ticket.revision}"'})


def _view(call: Call, ticket: "Ticket") -> dict[str, object]:
    from shared.actions import cases
    from shared.web.views import ticket as views

    return views.ticket(ticket, cases.contract_of(call.desk, ticket), call.now, call.desk.ticket_url(ticket.id))
