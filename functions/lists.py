"""Lists of tickets: the open ones by urgency, and each customer's archive. Who sees what is judged line by line, and recorded."""

import azure.functions as func

from functions.endpoint import Call, Reply, member_endpoint

bp = func.Blueprint()


@bp.function_name("ticket_list")
@bp.route("tickets", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@member_endpoint
def ticket_list(call: Call) -> Reply:
    """Open tickets by urgency, the deadline that comes, or came, first; with closed ones, a customer's, the newest first."""
    from shared.actions.custody import access
    from shared.actions.lists import archive, board
    from shared.domain.ticket import Summary
    from shared.web.forms.lists import list_form
    from shared.web.views import ticket as views

    desk, now, who = call.desk, call.now, call.principal
    staff = desk.directory(now).staff if who.is_staff and "assignee" in call.query else ()
    form = list_form(call.query, desk.catalogue(), staff, of=who.customer)

    def visible(summary: Summary) -> bool:
        return access.access_to(desk, summary, who, now) is not None

    if form.is_archive and form.customer is not None:
        page = archive.archive(
            desk, now, form.customer, limit=form.limit, after=form.cursor, filters=form.filters, visible=visible
        )
    else:
        page = board.open_requests(desk, now, limit=form.limit, after=form.cursor, filters=form.filters, visible=visible)
    access.record_list(desk, who, page.tickets, "list", now)
    shown = [views.summary(summary, desk.catalogue(), now) for summary in page.tickets]
    return Reply(body={"tickets": shown, "total": page.total, "next_cursor": page.next_cursor})
