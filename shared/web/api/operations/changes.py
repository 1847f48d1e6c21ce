"""What changes a ticket. Who may, in which states, and what it needs is in the lifecycle's table of transitions."""

from shared.web.api.operation import Answer, Operation, Repeat, Who
from shared.web.api.parameters import IDEMPOTENCY_KEY, IF_MATCH

TAG = "Changes"

TICKET = Answer(about="The ticket as it is now.", reply="Ticket", headers=("ETag", "Idempotent-Replayed"))
PROBLEMS = (
    "not-allowed-now",
    "conflict",
    "invalid-input",
    "date-out-of-range",
    "calendar-never-open",
    "too-large-to-store",
)
TEXT = {"text": "Il documento è stato protocollato di nuovo."}


def change(name: str, noun: str, transition: str, summary: str, form: str, example: object, **further: object) -> Operation:
    """A change of a ticket by POST, unless `methods` says otherwise."""
    values: dict[str, object] = {
        "tag": TAG,
        "who": Who.MEMBER,
        "methods": ("POST",),
        "answers": {200: TICKET},
        "headers": (IF_MATCH, IDEMPOTENCY_KEY),
        "problems": PROBLEMS,
        "takes_if_match": True,
        "repeat": Repeat.KEYED,
        **further,
    }
    form = f"shared.web.forms.{form}" if form else ""
    return Operation(
        name=name,
        path=f"/api/tickets/{{ticket}}/{noun}",
        summary=summary,
        transition=transition,
        form=form,
        example=example,
        **values,  # type: ignore[arg-type]
    )


NOTHING = "tickets.NothingForm"
BOTH = ("PUT", "POST")

OPERATIONS = (
    change("ticket_acknowledgement", "acknowledgement", "acknowledge", "Take charge: the response is done", NOTHING, {}),
    change(
        "ticket_classification",
        "classification",
        "classify",
        "Say what the request turns out to be",
        "tickets.ClassificationForm",
        {"classification": "bug"},
        methods=BOTH,
    ),
    change(
        "ticket_priority",
        "priority",
        "prioritise",
        "Set the priority: the ticket is judged by it from receipt",
        "tickets.PriorityForm",
        {"priority": 2},
        methods=BOTH,
    ),
    change(
        "ticket_assignee",
        "assignee",
        "assign",
        "Give the ticket to a member of staff, who may read it from then on",
        "tickets.AssigneeForm",
        {"assignee": "omar"},
        methods=BOTH,
    ),
    change("ticket_replies", "replies", "reply", "Write to the customer; no clock stops", "tickets.TextForm", TEXT),
    change(
        "ticket_messages",
        "messages",
        "message",
        "The customer writes to the desk; while a question is open, this answers it",
        "tickets.TextForm",
        {"text": "È successo di nuovo questa mattina."},
    ),
    change(
        "ticket_hold",
        "hold",
        "hold",
        "Ask the customer; the clocks pause when the question has been sent",
        "tickets.TextForm",
        {"text": "Ci può mandare il numero del documento?"},
    ),
    change(
        "ticket_answer",
        "answer",
        "resume",
        "The customer has answered: the clocks run again",
        "tickets.AnswerForm",
        {"text": "Il numero è 1234.", "answered_at": "2026-03-02T11:00:00+01:00"},
    ),
    change(
        "ticket_resolution",
        "resolution",
        "resolve",
        "Resolve the request; the customer is told",
        "tickets.OptionalTextForm",
        TEXT,
    ),
    change(
        "ticket_treatment",
        "treatment",
        "treat",
        "Say that a vulnerability has been verified and treated",
        "tickets.OptionalTextForm",
        {"text": "Corretto nella versione 8.2.1."},
    ),
    change(
        "ticket_closure",
        "closure",
        "close",
        "Close what is not accepted or not within competence, or a treated vulnerability",
        "tickets.ClosureForm",
        {"text": "La richiesta riguarda un prodotto di altri.", "classification": "not-accepted"},
    ),
    change(
        "ticket_reopening",
        "reopening",
        "reopen",
        "Open a resolved request again; after its window, a new one that is linked to it",
        "tickets.TextForm",
        {"text": "Il problema si ripresenta."},
        answers={
            200: TICKET,
            201: Answer(about="The new ticket.", reply="Ticket", headers=("ETag", "Location", "Idempotent-Replayed")),
        },
    ),
    change(
        "ticket_disputes",
        "disputes",
        "dispute",
        "The customer contests the classification or a deadline",
        "tickets.DisputeForm",
        {"about": "classification", "claim": "bug", "text": "È un malfunzionamento, non un'evoluzione."},
    ),
    change(
        "ticket_verdict",
        "disputes/{number}/verdict",
        "answer_dispute",
        "Uphold or reject what the customer contests, and say why",
        "tickets.VerdictForm",
        {"upheld": False, "text": "La funzione non era prevista dal contratto."},
    ),
    change(
        "ticket_links",
        "links",
        "link",
        "Tie the ticket to another of the same customer",
        "tickets.LinkForm",
        {"ticket": "ACME-7"},
    ),
    change(
        "ticket_merge",
        "merge",
        "merge",
        "Let a duplicate go on as another ticket; both keep their histories",
        "tickets.MergeForm",
        {"into": "ACME-7"},
    ),
    change(
        "ticket_grants",
        "grants",
        "grant",
        "Let somebody read a ticket that is not theirs, for a reason and a time",
        "access.GrantForm",
        {"operator": "olga", "text": "Conosce questo archivio."},
        who=Who.STAFF,
    ),
    change(
        "ticket_grant",
        "grants/{number}",
        "revoke",
        "Take that leave back, from now on",
        "",
        None,
        methods=("DELETE",),
        who=Who.STAFF,
    ),
    Operation(
        name="ticket_entry",
        path="/api/tickets",
        tag=TAG,
        summary="Enter a request on behalf of a customer, who has called",
        who=Who.STAFF,
        methods=("POST",),
        form="shared.web.forms.tickets.EntryForm",
        example={
            "customer": "ACME",
            "contact": {"name": "Maria Verdi", "email": "maria@acme.example"},
            "product": "zenshare-up",
            "subject": "Il protocollo non assegna il numero",
            "description": "Ha chiamato: da questa mattina i documenti restano senza numero.",
        },
        answers={
            201: Answer(about="The new ticket's receipt.", reply="Receipt", headers=("Location",)),
            200: Answer(about="It was entered before, under the same Idempotency-Key.", reply="Receipt", headers=("Location",)),
        },
        headers=(IDEMPOTENCY_KEY,),
        problems=(
            "unknown-customer",
            "unknown-product",
            "contract-not-in-force",
            "date-out-of-range",
            "calendar-never-open",
            "conflict",
            "too-large-to-store",
        ),
        repeat=Repeat.KEYED,
    ),
)
