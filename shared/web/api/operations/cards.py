"""Intervention cards and the offer forms of support packages; packages and the work that is debited to them."""

from shared.web.api.operation import Answer, Operation, Parameter, Who
from shared.web.api.operations.changes import NOTHING, PROBLEMS, change

TAG = "Estimates and packages"

ESTIMATE = {"intervention": "Analisi del flusso di approvazione", "days": "1", "hours": "4", "rate": "80.00"}
OFFER = {"intervention": "Pacchetto di assistenza", "hours": "40", "rate": "80.00"}
REFUSAL = {"version": 1, "text": "Per ora non ci serve."}


def _versions(name: str, noun: str, summary: str) -> Operation:
    answer = Answer(about="The versions, the oldest first; to the customer's people, those that were sent.", reply="CardVersions")
    path = f"/api/tickets/{{ticket}}/{noun}"
    return Operation(
        name=name,
        path=path,
        tag=TAG,
        summary=summary,
        about="That you look is recorded.",
        who=Who.MEMBER,
        whom="whoever may see the ticket",
        answers={200: answer},
    )


OPERATIONS = (
    change(
        "ticket_estimate",
        "estimate",
        "estimate",
        "Draw up the next version of the intervention card",
        "estimates.EstimateForm",
        ESTIMATE,
        tag=TAG,
        methods=("PUT",),
        further=("revise_estimate",),
    ),
    change(
        "ticket_estimate_dropping",
        "estimate",
        "drop_estimate",
        "Give up a version of the intervention card that has not been sent",
        "",
        None,
        tag=TAG,
        methods=("DELETE",),
    ),
    _versions("ticket_estimate_versions", "estimate", "Every version of the intervention card, and what came of it"),
    change(
        "ticket_estimate_sending",
        "estimate/sending",
        "send_estimate",
        "Send the intervention card to the customer",
        NOTHING,
        {},
        tag=TAG,
    ),
    change(
        "ticket_estimate_acceptance",
        "estimate/acceptance",
        "accept_estimate",
        "Accept exactly the version of the card that is named",
        "estimates.AcceptanceForm",
        {"version": 1},
        tag=TAG,
    ),
    change(
        "ticket_estimate_refusal",
        "estimate/refusal",
        "decline_estimate",
        "Decline the version of the card that is named",
        "estimates.RefusalForm",
        REFUSAL,
        tag=TAG,
    ),
    change(
        "ticket_package_offer",
        "package-offer",
        "offer",
        "Draw up the next version of a support package's offer form",
        "estimates.OfferForm",
        OFFER,
        tag=TAG,
        methods=("PUT",),
        further=("revise_offer",),
    ),
    change(
        "ticket_package_offer_dropping",
        "package-offer",
        "drop_offer",
        "Give up a version of the offer form that has not been sent",
        "",
        None,
        tag=TAG,
        methods=("DELETE",),
    ),
    _versions("ticket_package_offer_versions", "package-offer", "Every version of the offer form, and what came of it"),
    change(
        "ticket_package_offer_sending",
        "package-offer/sending",
        "send_offer",
        "Send the offer form to the customer",
        NOTHING,
        {},
        tag=TAG,
    ),
    change(
        "ticket_package_offer_acceptance",
        "package-offer/acceptance",
        "accept_offer",
        "Accept exactly the version of the offer form that is named: the package is contracted",
        "estimates.AcceptanceForm",
        {"version": 1},
        tag=TAG,
    ),
    change(
        "ticket_package_offer_refusal",
        "package-offer/refusal",
        "decline_offer",
        "Decline the version of the offer form that is named",
        "estimates.RefusalForm",
        REFUSAL,
        tag=TAG,
    ),
    change(
        "ticket_task",
        "task",
        "open_task",
        "Open the task in the oldest of the customer's packages that has the hours",
        NOTHING,
        {},
        tag=TAG,
        problems=(*PROBLEMS, "too-few-hours"),
    ),
    change(
        "ticket_work",
        "work",
        "log_work",
        "Log hours worked; those of a task are debited to its package",
        "packages.WorkForm",
        {"hours": "1.5", "on": "2026-03-02"},
        tag=TAG,
        problems=(*PROBLEMS, "too-few-hours"),
    ),
    Operation(
        name="customer_packages",
        path="/api/customers/{customer}/packages",
        tag=TAG,
        summary="A customer's support packages: hours bought, debited, remaining",
        who=Who.MEMBER,
        whom="the customer's administrators, Customer Care Manager, service manager",
        answers={200: Answer(about="The packages.", reply="Packages")},
        problems=("unknown-customer",),
    ),
    Operation(
        name="package_statement",
        path="/api/customers/{customer}/packages/{number}/statement",
        tag=TAG,
        summary="Every entry of a package's ledger, as JSON or as CSV",
        about="CSV also for `Accept: text/csv`. The hours of the entries add up to what remains.",
        who=Who.MEMBER,
        whom="the customer's administrators, Customer Care Manager, service manager",
        query=(Parameter(name="format", about="Instead of `Accept`.", schema={"type": "string", "enum": ["json", "csv"]}),),
        answers={200: Answer(about="The statement.", reply="Statement", also=("text/csv",))},
        problems=("unknown-customer",),
    ),
)
