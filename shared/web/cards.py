"""An intervention card, or the offer form of a package, in words: what letters and pages show of it."""

from collections.abc import Mapping

from shared.domain.quotes.card import CardKind
from shared.web import facts as read
from shared.web.facts import Facts
from shared.web.wording import Wording


def named(facts: Facts, words: Wording) -> Mapping[str, str]:
    """What a card is called, with and without its article; "" throughout where the facts have no card."""
    card = read.mapping(facts, "card")
    section = "offer" if read.line(card, "kind") == CardKind.PACKAGE else "estimate"
    return words.phrases[section] if card else dict.fromkeys(words.phrases[section], "")


def rows(facts: Facts, words: Wording) -> list[tuple[str, str]]:
    """A card as names and values, in the order in which it is read."""
    card, label = read.mapping(facts, "card"), words.phrases["card"]
    if not card:
        return []
    is_package = read.line(card, "kind") == CardKind.PACKAGE
    until = read.instant(card, "valid_until")
    found = [
        (label["offered" if is_package else "intervention"], read.line(card, "intervention")),
        (label["package"], str(read.number(card, "package") or "")),
        (label["hours" if is_package else "effort"], _effort(card, words)),
        (label["overdraft"], _overdraft(card, words)),
        (label["rate"], _money(card, "rate", words)),
        (label["net"], _money(card, "net", words)),
        (label["vat"].format(percent=words.figure(read.amount(card, "vat_percent"))), _money(card, "vat", words)),
        (label["gross"], total(facts, words)),
        (label["valid_until"], words.moment(until) if until else ""),
        (label["conditions"], " ".join(read.block(card, "conditions").split())),
    ]
    return [(name, value) for name, value in found if value]


def total(facts: Facts, words: Wording) -> str:
    """What it comes to, VAT included."""
    card = read.mapping(facts, "card")
    return _money(card, "gross", words) if card else ""


def _money(card: Facts, key: str, words: Wording) -> str:
    return words.money(read.amount(card, key), read.line(card, "currency") or "EUR")


def _effort(card: Facts, words: Wording) -> str:
    """2 giorni e 4 ore (20 ore in tutto); 4 ore."""
    days, hours, effort = (read.amount(card, key) for key in ("days", "hours", "effort"))
    if not days:
        return words.counted(hours, "hour")
    parts = [words.counted(days, "day"), *([words.counted(hours, "hour")] if hours else [])]
    label = words.phrases["card"]
    return label["in_all"].format(parts=label["and"].join(parts), hours=words.counted(effort, "hour"))


def _overdraft(card: Facts, words: Wording) -> str:
    beyond = read.amount(card, "overdraft")
    return words.counted(beyond, "hour") if beyond else ""
