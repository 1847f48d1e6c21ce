"""How the desk fares, and what waits for people."""

from shared.web.api.operation import Answer, Operation, Repeat, Who
from shared.web.api.parameters import PROBLEM_KIND

TAG = "The desk"
NOTICE = "/api/tickets/{ticket}/notices/{notice}"
RECEIPT = Answer(about="The ticket that was made of it.", reply="Receipt", headers=("Location",))

OPERATIONS = (
    Operation(
        name="health",
        path="/api/health",
        tag=TAG,
        summary="Whether the desk works: dependencies, the timers' heartbeats, what is overdue",
        about="Services that are not public are named to staff; to anybody else it says how many of them have something.",
        who=Who.ANYBODY,
        answers={
            200: Answer(about="All is well.", reply="Health"),
            503: Answer(about="Somebody should be paged; `problems` says why.", reply="Health"),
        },
    ),
    Operation(
        name="tick",
        path="/api/internal/tick",
        tag=TAG,
        summary="Run what an overdue timer should have run",
        about="A look from outside sends it every few minutes. Several at once do the work once.",
        who=Who.WATCHDOG,
        methods=("POST",),
        answers={
            200: Answer(about="Nothing was overdue, or it was run, or another tick is at it.", reply="Tick"),
            503: Answer(about="A round has failed.", reply="Tick"),
        },
        problems=("not-authenticated",),
        repeat=Repeat.NATURAL,
    ),
    Operation(
        name="failures",
        path="/api/failures",
        tag=TAG,
        summary="Tickets whose work fails, and messages that were given up or have bounced",
        who=Who.MANAGERS,
        answers={200: Answer(about="What waits for people.", reply="Failures")},
    ),
    Operation(
        name="ticket_notice_retry",
        path=f"{NOTICE}/retry",
        tag=TAG,
        summary="Owe a message again that was given up, or that bounced",
        who=Who.MANAGERS,
        methods=("POST",),
        answers={200: Answer(about="The message.", reply="Notice")},
        problems=("not-allowed-now", "conflict", "invalid-input"),
        repeat=Repeat.NATURAL,
    ),
    Operation(
        name="ticket_notice_dismissal",
        path=f"{NOTICE}/dismissal",
        tag=TAG,
        summary="Say that somebody has seen that a message was given up, or bounced: it is listed no more",
        who=Who.MANAGERS,
        methods=("POST",),
        answers={200: Answer(about="The message.", reply="Notice")},
        problems=("not-allowed-now", "conflict", "invalid-input"),
        repeat=Repeat.NATURAL,
    ),
    Operation(
        name="quarantine_list",
        path="/api/quarantine",
        tag=TAG,
        summary="Authentic requests that could not be understood, the newest first",
        who=Who.MANAGERS,
        answers={200: Answer(about="The requests, and why each was refused.", reply="Quarantine")},
    ),
    Operation(
        name="quarantine_raw",
        path="/api/quarantine/{entry}/raw",
        tag=TAG,
        summary="A quarantined request, byte for byte",
        who=Who.MANAGERS,
        answers={
            200: Answer(about="The bytes as they came.", media_type="application/octet-stream", headers=("Content-Disposition",))
        },
    ),
    Operation(
        name="quarantine_release",
        path="/api/quarantine/{entry}/release",
        tag=TAG,
        summary="Try a quarantined request again, as received when it first came",
        who=Who.MANAGERS,
        methods=("POST",),
        answers={201: RECEIPT, 200: RECEIPT},
        problems=(
            "malformed-json",
            "unsupported-media-type",
            "invalid-input",
            "unknown-customer",
            "unknown-product",
            "contract-not-in-force",
            "date-out-of-range",
            "calendar-never-open",
            "conflict",
            "too-large-to-store",
        ),
        repeat=Repeat.NATURAL,
    ),
    Operation(
        name="quarantine_dismissal",
        path="/api/quarantine/{entry}/dismissal",
        tag=TAG,
        summary="Say that somebody has seen a report of a mail that could not be read: it is listed no more",
        who=Who.MANAGERS,
        methods=("POST",),
        answers={200: Answer(about="The report.", reply="Quarantined")},
        problems=("not-allowed-now", "conflict"),
        repeat=Repeat.NATURAL,
    ),
    Operation(
        name="problem",
        path="/api/problems/{kind}",
        tag=TAG,
        summary="What a problem type means",
        who=Who.ANYBODY,
        path_parameters=(PROBLEM_KIND,),
        answers={200: Answer(about="Its meaning.", reply="ProblemType")},
    ),
)
