"""The services' state for anybody, news by e-mail, and what managers say of incidents."""

from shared.web.api.operation import Answer, Operation, Parameter, Repeat, Who
from shared.web.api.parameters import IF_NONE_MATCH, LANGUAGE

TAG = "How services stand"

FORM = "application/x-www-form-urlencoded"
HTML = "text/html"
UNCHANGED = Answer(about="It is still the one you have.", media_type="", headers=("ETag",))
SAID = {"it": "Stiamo cercando la causa.", "en": "We are looking for the cause."}
SERVICE = Parameter(name="service", about="One service alone.")
SUBSCRIBERS = "/api/status/subscribers"
EXAMPLES = {
    "SubscriptionFields": {"email": "maria@acme.example", "lang": "it"},
    "ConfirmationFields": {"token": "…", "until": "2030-01-01T00:00:00Z", "key": "…", "lang": "it"},
    "UnsubscriptionFields": {"token": "…", "lang": "it"},
}


def _public(
    name: str,
    path: str,
    summary: str,
    answer: Answer,
    *,
    query: tuple[Parameter, ...] = (),
    path_parameters: tuple[Parameter, ...] = (),
    problems: tuple[str, ...] = (),
) -> Operation:
    found = Answer(about=answer.about, reply=answer.reply, media_type=answer.media_type, headers=("ETag", *answer.headers))
    return Operation(
        name=name,
        path=path,
        tag=TAG,
        summary=summary,
        who=Who.ANYBODY,
        query=query,
        path_parameters=path_parameters,
        headers=(IF_NONE_MATCH,),
        answers={200: found, 304: UNCHANGED},
        problems=problems,
    )


def _mail(
    name: str,
    noun: str,
    summary: str,
    about: str,
    form: str = "",
    answers: dict[int, str] | None = None,
    query: tuple[Parameter, ...] = (),
) -> Operation:
    return Operation(
        name=name,
        path=SUBSCRIBERS + noun,
        tag=TAG,
        summary=summary,
        about=about,
        who=Who.LINK if noun else Who.ANYBODY,
        methods=("POST",) if form else ("GET",),
        media_type=FORM if form else "application/json",
        form=f"shared.web.api.replies.status.{form}" if form else "",
        example=EXAMPLES.get(form),
        query=query,
        answers={
            status: Answer(about=each, media_type=HTML) for status, each in (answers or {200: "A page that says so."}).items()
        },
        problems=("body-too-large", "unsupported-media-type", "invalid-input", "conflict") if form else (),
        repeat=Repeat.NATURAL if form else None,
    )


TOKEN = Parameter(name="token", about="As in the letter.")
LINK = (TOKEN, Parameter(name="until", about="As in the letter."), Parameter(name="key", about="As in the letter."), LANGUAGE)

OPERATIONS = (
    _public(
        "status",
        "/api/status",
        "How all public services stand, day by day and this month",
        Answer(about="All of it.", reply="PublicStatus"),
        query=(SERVICE,),
        problems=("not-found",),
    ),
    Operation(
        name="status_page",
        path="/api/status/page",
        tag=TAG,
        summary="The same as a page, in Italian or English",
        who=Who.ANYBODY,
        query=(
            SERVICE,
            Parameter(name="incident", about="One incident alone."),
            Parameter(name="page", about="Of a long table."),
            LANGUAGE,
        ),
        headers=(IF_NONE_MATCH,),
        answers={
            200: Answer(about="The page.", media_type=HTML, headers=("ETag",)),
            304: UNCHANGED,
            404: Answer(about="A page that says that there is no such service or incident.", media_type=HTML),
        },
    ),
    _public(
        "status_feed",
        "/api/status/feed",
        "Incidents, interruptions and maintenance as an Atom feed",
        Answer(about="RFC 4287.", media_type="application/atom+xml"),
        query=(LANGUAGE,),
    ),
    _public(
        "status_maintenance",
        "/api/status/maintenance.ics",
        "Announced maintenance as a calendar",
        Answer(about="RFC 5545.", media_type="text/calendar"),
        query=(LANGUAGE,),
    ),
    _public(
        "status_badge",
        "/api/status/badge/{badge}",
        "A service's state as a small picture",
        Answer(about="An SVG.", media_type="image/svg+xml"),
        query=(LANGUAGE,),
        path_parameters=(
            Parameter(name="badge", about="A service's id and `.svg`.", is_required=True, example="zenshare-cloud.svg"),
        ),
    ),
    _public(
        "status_days",
        "/api/status/days.csv",
        "The last ninety days, a line a service and day",
        Answer(about="RFC 4180.", media_type="text/csv", headers=("Content-Disposition",)),
        query=(SERVICE,),
        problems=("not-found",),
    ),
    _public(
        "status_frozen",
        "/api/status/frozen/{service}",
        "The frozen months of a service, with what was amended since",
        Answer(about="Every month, the latest first.", reply="PublicFrozen"),
        problems=("not-found",),
    ),
    _public(
        "status_export",
        "/api/status/export/{service}/{month}",
        "All that a month's figure follows from",
        Answer(
            about="Lines that `make -s calculate` takes as they are.",
            media_type="application/jsonl",
            headers=("Content-Disposition",),
        ),
        query=(
            Parameter(name="guarantee", about="A guarantee's id; absent: the first."),
            Parameter(name="link", about="The number of a frozen month's record or amendment, whose figures are meant."),
        ),
        path_parameters=(Parameter(name="month", about="As 2026-11.", is_required=True, example="2026-03"),),
    ),
    _public(
        "metrics",
        "/api/metrics",
        "The same for machines that watch, in OpenMetrics",
        Answer(about="OpenMetrics 1.0. What is not known is NaN.", media_type="application/openmetrics-text"),
    ),
    _mail(
        "status_subscription",
        "",
        "Ask for news by e-mail",
        "A link that confirms goes to the address. The answer never says what is known of it.",
        "SubscriptionFields",
        {200: "A page that says to look at the mail.", 422: "This is no address.", 429: "Too many ask in this hour."},
    ),
    _mail(
        "status_confirmation",
        "/confirmation",
        "What the link in the letter opens",
        "A page with a button. Looking confirms nothing.",
        query=LINK,
        answers={200: "The page.", 404: "The link is over."},
    ),
    _mail(
        "status_confirmed",
        "/confirmation",
        "Confirm an address",
        "What the page's button sends.",
        "ConfirmationFields",
        {200: "A page that says so.", 404: "The link is over."},
    ),
    _mail(
        "status_unsubscription",
        "/unsubscription",
        "What the link in every letter opens",
        "A page with a button.",
        query=(TOKEN, LANGUAGE),
    ),
    _mail(
        "status_unsubscribed",
        "/unsubscription",
        "End the news",
        "The button, or a mail program's one click (RFC 8058). The address is deleted.",
        "UnsubscriptionFields",
        query=(TOKEN, LANGUAGE),
    ),
    Operation(
        name="incident_list",
        path="/api/incidents",
        tag=TAG,
        summary="The incidents of the last ninety days",
        who=Who.MANAGERS,
        answers={200: Answer(about="Those of which something was told last come first.", reply="IncidentList")},
    ),
    Operation(
        name="incident_create",
        path="/api/incidents",
        tag=TAG,
        summary="Open an incident, or announce something, in both languages",
        about="Subscribers are written to.",
        who=Who.MANAGERS,
        methods=("POST",),
        form="shared.web.forms.status.IncidentForm",
        example={"title": {"it": "Accesso lento", "en": "Slow access"}, "text": SAID, "services": ["zenshare-cloud"]},
        answers={201: Answer(about="The incident.", reply="PublicIncident", headers=("Location", "Idempotent-Replayed"))},
        problems=("conflict",),
        repeat=Repeat.KEYED,
    ),
    Operation(
        name="incident_read",
        path="/api/incidents/{incident}",
        tag=TAG,
        summary="One incident with its timeline",
        who=Who.MANAGERS,
        answers={200: Answer(about="The incident.", reply="PublicIncident")},
    ),
    Operation(
        name="incident_entry",
        path="/api/incidents/{incident}/entries",
        tag=TAG,
        summary="Say more of an incident; nothing is ever changed",
        about="Subscribers are written to.",
        who=Who.MANAGERS,
        methods=("POST",),
        form="shared.web.forms.status.EntryForm",
        example={"phase": "identified", "text": SAID},
        answers={200: Answer(about="The incident.", reply="PublicIncident", headers=("Idempotent-Replayed",))},
        problems=("conflict", "not-allowed-now"),
        repeat=Repeat.KEYED,
    ),
)
