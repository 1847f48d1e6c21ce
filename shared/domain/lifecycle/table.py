"""The one table of what may be done to a ticket: by whom, in which states, leading where, and what it needs.

docs/lifecycle.md is this table; a test keeps it so. What happens by itself, as time passes and mail goes out, is in it too.
`permission` reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.lifecycle.needs import (
    A_CARD_WAITS,
    A_DISPUTE,
    A_QUESTION,
    A_READER,
    A_VULNERABILITY,
    AGREED,
    AN_ESTIMATE,
    AN_OFFER,
    AN_OUTAGE,
    ASSIGNED,
    ESTIMATE_WAITS,
    HAS_ITS_TASK,
    NO_QUESTION,
    NO_TASK,
    NOT_ERASED,
    OFFER_WAITS,
    OWN_OUTAGE,
    PAID,
    RESOLVED_BY_ASSIGNEE,
    TO_QUOTE,
    TREATED,
    Need,
)
from shared.domain.ticket import State


class Who(StrEnum):
    """What somebody is to one ticket. `designated`: it is assigned to them, or they were granted to read it.

    `author`: designated, and it was they who drew up the card that has not been sent.
    """

    CUSTOMER = "customer"
    DESIGNATED = "designated operator"
    AUTHOR = "who drew it up"
    ASSIGNEE = "assignee"
    MANAGER = "Customer Care Manager"
    SERVICE_MANAGER = "service manager"
    SYSTEM = "desk"


@dataclass(frozen=True, slots=True)
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


# A row is a line or two, so that this reads as a table.
# fmt: off
ROWS = (
    Transition("acknowledge", "acknowledgement", "take charge: the response is done", MANAGERS, (NEW,), IN_CHARGE),
    Transition(
        "classify", "classification", "say what it turns out to be: judged anew, and an estimate with the customer is withdrawn",
        (MANAGER,), UNRESOLVED,
    ),
    Transition("prioritise", "priority", "set the priority: judged by it from receipt", MANAGERS, UNRESOLVED),
    Transition("assign", "assignee", "give it to competent staff", MANAGERS, AT_WORK, needs=(AGREED,)),
    Transition("reply", "replies", "write to the customer", STAFF_AT_WORK, NOT_CLOSED, needs=(NOT_ERASED, A_READER)),
    Transition(
        "hold", "hold", "ask the customer for clarification; the clocks pause once the question is sent",
        STAFF_AT_WORK, (IN_CHARGE,), needs=(NOT_ERASED, A_READER, NO_QUESTION),
    ),
    Transition("pause", "", "the question has been sent: the clocks pause", DESK, (IN_CHARGE,), ON_HOLD, needs=(A_QUESTION,)),
    Transition(
        "bounce", "", "the question was received by nobody: its pause never was, and those in charge are told",
        DESK, (ON_HOLD,), IN_CHARGE, needs=(A_QUESTION,),
    ),
    Transition(
        "resume", "answer", "the customer has answered: the clocks run again from the answer's receipt",
        (CUSTOMER, *STAFF_AT_WORK), (IN_CHARGE, ON_HOLD), IN_CHARGE, needs=(A_QUESTION,),
    ),
    Transition(
        "message", "messages", "write to the desk; while a question is open, this is the answer",
        (CUSTOMER,), NOT_CLOSED, needs=(NOT_ERASED,),
    ),
    Transition(
        "estimate", "estimate", "draw up the intervention card, or its next version; what was accepted holds until that is, too",
        (Who.DESIGNATED, MANAGER), (IN_CHARGE,), needs=(TO_QUOTE, NOT_ERASED),
    ),
    Transition(
        "revise_estimate", "estimate", "draw up the next version; the one with the customer is withdrawn",
        (MANAGER,), (QUOTED,), IN_CHARGE, needs=(TO_QUOTE, ESTIMATE_WAITS, NOT_ERASED),
    ),
    Transition(
        "drop_estimate", "estimate", "give up a version that has not been sent; what was accepted holds",
        (Who.AUTHOR, MANAGER), (IN_CHARGE, QUOTED, ON_HOLD), needs=(AN_ESTIMATE,),
    ),
    Transition(
        "send_estimate", "estimate/sending", "send the card to the customer, who has until it lapses",
        (MANAGER,), (IN_CHARGE,), QUOTED, needs=(TO_QUOTE, AN_ESTIMATE, NO_QUESTION, NOT_ERASED),
    ),
    Transition(
        "accept_estimate", "estimate/acceptance", "accept exactly the version that was sent",
        (CUSTOMER,), (QUOTED,), IN_CHARGE, needs=(ESTIMATE_WAITS,),
    ),
    Transition(
        "decline_estimate", "estimate/refusal", "decline it; the Customer Care Manager closes the request, if nothing is agreed",
        (CUSTOMER,), (QUOTED,), IN_CHARGE, needs=(ESTIMATE_WAITS,),
    ),
    Transition(
        "offer", "package-offer", "draw up the offer form of a support package, or its next version",
        (MANAGER,), (IN_CHARGE,), needs=(TO_QUOTE, NOT_ERASED),
    ),
    Transition(
        "revise_offer", "package-offer", "draw up the next version; the one with the customer is withdrawn",
        (MANAGER,), (QUOTED,), IN_CHARGE, needs=(TO_QUOTE, OFFER_WAITS, NOT_ERASED),
    ),
    Transition(
        "drop_offer", "package-offer", "give up a version that has not been sent",
        (MANAGER,), (IN_CHARGE, QUOTED, ON_HOLD), needs=(AN_OFFER,),
    ),
    Transition(
        "send_offer", "package-offer/sending", "send the offer form to the customer",
        (MANAGER,), (IN_CHARGE,), QUOTED, needs=(TO_QUOTE, AN_OFFER, NO_QUESTION, NOT_ERASED),
    ),
    Transition(
        "accept_offer", "package-offer/acceptance", "accept it: the support package is contracted",
        (CUSTOMER,), (QUOTED,), IN_CHARGE, needs=(OFFER_WAITS,),
    ),
    Transition("decline_offer", "package-offer/refusal", "decline it", (CUSTOMER,), (QUOTED,), IN_CHARGE, needs=(OFFER_WAITS,)),
    Transition("remind", "", "a card waits: the customer is reminded", DESK, (QUOTED,), needs=(A_CARD_WAITS,)),
    Transition(
        "expire", "", "a card has lapsed; with a first estimate the request is closed as not accepted, otherwise it is in charge",
        DESK, (QUOTED,), RESOLVED, needs=(A_CARD_WAITS,),
    ),
    Transition(
        "open_task", "task", "open the task in the customer's support package order, which must have the hours",
        (MANAGER,), (IN_CHARGE,), needs=(AGREED, PAID, ASSIGNED, NO_TASK),
    ),
    Transition(
        "log_work", "work", "log hours worked; those of a task are debited to its package",
        STAFF_AT_WORK, (IN_CHARGE, QUOTED, ON_HOLD), needs=(AGREED,),
    ),
    Transition(
        "treat", "treatment", "say that the vulnerability is verified and treated",
        (ASSIGNEE,), (IN_CHARGE, ON_HOLD), needs=(A_VULNERABILITY, ASSIGNED),
    ),
    Transition(
        "resolve", "resolution", "close with an optional text: the resolution is done, the customer is told",
        STAFF_AT_WORK, (IN_CHARGE, ON_HOLD), RESOLVED, needs=(RESOLVED_BY_ASSIGNEE, AGREED, HAS_ITS_TASK),
    ),
    Transition(
        "close", "closure",
        "close what is not accepted or not within competence, telling why, a treated vulnerability, or what is about an outage",
        (MANAGER,), AT_WORK, RESOLVED, needs=(TREATED,),
    ),
    Transition(
        "reopen", "reopening", "inside the window: open it again, with a new clock. After it, a new ticket is linked to it",
        (CUSTOMER, *STAFF_AT_WORK), (RESOLVED,), IN_CHARGE, needs=(NOT_ERASED,),
    ),
    Transition("end", "", "the reopening window has passed", DESK, (RESOLVED,), CLOSED),
    Transition(
        "merge", "merge", "a duplicate goes on as another ticket of the customer; both keep their histories",
        (MANAGER,), AT_WORK, CLOSED,
    ),
    Transition("link", "links", "tie it to another ticket of the customer", STAFF_AT_WORK, ALWAYS),
    Transition(
        "dispute", "disputes", "contest its classification or a deadline; both verdicts stay visible",
        (CUSTOMER,), ALWAYS, needs=(NOT_ERASED,),
    ),
    Transition(
        "answer_dispute", "disputes/{number}/verdict", "uphold or reject what the customer contests, and say why",
        MANAGERS, ALWAYS, needs=(A_DISPUTE, NOT_ERASED),
    ),
    Transition("grant", "grants", "let an operator read it, for a reason and a time", (MANAGER,), ALWAYS),
    Transition("revoke", "grants/{number}", "take that leave back", (MANAGER,), ALWAYS),
    Transition(
        "erase", "", "erase what is held on its contact, with all their requests at once (docs/privacy.md)",
        (MANAGER,), (RESOLVED, CLOSED), needs=(NOT_ERASED,),
    ),
    Transition(
        "recover", "", "the outage is over: noted, and told to those in charge, or to the customer",
        DESK, ALWAYS, needs=(AN_OUTAGE,),
    ),
    Transition(
        "come_back", "", "the outage is back, and still the same one: noted, and told to those in charge",
        DESK, (*UNRESOLVED, CLOSED), needs=(OWN_OUTAGE,),
    ),
    Transition(
        "relapse", "", "the outage is back, and still the same one: opened again, with a new clock",
        DESK, (RESOLVED,), IN_CHARGE, needs=(OWN_OUTAGE,),
    ),
    Transition("stage", "", "a rung of the ladder is reached: a warning, a breach, an escalation", DESK, NOT_CLOSED),
)
# fmt: on

TRANSITIONS: Mapping[str, Transition] = {row.name: row for row in ROWS}
