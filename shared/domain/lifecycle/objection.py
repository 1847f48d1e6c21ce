"""The customer contests what the desk has judged. Nothing that was judged is changed by it: both verdicts stay, side by side."""

from dataclasses import replace

from shared.domain import clock as clocks
from shared.domain import correspondence as mail
from shared.domain.conclusion import Occasion, Said, concluded, content
from shared.domain.errors import InvalidInput, NotAllowedNow, NotFound
from shared.domain.evidence import stamp
from shared.domain.lifecycle.permission import require
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
    verdict = (
        _classification(ticket, occasion, claim)
        if about is DisputeAbout.CLASSIFICATION
        else _deadline(ticket, occasion, claim, clock)
    )
    after = replace(ticket, contents=ticket.contents + 1)
    said = content(after, text)
    raised = Dispute(
        number=len(ticket.disputes) + 1,
        about=about,
        raised_at=occasion.now,
        verdict=verdict,
        claim=claim,
        clock=clock,
        text=said.commitment,
    )
    if any((each.about, each.clock, each.upheld) == (about, clock, None) for each in ticket.disputes):
        raise NotAllowedNow(f"A dispute about this already waits for an answer on {ticket.id}.", state=ticket.state.value)
    after = replace(after, disputes=(*ticket.disputes, raised))
    data = {
        "number": raised.number,
        "about": about.value,
        "clock": clock,
        "verdict": verdict,
        "claim": claim,
        "text": said.commitment,
    }
    facts = {**mail.about(after, occasion.contract), **_told(raised, after, occasion), "text": text.text}
    managers = occasion.directory.holders(Role.CUSTOMER_CARE_MANAGER)
    notices = [mail.letter(NoticeKind.DISPUTED, mail.member(manager), facts) for manager in managers]
    return concluded(after, occasion, Happened(kind="disputed", data=data), notices, (said,))


def answer_dispute(ticket: Ticket, occasion: Occasion, number: int, upheld: bool, text: Said) -> Decision:
    """The desk upholds or rejects a dispute and says why; the customer is told. An upheld one changes nothing by itself: a wrong
    classification is set again as ever, and a verdict on a deadline stays as it was judged, with this correction beside it."""
    require(ticket, occasion, "answer_dispute")
    if not 1 <= number <= len(ticket.disputes):
        raise NotFound(f"{ticket.id} has no dispute {number}.")
    raised = ticket.disputes[number - 1]
    if raised.upheld is not None:
        raise NotAllowedNow(f"Dispute {number} of {ticket.id} has been answered.", state=ticket.state.value)
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


def _classification(ticket: Ticket, occasion: Occasion, claim: str) -> str:
    occasion.contract.classification(claim)
    if ticket.classification is None:
        raise NotAllowedNow(f"{ticket.id} has not been classified yet.", state=ticket.state.value)
    if claim == ticket.classification:
        raise InvalidInput(f"{ticket.id} is classified {claim} already; claim what it should be instead.")
    return ticket.classification


def _deadline(ticket: Ticket, occasion: Occasion, claim: str, name: str | None) -> str:
    """How the clock stands, as text: state and due instant."""
    if claim not in CLAIMS:
        raise InvalidInput(f"claim is {claim[:40]!r}; of a deadline it can be: {', '.join(CLAIMS)}.")
    for clock in ticket.clocks:
        if clock.name == name:
            due = stamp(clock.due_at) if clock.due_at else "none"
            return f"{clocks.state_of(clock, occasion.now).value}, due {due}"
    raise InvalidInput(
        f"{ticket.id} has no clock {(name or '')[:40]!r}; it has: {', '.join(c.name for c in ticket.clocks) or 'none'}."
    )


def _told(dispute: Dispute, ticket: Ticket, occasion: Occasion) -> dict[str, object]:
    """What a letter needs to say what is contested, in the contract's own words."""
    said = {"dispute": dispute.number, "about": dispute.about.value, "claim": dispute.claim, "upheld": dispute.upheld}
    contract = occasion.contract
    if dispute.about is DisputeAbout.CLASSIFICATION:
        contested, claimed = (contract.classification(id).name for id in (dispute.verdict, dispute.claim))
        return {**said, "contested": dict(contested), "claimed": dict(claimed)}
    clock = next(clock for clock in ticket.clocks if clock.name == dispute.clock)
    promise = contract.family_of(ticket.product, ticket.classification).promise_name(clock.promise)
    state, due_at = clocks.state_of(clock, dispute.raised_at).value, stamp(clock.due_at) if clock.due_at else None
    return {**said, "contested": dict(promise), "judged": state, "judged_due_at": due_at}
