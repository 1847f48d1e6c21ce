"""The one table of what may be done to a ticket: by whom, in which states, leading where, and what it needs.

docs/lifecycle.md is this table; a test keeps it so. What happens by itself, as time passes and mail goes out, is in it too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain.card import Card, CardState
from shared.domain.conclusion import Occasion
from shared.domain.contract import Contract, Course
from shared.domain.entitlement import entitlement_of
from shared.domain.errors import NotAllowedNow, NotPermitted
from shared.domain.people import Principal, Role
from shared.domain.privacy import is_contact_of
from shared.domain.ticket import State, Ticket


class Who(StrEnum):
    """What somebody is to one ticket. `designated`: it is assigned to them, or they were granted to read it."""

    CUSTOMER = "customer"
    DESIGNATED = "designated operator"
    ASSIGNEE = "assignee"
    MANAGER = "Customer Care Manager"
    SERVICE_MANAGER = "service manager"
    SYSTEM = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that must be so, beyond the state. `sentence` completes "… is not allowed now: "."""

    id: str
    sentence: str
    holds: Callable[[Ticket, Contract], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of the table. `after`: the state it leads to; None: the state stays. `noun`: how the API names it."""

    name: str
    noun: str
    does: str
    who: tuple[Who, ...]
    before: tuple[State, ...]
    after: State | None = None
    needs: tuple[Need, ...] = ()


NEW, IN_CHARGE, QUOTED, ON_HOLD, RESOLVED, CLOSED = State
UNRESOLVED = (NEW, IN_CHARGE, QUOTED, ON_HOLD)
AT_WORK = (NEW, IN_CHARGE, ON_HOLD)
NOT_CLOSED = (*UNRESOLVED, RESOLVED)
ALWAYS = tuple(State)

CUSTOMER, MANAGER, ASSIGNEE = Who.CUSTOMER, Who.MANAGER, Who.ASSIGNEE
MANAGERS = (Who.MANAGER, Who.SERVICE_MANAGER)
STAFF_AT_WORK = (Who.ASSIGNEE, Who.MANAGER)
DESK = (Who.SYSTEM,)


def course_of(ticket: Ticket, contract: Contract) -> Course | None:
    """Which procedure the ticket takes; None before it is classified."""
    return None if ticket.classification is None else contract.classification(ticket.classification).course


def is_agreed(ticket: Ticket, contract: Contract) -> bool:
    """Whether work may begin: nothing is to be estimated, or the customer has accepted the estimate."""
    if course_of(ticket, contract) is not Course.QUOTE or not entitlement_of(contract, ticket).needs_estimate:
        return True
    return ticket.estimate is not None and ticket.estimate.state is CardState.ACCEPTED


def _is_waiting(card: Card | None) -> bool:
    return card is not None and card.state is CardState.SENT


def _can_be_closed(ticket: Ticket, contract: Contract) -> bool:
    if course_of(ticket, contract) is Course.VULNERABILITY:
        return ticket.treated_at is not None
    return True


NOT_ERASED = Need(
    id="not erased",
    sentence="what was held on the contact has been erased, and nobody can be written to",
    holds=lambda ticket, contract: ticket.erased_at is None,
)
NO_QUESTION = Need(
    id="no question open",
    sentence="a question is with the customer already",
    holds=lambda ticket, contract: ticket.hold is None,
)
A_QUESTION = Need(
    id="a question open",
    sentence="the customer has not been asked anything",
    holds=lambda ticket, contract: ticket.hold is not None,
)
AGREED = Need(
    id="estimate accepted, where one is needed",
    sentence="the work is to be estimated first, and the customer has not accepted an estimate",
    holds=is_agreed,
)
RESOLVED_BY_ASSIGNEE = Need(
    id="not a vulnerability, nor one of those that are closed",
    sentence="a request of this kind is closed by the Customer Care Manager (closure)",
    holds=lambda ticket, contract: course_of(ticket, contract) not in (Course.VULNERABILITY, Course.CLOSURE),
)
A_VULNERABILITY = Need(
    id="a vulnerability",
    sentence="only a vulnerability is treated; anything else is resolved",
    holds=lambda ticket, contract: course_of(ticket, contract) is Course.VULNERABILITY,
)
ASSIGNED = Need(
    id="an assignee",
    sentence="it is assigned to nobody",
    holds=lambda ticket, contract: ticket.assignee is not None,
)
TREATED = Need(
    id="treated, if a vulnerability",
    sentence="the assignee has not treated the vulnerability yet",
    holds=_can_be_closed,
)
TO_QUOTE = Need(
    id="a kind of request that is estimated",
    sentence="only an evolution, help desk or an intervention to be invoiced is estimated; classify it so first",
    holds=lambda ticket, contract: course_of(ticket, contract) is Course.QUOTE,
)
A_DISPUTE = Need(
    id="a dispute that waits",
    sentence="no dispute waits for an answer",
    holds=lambda ticket, contract: any(each.upheld is None for each in ticket.disputes),
)
AN_ESTIMATE = Need(
    id="an estimate that is not sent yet",
    sentence="there is no estimate that has not been sent",
    holds=lambda ticket, contract: ticket.estimate is not None and ticket.estimate.state is CardState.DRAFT,
)
AN_OFFER = Need(
    id="an offer form that is not sent yet",
    sentence="there is no offer form that has not been sent",
    holds=lambda ticket, contract: ticket.offer is not None and ticket.offer.state is CardState.DRAFT,
)
ESTIMATE_WAITS = Need(
    id="an estimate with the customer",
    sentence="no estimate waits for the customer's decision",
    holds=lambda ticket, contract: _is_waiting(ticket.estimate),
)
OFFER_WAITS = Need(
    id="an offer form with the customer",
    sentence="no offer form waits for the customer's decision",
    holds=lambda ticket, contract: _is_waiting(ticket.offer),
)
A_CARD_WAITS = Need(
    id="a card with the customer",
    sentence="nothing waits for the customer's decision",
    holds=lambda ticket, contract: _is_waiting(ticket.estimate) or _is_waiting(ticket.offer),
)
NO_TASK = Need(
    id="no task yet",
    sentence="its task is open already",
    holds=lambda ticket, contract: ticket.task is None,
)

ROWS = (
    Transition(
        name="acknowledge",
        noun="acknowledgement",
        does="take charge: the response is done",
        who=MANAGERS,
        before=(NEW,),
        after=IN_CHARGE,
    ),
    Transition(
        name="classify",
        noun="classification",
        does="say what the request turns out to be; it is judged anew, and an estimate with the customer is withdrawn",
        who=(MANAGER,),
        before=UNRESOLVED,
    ),
    Transition(
        name="prioritise", noun="priority", does="set the priority: judged by it from receipt", who=MANAGERS, before=UNRESOLVED
    ),
    Transition(name="assign", noun="assignee", does="give it to competent staff", who=MANAGERS, before=AT_WORK, needs=(AGREED,)),
    Transition(
        name="reply",
        noun="replies",
        does="write to the customer",
        who=STAFF_AT_WORK,
        before=NOT_CLOSED,
        needs=(NOT_ERASED,),
    ),
    Transition(
        name="hold",
        noun="hold",
        does="ask the customer for clarification; the clocks pause once the question is sent",
        who=STAFF_AT_WORK,
        before=(IN_CHARGE,),
        needs=(NOT_ERASED, NO_QUESTION),
    ),
    Transition(
        name="pause",
        noun="",
        does="the question has been sent: the clocks pause",
        who=DESK,
        before=(IN_CHARGE,),
        after=ON_HOLD,
        needs=(A_QUESTION,),
    ),
    Transition(
        name="resume",
        noun="answer",
        does="the customer has answered: the clocks run again from the answer's receipt",
        who=(CUSTOMER, *STAFF_AT_WORK),
        before=(IN_CHARGE, ON_HOLD),
        after=IN_CHARGE,
        needs=(A_QUESTION,),
    ),
    Transition(
        name="message",
        noun="messages",
        does="write to the desk; while a question is open, this is the answer",
        who=(CUSTOMER,),
        before=NOT_CLOSED,
        needs=(NOT_ERASED,),
    ),
    Transition(
        name="estimate",
        noun="estimate",
        does="draw up the intervention card, or its next version; a version with the customer is withdrawn",
        who=(Who.DESIGNATED, MANAGER),
        before=(IN_CHARGE, QUOTED),
        after=IN_CHARGE,
        needs=(TO_QUOTE, NOT_ERASED),
    ),
    Transition(
        name="send_estimate",
        noun="estimate/sending",
        does="send the card to the customer, who has until it lapses",
        who=(MANAGER,),
        before=(IN_CHARGE,),
        after=QUOTED,
        needs=(TO_QUOTE, AN_ESTIMATE, NO_QUESTION, NOT_ERASED),
    ),
    Transition(
        name="accept_estimate",
        noun="estimate/acceptance",
        does="accept exactly the version that was sent",
        who=(CUSTOMER,),
        before=(QUOTED,),
        after=IN_CHARGE,
        needs=(ESTIMATE_WAITS,),
    ),
    Transition(
        name="decline_estimate",
        noun="estimate/refusal",
        does="decline it; the Customer Care Manager then closes the request",
        who=(CUSTOMER,),
        before=(QUOTED,),
        after=IN_CHARGE,
        needs=(ESTIMATE_WAITS,),
    ),
    Transition(
        name="offer",
        noun="package-offer",
        does="draw up the offer form of a support package, or its next version",
        who=(MANAGER,),
        before=(IN_CHARGE, QUOTED),
        after=IN_CHARGE,
        needs=(TO_QUOTE, NOT_ERASED),
    ),
    Transition(
        name="send_offer",
        noun="package-offer/sending",
        does="send the offer form to the customer",
        who=(MANAGER,),
        before=(IN_CHARGE,),
        after=QUOTED,
        needs=(TO_QUOTE, AN_OFFER, NO_QUESTION, NOT_ERASED),
    ),
    Transition(
        name="accept_offer",
        noun="package-offer/acceptance",
        does="accept it: the support package is contracted",
        who=(CUSTOMER,),
        before=(QUOTED,),
        after=IN_CHARGE,
        needs=(OFFER_WAITS,),
    ),
    Transition(
        name="decline_offer",
        noun="package-offer/refusal",
        does="decline it",
        who=(CUSTOMER,),
        before=(QUOTED,),
        after=IN_CHARGE,
        needs=(OFFER_WAITS,),
    ),
    Transition(
        name="remind",
        noun="",
        does="a card waits: the customer is reminded",
        who=DESK,
        before=(QUOTED,),
        needs=(A_CARD_WAITS,),
    ),
    Transition(
        name="expire",
        noun="",
        does="a card has lapsed: the request is closed as not accepted",
        who=DESK,
        before=(QUOTED,),
        after=RESOLVED,
        needs=(A_CARD_WAITS,),
    ),
    Transition(
        name="open_task",
        noun="task",
        does="open the task in the customer's support package order, which must have the hours",
        who=(MANAGER,),
        before=(IN_CHARGE,),
        needs=(AGREED, ASSIGNED, NO_TASK),
    ),
    Transition(
        name="log_work",
        noun="work",
        does="log hours worked; those of a task are debited to its package",
        who=STAFF_AT_WORK,
        before=(IN_CHARGE, ON_HOLD),
        needs=(AGREED,),
    ),
    Transition(
        name="treat",
        noun="treatment",
        does="say that the vulnerability is verified and treated",
        who=(ASSIGNEE,),
        before=(IN_CHARGE, ON_HOLD),
        needs=(A_VULNERABILITY, ASSIGNED),
    ),
    Transition(
        name="resolve",
        noun="resolution",
        does="close with an optional text: the resolution is done, the customer is told",
        who=STAFF_AT_WORK,
        before=(IN_CHARGE, ON_HOLD),
        after=RESOLVED,
        needs=(RESOLVED_BY_ASSIGNEE, AGREED),
    ),
    Transition(
        name="close",
        noun="closure",
        does="close what is not accepted, not within competence, or a vulnerability that is treated; the customer is told why",
        who=(MANAGER,),
        before=AT_WORK,
        after=RESOLVED,
        needs=(TREATED,),
    ),
    Transition(
        name="reopen",
        noun="reopening",
        does="inside the window: open it again, with a new resolution clock. After it, a new ticket is linked to this one",
        who=(CUSTOMER, *STAFF_AT_WORK),
        before=(RESOLVED,),
        after=IN_CHARGE,
        needs=(NOT_ERASED,),
    ),
    Transition(
        name="end",
        noun="",
        does="the reopening window has passed",
        who=DESK,
        before=(RESOLVED,),
        after=CLOSED,
    ),
    Transition(
        name="merge",
        noun="merge",
        does="a duplicate goes on as another ticket of the customer; both keep their histories",
        who=(MANAGER,),
        before=AT_WORK,
        after=CLOSED,
    ),
    Transition(name="link", noun="links", does="tie it to another ticket of the customer", who=STAFF_AT_WORK, before=ALWAYS),
    Transition(
        name="dispute",
        noun="disputes",
        does="contest its classification or a deadline; both verdicts stay visible",
        who=(CUSTOMER,),
        before=ALWAYS,
        needs=(NOT_ERASED,),
    ),
    Transition(
        name="answer_dispute",
        noun="disputes/{number}/verdict",
        does="uphold or reject what the customer contests, and say why",
        who=MANAGERS,
        before=ALWAYS,
        needs=(A_DISPUTE, NOT_ERASED),
    ),
    Transition(
        name="grant",
        noun="grants",
        does="let an operator read it, for a reason and a time",
        who=(MANAGER,),
        before=ALWAYS,
    ),
    Transition(name="revoke", noun="grants/{number}", does="take that leave back", who=(MANAGER,), before=ALWAYS),
    Transition(
        name="erase",
        noun="",
        does="erase what is held on its contact, with all their requests at once (docs/privacy.md)",
        who=(MANAGER,),
        before=(RESOLVED, CLOSED),
        needs=(NOT_ERASED,),
    ),
    Transition(
        name="stage",
        noun="",
        does="a rung of the ladder is reached: a warning, a breach, an escalation",
        who=DESK,
        before=NOT_CLOSED,
    ),
)

TRANSITIONS: Mapping[str, Transition] = {row.name: row for row in ROWS}


def acts_as(ticket: Ticket, actor: Principal, now: datetime) -> frozenset[Who]:
    """What the actor is to this ticket; nothing at all for strangers."""
    found = set()
    if Role.SYSTEM in actor.roles:
        found.add(Who.SYSTEM)
    if actor.customer is not None:
        is_contact = is_contact_of(ticket, actor.email or "")
        if actor.customer == ticket.customer and (is_contact or Role.CUSTOMER_ADMINISTRATOR in actor.roles):
            found.add(Who.CUSTOMER)
        return frozenset(found)
    if Role.CUSTOMER_CARE_MANAGER in actor.roles:
        found.add(Who.MANAGER)
    if Role.SERVICE_MANAGER in actor.roles:
        found.add(Who.SERVICE_MANAGER)
    if actor.is_staff and ticket.assignee == actor.id:
        found |= {Who.ASSIGNEE, Who.DESIGNATED}
    if any(g.operator == actor.id and g.revoked_at is None and g.at <= now < g.until for g in ticket.grants):
        found.add(Who.DESIGNATED)
    return frozenset(found)


def require(ticket: Ticket, occasion: Occasion, name: str) -> None:
    """Raises NotPermitted where the actor may not, NotAllowedNow with what is allowed where the ticket does not allow it."""
    row, contract = TRANSITIONS[name], occasion.contract
    if not acts_as(ticket, occasion.actor, occasion.now) & set(row.who):
        raise NotPermitted(f"{name} on {ticket.id} is for: {', '.join(row.who)}.", transition=name)
    allowed = allowed_now(ticket, contract, occasion.actor, occasion.now)
    if ticket.state not in row.before:
        raise _refused(ticket, f"{ticket.id} is {ticket.state}; {name} is not allowed now.", allowed)
    for need in row.needs:
        if not need.holds(ticket, contract):
            raise _refused(ticket, f"{name} of {ticket.id} is not allowed now: {need.sentence}.", allowed)


def allowed_now(ticket: Ticket, contract: Contract, actor: Principal, now: datetime) -> tuple[str, ...]:
    """The names of what this actor may do to the ticket as it stands."""
    acting = acts_as(ticket, actor, now)
    return tuple(
        row.name
        for row in ROWS
        if row.noun and acting & set(row.who) and ticket.state in row.before and all(n.holds(ticket, contract) for n in row.needs)
    )


def _refused(ticket: Ticket, why: str, allowed: tuple[str, ...]) -> NotAllowedNow:
    now_allowed = ", ".join(allowed) or "nothing"
    return NotAllowedNow(f"{why} Allowed: {now_allowed}.", state=ticket.state.value, allowed=list(allowed))
