"""What a customer sees of a request: the page that the mail's link opens. The link's key is the permission."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.endpoint import Call, Reply, endpoint
from shared.domain.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from shared.domain.ticket import Ticket

bp = func.Blueprint()


@bp.function_name("request_page")
@bp.route("requests/{ticket}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@endpoint
def request_page(call: Call) -> Reply:
    """One request, for the customer who holds its link, in the request's language or the one they choose."""
    from shared.web import i18n, pages

    language = call.query.get("lang") or i18n.choose(call.headers.get("accept-language"), "it")
    try:
        ticket = _opened(call)
    except NotFound:
        title, sentence = i18n.phrase("page.no_request_title", language), i18n.phrase("page.no_request", language)
        return _page(pages.error_page(title, sentence, language), status=404)
    language = call.query.get("lang") or ticket.language
    return _page(pages.request_page(_facts(call, ticket), language))


def _opened(call: Call) -> "Ticket":
    """The ticket that the link's key opens. NotFound for a wrong key just as for no ticket: a stranger learns nothing."""
    from shared.actions.custody import access

    id = call.params["ticket"]
    if not call.desk.opens(id, call.query.get("key", "")):
        raise NotFound(f"There is no ticket {id}.")
    try:
        return access.read_by_link(call.desk, id, "page", call.now)
    except (InvalidInput, NotFound) as error:
        raise NotFound(error.detail) from None


def _facts(call: Call, ticket: "Ticket") -> dict[str, object]:
    from shared.actions import cases
    from shared.domain import clock as clocks
    from shared.domain import conclusion, correspondence
    from shared.domain.custody import access
    from shared.domain.evidence import stamp
    from shared.domain.people import SYSTEM

    contract = cases.contract_of(call.desk, ticket)
    ticket = conclusion.planned(ticket, cases.occasion(call.desk, ticket, SYSTEM, call.now))  # a calendar may have changed
    shown = [clock for clock in ticket.clocks if not clock.is_withdrawn]
    return {
        **correspondence.about(ticket, contract),
        "merged_into": ticket.merged_into,
        "is_restricted": access.is_restricted(ticket, contract),
        "reopen_until": stamp(ticket.reopen_until) if ticket.reopen_until else None,
        "url": call.desk.ticket_url(ticket.id),
        **_waiting(call, ticket),
        "deadlines": correspondence.deadlines(ticket, contract, call.now),
        "clocks": [
            {
                **correspondence.deadline(clock, ticket, contract, call.now),
                "state": clocks.state_of(clock, call.now).value,
                "done_at": stamp(clock.done_at) if clock.done_at else None,
            }
            for clock in shown
        ],
    }


def _waiting(call: Call, ticket: "Ticket") -> dict[str, object]:
    """The card that waits for the customer's decision, and where they decide."""
    from shared.domain.quotes import validity

    card = validity.waiting(ticket)
    if card is None or validity.has_lapsed(card, call.now):
        return {}
    url = call.desk.card_url(ticket.id, card.kind.value, card.version, card.commitment)
    return {"card": {"kind": card.kind.value}, "card_url": url}


def _page(html: str, status: int = 200) -> Reply:
    from shared.web import pages

    return Reply(body=html, status=status, media_type="text/html", headers=pages.headers())
