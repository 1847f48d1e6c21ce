"""The page that a card's link opens: what is proposed and what it costs, with the two buttons to decide, or what became of it.

Looking at it decides nothing, for the scanners of mail look at every link; the buttons post a form.
"""

from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from shared.web import cards, i18n
from shared.web import facts as read
from shared.web.facts import Facts
from shared.web.pages import address_of, in_other_language, rendered
from shared.web.wording import Wording

LONGEST_REASON = 2000


def card_page(facts: Facts, language: str) -> str:
    """One card as its customer sees it. `facts`: what `card_letters.card_facts` gives, and url, request_url, shown_as.

    `shown_as`: sent (it can be decided), accepted, declined, expired, superseded or withdrawn. Of a version that was superseded,
    and where the request `is_restricted`, nothing but that is shown, and nothing can be decided.
    """
    words = Wording(language=i18n.spoken(language), zone=ZoneInfo(read.line(facts, "zone") or "UTC"))
    label, names, state = words.phrases["card"], cards.named(facts, words), read.line(facts, "shown_as")
    version, url = read.number(facts, "version"), urlsplit(read.line(facts, "url"))
    is_restricted = facts.get("is_restricted") is True  # whoever holds the link learns how it stands, and nothing of what it says
    is_shown = state != "superseded" and not is_restricted
    return rendered(
        "card.html",
        words.language,
        title=label["title"].format(name=names["name"], ticket=read.line(facts, "ticket"), version=version),
        vendor=read.line(facts, "vendor"),
        other_language=in_other_language(facts, words.language),
        subject=words.phrases["page"]["restricted"] if is_restricted else read.subject(facts, words.phrases["label"]["erased"]),
        words=label,
        name=names["name"],
        state=state,
        state_words=label[state],
        now=_now(facts, state, words),
        rows=[*_rows(facts, words), (label["for"], _person(facts, words))] if is_shown else (),
        conditions=_conditions(facts) if is_shown else (),
        can_decide=state == "sent" and not is_restricted,
        accept=label["accept"].format(total=cards.total(facts, words)),
        action=url.path,
        key=parse_qs(url.query).get("key", [""])[0],
        longest=LONGEST_REASON,
        request=read.line(facts, "request_url"),
        write=address_of(facts),
    )


def _now(facts: Facts, state: str, words: Wording) -> str:
    """What it means that the card is as it is."""
    card = read.mapping(facts, "card")
    until, decided = read.instant(card, "valid_until"), read.instant(card, "decided_at")
    return words.phrases["card"][f"now_{state}"].format(
        until=words.moment(until) if until else "", at=words.moment(decided) if decided else ""
    )


def _rows(facts: Facts, words: Wording) -> list[tuple[str, str]]:
    """The card's rows, but for the conditions, which have a place of their own."""
    return [row for row in cards.rows(facts, words) if row[0] != words.phrases["card"]["conditions"]]


def _person(facts: Facts, words: Wording) -> str:
    return words.phrases["card"]["person"].format(name=read.line(facts, "contact"), customer=read.line(facts, "customer"))


def _conditions(facts: Facts) -> list[list[str]]:
    """The conditions as paragraphs of lines."""
    text = read.block(read.mapping(facts, "card"), "conditions")
    return [paragraph.split("\n") for paragraph in text.split("\n\n")] if text else []
