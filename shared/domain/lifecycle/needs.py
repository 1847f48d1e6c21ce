"""What transitions need beyond the ticket's state, each with the sentence that a refusal says."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.contract import Contract, Course
from shared.domain.quotes.card import Card, CardKind, CardState
from shared.domain.quotes.cards import in_force
from shared.domain.quotes.entitlement import entitlement_of
from shared.domain.ticket import Ticket
from shared.domain.tier import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that must be so, beyond the state. `sentence` completes "… is not allowed now: "."""

    id: str
    sentence: str
    holds: Callable[[Ticket, Contract], bool]


def course_of(ticket: Ticket, contract: Contract) -> Course | None:
    """Which procedure the ticket takes; None before it is classified."""
    return None if ticket.classification is None else contract.classification(ticket.classification).course


def is_agreed(ticket: Ticket, contract: Contract) -> bool:
    """Whether work may begin: nothing is to be estimated, or the customer has accepted the estimate."""
    if course_of(ticket, contract) is not Course.QUOTE or not entitlement_of(contract, ticket).needs_estimate:
        return True
    return in_force(ticket, CardKind.INTERVENTION) is not None


def is_paid(ticket: Ticket, contract: Contract) -> bool:
    """Whether the customer pays for the hours: by the contract's terms, or because they have accepted an estimate."""
    course = course_of(ticket, contract)
    if course is None and contract.classifications:
        return False
    if entitlement_of(contract, ticket).terms in (Terms.QUOTED, Terms.CHARGED):
        return True
    return course is Course.QUOTE and in_force(ticket, CardKind.INTERVENTION) is not None


def is_debited(ticket: Ticket, contract: Contract) -> bool:
    """Whether the hours are a support package's, and cannot be worked without a task: paid, and not simply charged."""
    return is_paid(ticket, contract) and entitlement_of(contract, ticket).terms is not Terms.CHARGED


def ends_with(ticket: Ticket, card: Card, contract: Contract) -> bool:
    """Whether a request is over when this card lapses: only if nothing but an estimate never accepted could let it go on."""
    return card.kind is CardKind.INTERVENTION and ticket.task is None and not is_agreed(ticket, contract)


def is_about_an_outage(ticket: Ticket) -> bool:
    """Whether the desk opened it itself, about an outage of a service."""
    return ticket.outage is not None and ticket.outage.is_own


def _is_waiting(card: Card | None) -> bool:
    return card is not None and card.state is CardState.SENT


def _is_set_to_work(ticket: Ticket, contract: Contract) -> bool:
    is_accepted = course_of(ticket, contract) is Course.QUOTE and in_force(ticket, CardKind.INTERVENTION) is not None
    if is_accepted and ticket.assignee is None:
        return False
    return ticket.task is not None or not is_debited(ticket, contract)


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
    id="not a vulnerability, nor an outage, nor one of those that are closed",
    sentence="a request of this kind is closed by the Customer Care Manager (closure)",
    holds=lambda ticket, contract: (
        course_of(ticket, contract) not in (Course.VULNERABILITY, Course.CLOSURE) and not is_about_an_outage(ticket)
    ),
)
A_VULNERABILITY = Need(
    id="a vulnerability",
    sentence="only a vulnerability is treated; anything else is resolved",
    holds=lambda ticket, contract: course_of(ticket, contract) is Course.VULNERABILITY,
)
PAID = Need(
    id="work that the customer pays for",
    sentence="no hours of it are debited, for the customer's support covers it",
    holds=is_paid,
)
HAS_ITS_TASK = Need(
    id="an assignee, where an estimate was accepted, and a task, where hours are debited",
    sentence="what the customer has accepted is assigned, and its task opened (task), before it is resolved",
    holds=_is_set_to_work,
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
AN_OUTAGE = Need(
    id="tied to an outage",
    sentence="it is tied to no outage",
    holds=lambda ticket, contract: ticket.outage is not None,
)
OWN_OUTAGE = Need(
    id="the desk's own, about an outage",
    sentence="it is not the ticket that the desk opened about an outage",
    holds=lambda ticket, contract: is_about_an_outage(ticket),
)
A_READER = Need(
    id="not the desk's own ticket",
    sentence="the desk opened it itself, and nobody would read that",
    holds=lambda ticket, contract: not is_about_an_outage(ticket),
)
NO_TASK = Need(
    id="no task yet",
    sentence="its task is open already",
    holds=lambda ticket, contract: ticket.task is None,
)
