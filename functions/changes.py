"""What changes a ticket: one noun for every change of state. Who may, and when, is in the domain's table of transitions."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import azure.functions as func

from functions.endpoint import Call, Reply, member_endpoint
from shared.domain.errors import StaleVersion

if TYPE_CHECKING:
    from shared.actions.tickets import Change
    from shared.domain.ticket import Ticket

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("ticket_acknowledgement")
@bp.route("tickets/{ticket}/acknowledgement", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_acknowledgement(call: Call) -> Reply:
    """Take charge: the response is done."""
    from shared.web.forms.tickets import NothingForm

    call.form(NothingForm)
    return changed(call, lambda change: change.acknowledge())


@bp.function_name("ticket_classification")
@bp.route("tickets/{ticket}/classification", methods=["PUT", "POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_classification(call: Call) -> Reply:
    """What the request turns out to be."""
    from shared.web.forms.tickets import ClassificationForm

    form = call.form(ClassificationForm)
    return changed(call, lambda change: change.classify(form.classification, form.activity))


@bp.function_name("ticket_priority")
@bp.route("tickets/{ticket}/priority", methods=["PUT", "POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_priority(call: Call) -> Reply:
    """The priority is set, or set again: the ticket is judged by it from receipt."""
    from shared.web.forms.tickets import PriorityForm

    form = call.form(PriorityForm)
    return changed(call, lambda change: change.prioritise(form.priority))


@bp.function_name("ticket_assignee")
@bp.route("tickets/{ticket}/assignee", methods=["PUT", "POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_assignee(call: Call) -> Reply:
    """The ticket is given to a member of staff, who may read it from then on."""
    from shared.web.forms.tickets import AssigneeForm

    form = call.form(AssigneeForm)
    return changed(call, lambda change: change.assign(form.assignee))


@bp.function_name("ticket_replies")
@bp.route("tickets/{ticket}/replies", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_replies(call: Call) -> Reply:
    """A message to the customer that asks for nothing."""
    from shared.web.forms.tickets import TextForm

    form = call.form(TextForm)
    return changed(call, lambda change: change.reply(form.text))


@bp.function_name("ticket_messages")
@bp.route("tickets/{ticket}/messages", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_messages(call: Call) -> Reply:
    """The customer writes to the desk; while a question is open, this answers it."""
    from shared.web.forms.tickets import TextForm

    form = call.form(TextForm)
    return changed(call, lambda change: change.message(form.text))


@bp.function_name("ticket_hold")
@bp.route("tickets/{ticket}/hold", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_hold(call: Call) -> Reply:
    """The customer is asked for something; the clocks pause when the question has really been sent."""
    from shared.web.forms.tickets import TextForm

    form = call.form(TextForm)
    return changed(call, lambda change: change.hold(form.text))


@bp.function_name("ticket_answer")
@bp.route("tickets/{ticket}/answer", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_answer(call: Call) -> Reply:
    """The customer has answered: the clocks run again from the instant the answer was received."""
    from shared.web.forms.reading import in_utc
    from shared.web.forms.tickets import AnswerForm

    form = call.form(AnswerForm)
    return changed(call, lambda change: change.resume(in_utc(form.answered_at), form.text))


@bp.function_name("ticket_resolution")
@bp.route("tickets/{ticket}/resolution", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_resolution(call: Call) -> Reply:
    """The assignee closes the request with an optional text; the customer is told."""
    from shared.web.forms.tickets import OptionalTextForm

    form = call.form(OptionalTextForm)
    return changed(call, lambda change: change.resolve(form.text))


@bp.function_name("ticket_treatment")
@bp.route("tickets/{ticket}/treatment", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_treatment(call: Call) -> Reply:
    """The assignee has verified and treated a vulnerability."""
    from shared.web.forms.tickets import OptionalTextForm

    form = call.form(OptionalTextForm)
    return changed(call, lambda change: change.treat(form.text))


@bp.function_name("ticket_closure")
@bp.route("tickets/{ticket}/closure", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_closure(call: Call) -> Reply:
    """The Customer Care Manager closes what is not accepted or not within competence, or a treated vulnerability."""
    from shared.web.forms.tickets import ClosureForm

    form = call.form(ClosureForm)
    return changed(call, lambda change: change.close(form.text, form.classification))


@bp.function_name("ticket_disputes")
@bp.route("tickets/{ticket}/disputes", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_disputes(call: Call) -> Reply:
    """The customer contests the classification or a deadline."""
    from shared.domain.ticket import DisputeAbout
    from shared.web.forms.tickets import DisputeForm

    form = call.form(DisputeForm)
    return changed(call, lambda change: change.dispute(DisputeAbout(form.about), form.claim, form.text, form.clock))


@bp.function_name("ticket_verdict")
@bp.route("tickets/{ticket}/disputes/{number}/verdict", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_verdict(call: Call) -> Reply:
    """The desk upholds or rejects what the customer contests, and says why."""
    from shared.web.forms.tickets import VerdictForm

    form = call.form(VerdictForm)
    number = call.number("number")
    return changed(call, lambda change: change.answer_dispute(number, form.upheld, form.text))


@bp.function_name("ticket_reopening")
@bp.route("tickets/{ticket}/reopening", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_reopening(call: Call) -> Reply:
    """Inside its window a resolved request opens again; after it, 201 with a new ticket that is linked to it."""
    from shared.actions.reopening import reopen
    from shared.web.forms.tickets import TextForm

    form = call.form(TextForm)
    return changed(call, lambda change: reopen(change, form.text))


@bp.function_name("ticket_links")
@bp.route("tickets/{ticket}/links", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_links(call: Call) -> Reply:
    """Ties the ticket to another of the same customer."""
    from shared.actions import linking
    from shared.web.forms.tickets import LinkForm

    form = call.form(LinkForm)
    return changed(call, lambda change: linking.relate(change, form.ticket))


@bp.function_name("ticket_merge")
@bp.route("tickets/{ticket}/merge", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_merge(call: Call) -> Reply:
    """A duplicate goes on as another ticket; both keep their histories."""
    from shared.actions import linking
    from shared.web.forms.tickets import MergeForm

    form = call.form(MergeForm)
    return changed(call, lambda change: linking.merge(change, form.into))


def changed(call: Call, by: "Callable[[Change], Ticket]") -> Reply:
    """Makes a change and answers the ticket. A stale If-Match is answered with the ticket as it is; a replay says so."""
    from shared.actions.tickets import Change
    from shared.domain.ticket import Ticket

    change = Change(
        call.desk,
        call.now,
        actor=call.principal,
        ticket=call.params["ticket"],
        if_match=call.if_match,
        once=call.once,
    )
    try:
        ticket = by(change)
    except StaleVersion as stale:
        current = stale.facts["ticket"]
        assert isinstance(current, Ticket)
        raise StaleVersion(stale.detail, current=view(call, current), etag=f'"{current.revision}"') from None
    return shown(call, ticket, is_replay=change.is_replay)


def shown(call: Call, ticket: "Ticket", *, is_replay: bool = False) -> Reply:
    """The ticket with its ETag."""
    headers = {"ETag": f'"{ticket.revision}"', **({"Idempotent-Replayed": "true"} if is_replay else {})}
    if ticket.id == call.params.get("ticket"):
        return Reply(body=view(call, ticket), headers=headers)
    return Reply(body=view(call, ticket), status=201, headers={**headers, "Location": f"/api/tickets/{ticket.id}"})


def view(call: Call, ticket: "Ticket") -> dict[str, object]:
    """The ticket as whoever calls sees it."""
    from shared.actions import cases
    from shared.actions.custody import access
    from shared.web.views import ticket as views

    contract = cases.contract_of(call.desk, ticket)
    ticket = access.as_shown(call.desk, ticket, call.principal, call.now)
    return views.ticket(ticket, contract, call.principal, call.now, address(call, ticket))


def address(call: Call, ticket: "Ticket") -> str:
    """Where whoever calls finds the ticket. The link in the letters is the key of the contact who asked, and nobody else's."""
    from shared.domain.custody.privacy import is_contact_of

    if call.principal.customer == ticket.customer and is_contact_of(ticket, call.principal.email or ""):
        return call.desk.ticket_url(ticket.id)
    return f"{call.desk.options.public_url.rstrip('/')}/api/tickets/{ticket.id}"
