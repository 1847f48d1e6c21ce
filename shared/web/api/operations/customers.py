"""What belongs to a customer or to a contact."""

from shared.web.api.operation import Answer, Operation, Parameter, Repeat, Who
from shared.web.api.parameters import CURSOR, limit

TAG = "Customers"

ADMINISTRATORS = "the customer's administrators, Customer Care Manager, service manager"
NAMING = "the customer's administrators, Customer Care Manager"
ADDRESSEES = "/api/customers/{customer}/addressees"
CONTACTS = "/api/customers/{customer}/contacts"

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
        name="customer_addressees",
        path=ADDRESSEES,
        tag=TAG,
        summary="Whom a customer has written to about their services",
        who=Who.MEMBER,
        whom=NAMING,
        answers={200: Answer(about="All of them.", reply="Addressees")},
        problems=("unknown-customer",),
    ),
    Operation(
        name="customer_addressee_add",
        path=ADDRESSEES,
        tag=TAG,
        summary="Name one more, or change the name or the language of one",
        about="They are told of outages and of maintenance of the services that the customer's products run on.",
        who=Who.MEMBER,
        whom=NAMING,
        methods=("POST",),
        form="shared.web.forms.addressees.AddresseeForm",
        example={"email": "noc@acme.example", "name": "Sala macchine", "language": "it"},
        answers={
            200: Answer(about="The address was named already.", reply="Addressees"),
            201: Answer(about="All of them, with the new one.", reply="Addressees"),
        },
        problems=("not-allowed-now", "conflict", "unknown-customer"),
        repeat=Repeat.NATURAL,
    ),
    Operation(
        name="customer_addressee_removal",
        path=f"{ADDRESSEES}/{{addressee}}",
        tag=TAG,
        summary="Name one no more",
        about="What has not left for it yet is withdrawn.",
        who=Who.MEMBER,
        whom=NAMING,
        methods=("DELETE",),
        path_parameters=(
            Parameter(name="addressee", about="Its `id` in the list.", is_required=True, example="0123456789abcdef"),
        ),
        answers={200: Answer(about="Those that are left.", reply="Addressees")},
        problems=("conflict", "unknown-customer"),
        repeat=Repeat.NATURAL,
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
        path=f"{CONTACTS}/export",
        tag=TAG,
        summary="All that is held on a contact",
        about="Each ticket in it counts as read. The address is in the body, so that it is in no log of requests.",
        who=Who.MEMBER,
        whom="the contact, their administrators, Customer Care Manager",
        methods=("POST",),
        form="shared.web.forms.privacy.ExportForm",
        example={"email": "maria@acme.example"},
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
        repeat=Repeat.AGAIN,
    ),
    Operation(
        name="contact_erasure",
        path=f"{CONTACTS}/erasure",
        tag=TAG,
        summary="Erase all that is held on a contact, whose requests must be resolved",
        about="Asked again, it finishes what was cut off.",
        who=Who.STAFF,
        whom="Customer Care Manager",
        methods=("POST",),
        form="shared.web.forms.privacy.ErasureForm",
        example={"email": "maria@acme.example", "text": "Richiesta del contatto del 2 marzo.", "requested_by": "contact"},
        answers={200: Answer(about="What went in this run.", reply="Erasure")},
        problems=("not-allowed-now", "conflict", "unknown-customer"),
        repeat=Repeat.NATURAL,
    ),
)
