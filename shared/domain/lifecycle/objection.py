"""The customer contests what the desk has judged. Nothing that was judged is changed by it: both verdicts stay, side by side."""

from dataclasses import replace

from shared.domain import clock as clocks
from shared.domain import correspondence as mail
from shared.domain.conclusion import Occasion, Said, concluded, content
from shared.domain.contract import Promise
from shared.domain.errors import InvalidInput, NotFound
from shared.domain.evidence import stamp
from shared.domain.lifecycle.authorship import written
from shared.domain.lifecycle.permission import refused, require
from shared.domain.notice import NoticeKind
from shared.domain.people import Role
from shared.domain.ticket import Decision, Dispute, DisputeAbout, Happened, Ticket

CLAIMS = ("met", "breached")
"""What can be claimed of a deadline."""


def dispute(
    ticket: Ticket, occasion: Occasion, about: DisputeAbout, claim: str, text: Said, *, clock: str | None = None
) -> Decision:
    """The customer says what the classification should be, or that a deadline was met or broken (`clock`: "resolution.1.2").

    Recorded with the desk's own verdict as it stands now; the Customer Care Manager is told.
    """
    require(ticket, occasion, "dispute")
    contested = _classification if about is DisputeAbout.CLASSIFICATION else _deadline
    raised = contested(ticket, occasion, claim, clock)
    if any((each.about, each.clock, each.upheld) == (about, clock, None) for each in ticket.disputes):
        raise refused(ticket, occasion, f"A dispute about this already waits for an answer on {ticket.id}.")
    wrote = written(ticket, occasion, text)
    raised = replace(raised, text=wrote.text.commitment)
    after = replace(wrote.ticket, disputes=(*ticket.disputes, raised))
    data = {
        "number": raised.number,
        "about": about.value,
        "clock": clock,
        "verdict": raised.verdict,
        "claim": claim,
        "text": raised.text,
        **wrote.author,
    }
    facts = {**mail.about(after, occasion.contract), **_told(raised, after, occasion), "text": text.text}
    managers = occasion.directory.holders(Role.CUSTOMER_CARE_MANAGER)
    notices = [mail.letter(NoticeKind.DISPUTED, mail.member(manager), facts) for manager in managers]
    return concluded(after, occasion, Happened(kind="disputed", data=data), notices, wrote.contents)


def answer_dispute(ticket: Ticket, occasion: Occasion, number: int, upheld: bool, text: Said) -> Decision:
    """The desk upholds or rejects a dispute and says why; the customer is told.

    Nothing that was judged is changed by it: this is the correction beside it. While the request is not resolved, a wrong
    classification can be set again as ever.
    """
    require(ticket, occasion, "answer_dispute")
    if not 1 <= number <= len(ticket.disputes):
        raise NotFound(f"{ticket.id} has no dispute {number}.")
    raised = ticket.disputes[number - 1]
    if raised.upheld is not None:
        raise refused(ticket, occasion, f"Dispute {number} of {ticket.id} has been answered.")
    after = replace(ticket, contents=ticket.contents + 1)
    said = content(after, text)
    answered = replace(raised, upheld=upheld, answered_at=occasion.now, answer=said.commitment)
    disputes = (*ticket.disputes[: number - 1], answered, *ticket.disputes[number:])
    after = replace(after, disputes=disputes)
    data = {
        "number": number,
        "about": raised.about.value,
        "verdict": raised.verdict,
        "claim": raised.claim,
        "upheld": upheld,
        "text": said.commitment,
    }
    facts = {**mail.about(after, occasion.contract), **_told(answered, after, occasion), "text": text.text}
    notices = [mail.letter(NoticeKind.DISPUTE_ANSWERED, mail.customer_of(after), facts)]
    return concluded(after, occasion, Happened(kind="dispute_answered", data=data), notices, (said,))


def _classification(ticket: Ticket, occasion: Occasion, claim: str, clock: str | None) -> Dispute:
    occasion.contract.classification(claim)
    if clock is not None:
        raise InvalidInput("clock is for a dispute about a deadline.")
    if ticket.classification is None:
        raise refused(ticket, occasion, f"{ticket.id} has not been classified yet.")
    if claim == ticket.classification:
        raise InvalidInput(f"{ticket.id} is classified {claim} already; claim what it should be instead.")
    return _raised(ticket, occasion, DisputeAbout.CLASSIFICATION, ticket.classification, claim)


def _deadline(ticket: Ticket, occasion: Occasion, claim: str, name: str | None) -> Dispute:
    if claim not in CLAIMS:
        raise InvalidInput(f"claim is {claim[:40]!r}; of a deadline it can be: {', '.join(CLAIMS)}.")
    clock = next((clock for clock in ticket.clocks if clock.name == name), None)
    if clock is None:
        known = ", ".join(each.name for each in ticket.clocks) or "none"
        raise InvalidInput(f"{ticket.id} has no clock {(name or '')[:40]!r}; it has: {known}.")
    judged = clocks.state_of(clock, occasion.now).value
    if judged == claim:
        raise InvalidInput(f"By the desk's record too {name} was {claim}; there is nothing to contest.")
    due = stamp(clock.due_at) if clock.due_at else "none"
    raised = _raised(ticket, occasion, DisputeAbout.DEADLINE, f"{judged}, due {due}", claim)
    return replace(raised, clock=name, promise=clock.promise.value, judged=judged, due_at=clock.due_at)


def _raised(ticket: Ticket, occasion: Occasion, about: DisputeAbout, verdict: str, claim: str) -> Dispute:
    number = len(ticket.disputes) + 1
    return Dispute(number=number, about=about, raised_at=occasion.now, verdict=verdict, claim=claim, text="")


def _told(dispute: Dispute, ticket: Ticket, occasion: Occasion) -> dict[str, object]:
    """What a letter needs to say what is contested, in the contract's own words."""
    said = {"dispute": dispute.number, "about": dispute.about.value, "claim": dispute.claim, "upheld": dispute.upheld}
    contract = occasion.contract
    if dispute.promise is None:
        contested, claimed = (contract.classification(id).name for id in (dispute.verdict, dispute.claim))
        return {**said, "contested": dict(contested), "claimed": dict(claimed)}
    name = contract.family_of(ticket.product, ticket.classification).promise_name(Promise(dispute.promise))
    due_at = stamp(dispute.due_at) if dispute.due_at else None
    return {**said, "contested": dict(name), "judged": dispute.judged, "judged_due_at": due_at}
