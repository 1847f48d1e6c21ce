"""What is held on a contact: the export, and the erasure."""

import azure.functions as func

from functions.endpoint import Call, Reply, member_endpoint, staff_endpoint
from shared.domain.errors import InvalidInput

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("contact_export")
@bp.route("customers/{customer}/contacts/export", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def contact_export(call: Call) -> Reply:
    """All that is held on a contact, as an archive; with format=json its document alone. Each ticket in it counts as read.

    Asked by POST: the address is in the body, and so in no log of requests.
    """
    from shared.actions.custody import privacy
    from shared.web.forms.privacy import ExportForm
    from shared.web.views import privacy as views

    wanted = call.query.get("format", "zip")
    if wanted not in ("zip", "json"):
        raise InvalidInput(f"format is {wanted[:20]!r}; allowed: zip, json.")
    form = call.form(ExportForm)
    held = privacy.held_on(call.desk, call.params["customer"], form.email, call.principal, call.now)
    document = views.export(held, call.now)
    if wanted == "json":
        return Reply(body=document)
    packed = views.archive(document, views.files(held), call.now)
    disposition = f'attachment; filename="{views.file_name(held.customer.id, call.now)}"'
    return Reply(body=packed, media_type="application/zip", headers={"Content-Disposition": disposition})


@bp.function_name("contact_erasure")
@bp.route("customers/{customer}/contacts/erasure", methods=["POST"], auth_level=ANONYMOUS)
@staff_endpoint
def contact_erasure(call: Call) -> Reply:
    """Erases all that is held on a contact, whose requests must be resolved. Asking again finishes what was cut off."""
    from shared.actions.custody import erasure
    from shared.domain.people import Role
    from shared.web.forms.privacy import ErasureForm
    from shared.web.views import privacy as views

    call.require(Role.CUSTOMER_CARE_MANAGER)
    form = call.form(ErasureForm)
    result = erasure.erase_contact(
        call.desk,
        call.params["customer"],
        form.email,
        call.principal,
        call.now,
        reason=form.text,
        requested_by=form.requested_by,
        once=call.once,
    )
    return Reply(body=views.erased(result, call.params["customer"], call.now))
