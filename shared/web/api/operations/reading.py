"""Tickets as they are read."""

from shared.web.api.operation import Answer, Operation, Parameter, Who
from shared.web.api.parameters import CURSOR, LIST, limit

TAG = "Tickets"

ACTIVITY = Parameter(name="activity", about="An activity that the contract names, where no classification tells it apart.")


def _read(name: str, noun: str, summary: str, answer: Answer, **further: object) -> Operation:
    path = f"/api/tickets/{{ticket}}{noun}"
    values: dict[str, object] = {"whom": "whoever may see the ticket", "about": "That you look is recorded.", **further}
    return Operation(name=name, path=path, tag=TAG, summary=summary, who=Who.MEMBER, answers={200: answer}, **values)  # type: ignore[arg-type]


OPERATIONS = (
    Operation(
        name="ticket_list",
        path="/api/tickets",
        tag=TAG,
        summary="Open tickets by urgency, or a customer's archive, the newest first",
        about="To each what they may see. A page may hold fewer than `limit`, or none, and still have a next one: go on until"
        " `next_cursor` is null. `total` is null where the desk has not looked at the whole list.",
        who=Who.MEMBER,
        query=LIST,
        answers={200: Answer(about="A page of tickets.", reply="TicketPage")},
        problems=("unknown-customer",),
    ),
    _read(
        "ticket_read", "", "One ticket with its clocks, as of now", Answer(about="The ticket.", reply="Ticket", headers=("ETag",))
    ),
    _read(
        "ticket_events",
        "/events",
        "A ticket's history: its hash-chained events, and the texts they commit to",
        Answer(about="The events, the oldest first.", reply="History"),
    ),
    _read(
        "ticket_explanation",
        "/explanation",
        "Why each deadline is what it is",
        Answer(about="The ledger of every clock.", reply="Explanation"),
    ),
    _read(
        "ticket_entitlement",
        "/entitlement",
        "Whether a ticket is covered, charged, quoted or not covered, and why",
        Answer(about="An entitlement for each classification that it may have.", reply="TicketEntitlement"),
        query=(ACTIVITY,),
    ),
    _read(
        "ticket_notices",
        "/notices",
        "Every message that a ticket has owed, and what became of it",
        Answer(about="The messages; to a customer's people, those to the customer.", reply="Notices"),
    ),
    _read(
        "ticket_accesses",
        "/accesses",
        "Who has seen a ticket, and on what ground",
        Answer(about="The reads on record, the newest last, this one included.", reply="Accesses"),
        query=(limit(100, 500), CURSOR),
    ),
    _read(
        "ticket_evidence",
        "/evidence",
        "All that is needed to check a ticket's history and work its deadlines out again, offline",
        Answer(about="One file, for `make -s verify`.", reply="EvidenceFile", headers=("Content-Disposition",)),
    ),
)
