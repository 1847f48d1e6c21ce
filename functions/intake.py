"""The portal's webhook, and the quarantine of what it sent that could not be understood."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.changes import address
from functions.endpoint import Call, Reply, endpoint, manager_endpoint, staff_endpoint

if TYPE_CHECKING:
    from shared.actions.intake import Request, Taken
    from shared.actions.quarantine import Entry

bp = func.Blueprint()


@bp.function_name("portal_webhook")
@bp.route("webhooks/portal", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@endpoint
def portal_webhook(call: Call) -> Reply:
    """A request from the portal, signed by the Standard Webhooks scheme. 201 with its ticket; 200 when it was sent before."""
    from shared.actions import intake

    taken = intake.receive(call.desk, call.now, body=call.body, headers=call.headers, parse=_parse)
    return _reply(taken, call.desk.ticket_url(taken.ticket.id))


@bp.function_name("ticket_entry")
@bp.route("tickets", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@staff_endpoint
def ticket_entry(call: Call) -> Reply:
    """A request that staff enter on behalf of a customer, who has called. 201 with its ticket."""
    from shared.actions import entering
    from shared.actions.intake import Request
    from shared.domain.people import Contact
    from shared.domain.tier import Channel
    from shared.web.forms.reading import in_utc
    from shared.web.forms.tickets import EntryForm

    form = call.form(EntryForm)
    request = Request(
        customer=form.customer,
        contact=Contact(name=form.contact.name, email=form.contact.email),
        language=form.language,
        channel=Channel(form.channel),
        product=form.product,
        subject=form.subject,
        description=form.description,
        declared_severity=form.severity,
        occurred_at=in_utc(form.received_at),
        actor=call.principal,
    )
    taken = entering.enter(call.desk, call.now, request, once=call.once)
    return _reply(taken, address(call, taken.ticket))


@bp.function_name("quarantine_list")
@bp.route("quarantine", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@manager_endpoint
def quarantine_list(call: Call) -> Reply:
    """Authentic requests, and reports of mails, that could not be understood, the newest first."""
    from shared.actions import quarantine
    from shared.actions.custody import access

    access.read_unfiled(call.desk, call.principal, "quarantine", "", call.now)
    return Reply(body={"quarantined": [_entry(entry) for entry in quarantine.listed(call.desk)]})


@bp.function_name("quarantine_raw")
@bp.route("quarantine/{entry}/raw", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@manager_endpoint
def quarantine_raw(call: Call) -> Reply:
    """The bytes of a quarantined request as they came."""
    from shared.actions import quarantine
    from shared.actions.custody import access

    entry = quarantine.find(call.desk, call.params["entry"])
    access.read_unfiled(call.desk, call.principal, "quarantined request", entry.id, call.now)
    raw = quarantine.raw_of(call.desk, entry)
    disposition = {"Content-Disposition": 'attachment; filename="request.bin"'}
    return Reply(body=raw, media_type="application/octet-stream", headers=disposition)


@bp.function_name("quarantine_release")
@bp.route("quarantine/{entry}/release", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@manager_endpoint
def quarantine_release(call: Call) -> Reply:
    """Tries a quarantined request again, as received when it first came; it leaves the quarantine when it has become a ticket."""
    from shared.actions import intake

    taken = intake.released(call.desk, call.params["entry"], _parse, call.principal, call.now)
    return _reply(taken, address(call, taken.ticket))


@bp.function_name("quarantine_dismissal")
@bp.route("quarantine/{entry}/dismissal", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@manager_endpoint
def quarantine_dismissal(call: Call) -> Reply:
    """Says that somebody has seen a report of a mail that could not be read: it is listed no more."""
    from shared.actions import quarantine
    from shared.actions.custody import access

    entry = quarantine.dismiss(call.desk, call.params["entry"])
    access.read_unfiled(call.desk, call.principal, "quarantined request", entry.id, call.now)
    return Reply(body=_entry(entry))


def _parse(body: bytes, content_type: str) -> "Request":
    from shared.actions.intake import Request
    from shared.domain.people import Contact
    from shared.web.forms.portal import PortalRequestForm
    from shared.web.forms.reading import in_utc, read

    form = read(PortalRequestForm, body or b"null", content_type)
    return Request(
        customer=form.customer,
        contact=Contact(name=form.contact.name, email=form.contact.email),
        language=form.language,
        product=form.product,
        subject=form.subject,
        description=form.description,
        declared_severity=form.severity,
        classification_wish=form.classification,
        reference=form.reference,
        occurred_at=in_utc(form.occurred_at),
    )


def _reply(taken: "Taken", url: str) -> Reply:
    from shared.web.views import ticket as views

    return Reply(body=views.receipt(taken.ticket, url), status=201 if taken.is_new else 200, headers={"Location": url})


def _entry(entry: "Entry") -> dict[str, object]:
    from shared.domain.evidence import stamp

    return {
        "id": entry.id,
        "webhook_id": entry.webhook_id,
        "received_at": stamp(entry.received_at),
        "kind": entry.kind,
        "detail": entry.detail,
        "content_type": entry.content_type,
        "is_report": entry.is_report,
        "raw": f"/api/quarantine/{entry.id}/raw",
    }
