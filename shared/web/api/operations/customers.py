"""What belongs to a customer or to a contact."""

from shared.web.api.operation import Answer, Operation, Parameter, Repeat, Who
from shared.web.api.parameters import CURSOR, limit

TAG = "Customers"

ADMINISTRATORS = "the customer's administrators, Customer Care Manager, service manager"
CONTACT = "/api/customers/{customer}/contacts/{email}"

OPERATIONS = (
    Operation(
        name="entitlement",
        path="/api/entitlement",
        tag=TAG,
        summary="What a customer's support gives them for a request that nobody has made yet",
        who=Who.MEMBER,
        whom=ADMINISTRATORS,
        query_form="shared.web.forms.entitlement.EntitlementQuery",
        answers={200: Answer(about="An entitlement for each classification that was asked about.", reply="CustomerEntitlement")},
        problems=("unknown-customer", "unknown-product", "not-found", "date-out-of-range"),
    ),
    Operation(
        name="customer_accesses",
        path="/api/customers/{customer}/accesses",
        tag=TAG,
        summary="Who has seen anything of a customer's",
        who=Who.MEMBER,
        whom=ADMINISTRATORS,
        query=(Parameter(name="ticket", about="Only of this ticket.", example="ACME-1"), limit(100, 500), CURSOR),
        answers={200: Answer(about="The reads on record, the newest last, this one included.", reply="Accesses")},
    ),
    Operation(
        name="contact_export",
        path=f"{CONTACT}/export",
        tag=TAG,
        summary="All that is held on a contact",
        about="Each ticket in it counts as read.",
        who=Who.MEMBER,
        whom="the contact, their administrators, Customer Care Manager",
        query=(
            Parameter(
                name="format",
                about="`zip`: an archive with the files; `json`: its document alone.",
                schema={"type": "string", "enum": ["zip", "json"], "default": "zip"},
            ),
        ),
        answers={
            200: Answer(about="The export.", reply="ContactExport", also=("application/zip",), headers=("Content-Disposition",))
        },
        problems=("unknown-customer",),
    ),
    Operation(
        name="contact_erasure",
        path=f"{CONTACT}/erasure",
        tag=TAG,
        summary="Erase all that is held on a contact, whose requests must be resolved",
        about="Asked again, it finishes what was cut off.",
        who=Who.STAFF,
        whom="Customer Care Manager",
        methods=("POST",),
        form="shared.web.forms.privacy.ErasureForm",
        example={"text": "Richiesta del contatto del 2 marzo.", "requested_by": "contact"},
        answers={200: Answer(about="What went in this run.", reply="Erasure")},
        problems=("not-allowed-now", "conflict", "unknown-customer"),
        repeat=Repeat.NATURAL,
    ),
)
