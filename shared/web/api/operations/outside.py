"""Doors without sign-in: what is there is a signature, a link's key, or nothing to hide."""

from shared.web.api.operation import Answer, Operation, Parameter, Repeat, Who
from shared.web.api.parameters import IF_NONE_MATCH, KEY, LANGUAGE

TAG = "Without sign-in"

HTML = "text/html"
PAGE = Answer(about="The page.", media_type=HTML)
NO_PAGE = Answer(about="A page that says that the link opens nothing.", media_type=HTML)
CARD = "/api/estimates/{ticket}/{kind}/{version}"
UNCHANGED = Answer(about="It is still the one you have.", media_type="", headers=("ETag",))


def _decision(name: str, noun: str, summary: str) -> Operation:
    return Operation(
        name=name,
        path=f"{CARD}/{noun}",
        tag=TAG,
        summary=summary,
        about="What the page's button sends. Done again it changes nothing.",
        who=Who.LINK,
        methods=("POST",),
        media_type="application/x-www-form-urlencoded",
        form="shared.web.api.replies.outside.Decision",
        example={"key": "…", "lang": "it"},
        answers={
            303: Answer(about="Decided: the page again.", media_type="", headers=("Location",)),
            404: NO_PAGE,
            409: Answer(about="Nothing was decided; the page says why.", media_type=HTML),
        },
        problems=("body-too-large", "unsupported-media-type", "invalid-input", "conflict"),
        repeat=Repeat.NATURAL,
    )


SIGNED = (
    Parameter(name="webhook-id", about="The message's own id: the same is taken in once.", is_required=True, example="msg_1"),
    Parameter(name="webhook-timestamp", about="When it was signed, in seconds since 1970.", is_required=True, example="0"),
)

OPERATIONS = (
    Operation(
        name="portal_webhook",
        path="/api/webhooks/portal",
        tag=TAG,
        summary="A request from the portal, signed by the Standard Webhooks scheme",
        about="Fields that the desk does not know are left alone. An authentic request that is refused is kept byte for byte in"
        " the quarantine, whose entry the problem names as `quarantined`. On 503 send it again.",
        who=Who.PORTAL,
        methods=("POST",),
        form="shared.web.forms.portal.PortalRequestForm",
        example={
            "customer": "ACME",
            "contact": {"name": "Maria Verdi", "email": "maria@acme.example"},
            "product": "zenshare-up",
            "subject": "Il protocollo non assegna il numero",
            "description": "Da questa mattina i documenti restano senza numero.",
            "severity": "2",
        },
        headers=SIGNED,
        answers={
            201: Answer(about="A new ticket.", reply="Receipt", headers=("Location",)),
            200: Answer(about="This `webhook-id` was taken in before.", reply="Receipt", headers=("Location",)),
        },
        problems=(
            "signature-invalid",
            "timestamp-stale",
            "body-too-large",
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
        name="witness_webhook",
        path="/api/webhooks/witness",
        tag=TAG,
        summary="What the second witness has seen of the services, signed by the Standard Webhooks scheme",
        about="Taken in whole or not at all. An instant may lie up to a day back, and up to five minutes ahead of our"
        " clock: it then counts as now.",
        who=Who.WITNESS,
        methods=("POST",),
        form="shared.web.forms.witness.WitnessForm",
        example={
            "results": [
                {"service": "archive", "at": "2026-03-10T19:05:00Z", "outcome": "good", "latency_ms": 84},
                {"service": "desk", "at": "2026-03-10T19:05:00Z", "outcome": "bad", "detail": "no answer from two places"},
            ]
        },
        headers=SIGNED,
        answers={
            202: Answer(about="The next run of the probes takes the results up.", reply="WitnessReceipt"),
            200: Answer(about="This `webhook-id` was taken in before.", reply="WitnessReceipt"),
        },
        problems=("signature-invalid", "timestamp-stale", "body-too-large"),
        repeat=Repeat.NATURAL,
    ),
    Operation(
        name="request_page",
        path="/api/requests/{ticket}",
        tag=TAG,
        summary="One request's page, for whoever holds the link in a letter",
        who=Who.LINK,
        query=(KEY, LANGUAGE),
        answers={200: PAGE, 404: NO_PAGE},
    ),
    Operation(
        name="card_page",
        path=CARD,
        tag=TAG,
        summary="One version of a card, for whoever holds the link in a letter",
        about="Looking at it decides nothing.",
        who=Who.LINK,
        query=(KEY, LANGUAGE),
        answers={200: PAGE, 404: NO_PAGE},
    ),
    _decision("card_acceptance", "acceptance", "Accept the version of a card that the link is for"),
    _decision("card_refusal", "refusal", "Decline the version of a card that the link is for"),
    Operation(
        name="openapi",
        path="/api/openapi.json",
        tag=TAG,
        summary="This description, for programs",
        who=Who.ANYBODY,
        headers=(IF_NONE_MATCH,),
        answers={200: Answer(about="An OpenAPI 3.1 document.", reply="Anything", headers=("ETag",)), 304: UNCHANGED},
    ),
    Operation(
        name="docs",
        path="/api/docs",
        tag=TAG,
        summary="This description, for people",
        who=Who.ANYBODY,
        headers=(IF_NONE_MATCH,),
        answers={200: Answer(about="A page.", media_type=HTML, headers=("ETag",)), 304: UNCHANGED},
    ),
)
