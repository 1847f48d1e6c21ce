"""Intervention cards, offer forms, support packages."""

from typing import Literal

from pydantic import AwareDatetime

from shared.web.api.replies.values import Amount, Answered, Hash, Id, Instant, Number

CardKindName = Literal["intervention", "package"]


class Card(Answered):
    """The latest version of a card. `effort`: days and hours, in hours. `net`, `vat`, `gross`: money in `currency`. `package`:
    the number of the package that an accepted offer form became. `commitment`: the hash of exactly this version."""

    kind: CardKindName
    version: Number
    state: Literal["draft", "sent", "accepted", "declined", "expired", "withdrawn", "dropped"]
    intervention: str
    days: Amount
    hours: Amount
    effort: Amount
    hours_per_day: Amount
    rate: Amount
    currency: str
    net: Amount
    vat_percent: Amount
    vat: Amount
    gross: Amount
    conditions: str
    package: Number | None
    overdraft: Amount
    validity_s: int
    commitment: Hash
    sent_at: Instant | None
    valid_until: Instant | None
    decided_at: Instant | None


class CardStep(Answered):
    """Something that happened to a version: an event of the ticket."""

    event: Number
    kind: str
    at: Instant
    by: Id


class CardVersion(Answered):
    """`terms`: the text that `commitment` is the hash of, null once erased. `drafted_by`: a member of staff."""

    version: Number
    commitment: Hash
    state: Literal["draft", "sent", "accepted", "declined", "expired", "withdrawn", "dropped", "superseded"]
    terms: dict[str, object] | None
    drafted_at: Instant
    drafted_by: Id
    valid_until: AwareDatetime | None
    history: list[CardStep]


class CardVersions(Answered):
    """Every version of a card, the oldest first."""

    ticket: Id
    kind: CardKindName
    versions: list[CardVersion]


class Package(Answered):
    """A support package, in hours. `ticket`: where it was contracted; `card`: the hash of the offer form that was accepted.
    `overdraft`: hours that may be debited beyond those bought."""

    number: Number
    ticket: Id
    card: str
    contracted_at: Instant
    rate: Amount
    currency: str
    bought: Amount
    debited: Amount
    remaining: Amount
    overdraft: Amount


class Packages(Answered):
    """A customer's packages."""

    customer: Id
    packages: list[Package]


class Entry(Answered):
    """An entry of a package's ledger. `hours`: below zero where they were debited. `balance`: what remained then."""

    entry: Number
    at: Instant
    on: str
    kind: Literal["purchase", "debit", "correction"]
    hours: Amount
    balance: Amount
    ticket: Id
    event: Number
    by: Id


class Statement(Package):
    """A package with its ledger, the oldest entry first."""

    customer: Id
    entries: list[Entry]
