"""A card for whoever holds the link in a letter: the page that shows it, with two buttons. The link's key is the permission."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.endpoint import Call, Reply, endpoint
from functions.estimates import verdict
from shared.domain.errors import NotAllowedNow, NotFound
from shared.domain.quotes.card import CardKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.actions.quotes.card_links import Link
    from shared.domain.quotes.card import Card
    from shared.domain.ticket import Ticket

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS
ROUTE = "estimates/{ticket}/{kind}/{version}"


@bp.function_name("card_page")
@bp.route(ROUTE, methods=["GET"], auth_level=ANONYMOUS)
@endpoint
def card_page(call: Call) -> Reply:
    """One version of a card, in the request's language or the one they choose. Looking at it decides nothing."""
    try:
        return _shown(call, _link(call, call.query.get("key", "")), call.query.get("lang"))
    except NotFound:
        return _nothing(call, call.query.get("lang"))


@bp.function_name("card_acceptance")
@bp.route(f"{ROUTE}/acceptance", methods=["POST"], auth_level=ANONYMOUS)
@endpoint
def card_acceptance(call: Call) -> Reply:
    """The customer accepts the version that the link is for, and is shown that they have."""
    return _decided(call, is_accepted=True)


@bp.function_name("card_refusal")
@bp.route(f"{ROUTE}/refusal", methods=["POST"], auth_level=ANONYMOUS)
@endpoint
def card_refusal(call: Call) -> Reply:
    """The customer declines the version that the link is for, and is shown that they have."""
    return _decided(call, is_accepted=False)


def _decided(call: Call, *, is_accepted: bool) -> Reply:
    """The page again, by a redirect, so that loading it anew posts nothing; or 409 with why nothing was decided."""
    from urllib.parse import quote, urlencode

    from shared.actions.quotes import card_links
    from shared.web import i18n
    from shared.web.card_page import LONGEST_REASON

    form = _form(call)
    language = form.get("lang") if form.get("lang") in i18n.LANGUAGES else None
    reason = form.get("reason", "").strip()[:LONGEST_REASON]
    try:
        link = _link(call, form.get("key", ""))
        decided = verdict(call, is_accepted=is_accepted, reason=None if is_accepted else reason or None)
        card_links.decide(call.desk, link, decided, call.now)
    except NotFound:
        return _nothing(call, language)
    except NotAllowedNow:
        return _shown(call, link, language, status=409)
    query = urlencode({"key": link.key, **({"lang": language} if language else {})})
    location = f"/api/estimates/{quote(link.ticket)}/{link.kind.value}/{link.version}?{query}"
    return Reply(body="", status=303, media_type="text/html", headers={"Location": location, "Referrer-Policy": "no-referrer"})


def _form(call: Call) -> "Mapping[str, str]":
    from shared.web.forms.posted import posted

    return posted(call.body, call.headers.get("content-type", ""))


def _link(call: Call, key: str) -> "Link":
    """What the address names. NotFound for what no letter of ours could have named."""
    from shared.actions.quotes.card_links import Link

    kinds = {kind.value: kind for kind in CardKind}
    if call.params["kind"] not in kinds:
        raise NotFound("There is no card of such a kind.")
    return Link(ticket=call.params["ticket"], kind=kinds[call.params["kind"]], version=call.number("version"), key=key)


def _shown(call: Call, link: "Link", language: str | None, status: int = 200) -> Reply:
    from shared.actions import cases
    from shared.actions.quotes import card_links
    from shared.domain.custody import access
    from shared.domain.quotes.card_letters import card_facts
    from shared.web.card_page import card_page

    ticket, card = card_links.opened(call.desk, link, call.now)
    contract = cases.contract_of(call.desk, ticket)
    facts = {
        **card_facts(ticket, card, contract),
        "is_restricted": access.is_restricted(ticket, contract),
        "version": link.version,
        "shown_as": _shown_as(call, link, ticket, card),
        "url": f"/api/estimates/{ticket.id}/{link.kind.value}/{link.version}?key={link.key}",
        "request_url": call.desk.ticket_url(ticket.id),
    }
    return _page(card_page(facts, language or ticket.language), status)


def _shown_as(call: Call, link: "Link", ticket: "Ticket", card: "Card") -> str:
    """How the version stands for whoever looks at it now; what has lapsed a moment ago may not be recorded yet."""
    from shared.domain.quotes import validity
    from shared.domain.quotes.card import CardState

    if link.version != card.version:
        return CardState.WITHDRAWN.value if card.state is CardState.DROPPED else "superseded"
    if card.state is CardState.SENT and validity.has_lapsed(card, call.now):
        return CardState.EXPIRED.value
    if card.state is CardState.SENT and validity.waiting(ticket) is None:
        return CardState.WITHDRAWN.value
    return card.state.value


def _nothing(call: Call, language: str | None) -> Reply:
    from shared.web import i18n, pages

    language = language or i18n.choose(call.headers.get("accept-language"), "it")
    title, sentence = i18n.phrase("card.no_card_title", language), i18n.phrase("page.no_request", language)
    return _page(pages.error_page(title, sentence, language), 404)


def _page(html: str, status: int) -> Reply:
    from shared.web import pages

    return Reply(body=html, status=status, media_type="text/html", headers=pages.headers(has_form=True))
