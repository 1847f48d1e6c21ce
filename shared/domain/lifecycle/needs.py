"""What transitions need beyond the ticket's state, each with the sentence that a refusal says."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.card import Card, CardState
from shared.domain.contract import Contract, Course
from shared.domain.entitlement import entitlement_of
from shared.domain.ticket import Ticket


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
