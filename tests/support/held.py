"""A contact with a whole history for tests of export and erasure, and looking for traces of them in everything that is stored."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count

from shared.actions import cases
from shared.actions.custody import granting
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.actions.quotes import card_links, estimates
from shared.actions.quotes.card_links import Link
from shared.actions.quotes.estimates import Verdict
from shared.actions.sweep import sweep
from shared.adapters.memory import MemoryBlobs, MemoryMailer, MemoryRows
from shared.domain.errors import MailRefused
from shared.domain.lifecycle.quoting import Draft
from shared.domain.quotes.card import CardKind
from shared.domain.ticket import DisputeAbout
from tests.support.desks import ANNA, OMAR, Clock, staff
from tests.support.doors import signed

EMAIL = "anna@acme.example"
NAME = "Anna Bianchi"

TRACES = (
    EMAIL,
    NAME,
    "Bianchi",
    "Il protocollo non assegna",
    "Da questa mattina",
    "Urgente per Bianchi",
    "pratica Bianchi",
    "malfunzionamento, credo",
    "Ci stiamo lavorando",
    "Quale versione",
    "La versione 7",
    "Corretto con la 7.1",
)
QUOTED = (
    "Maschera per",
    "Come detto a voce",
    "Come scritto a",
    "192.0.2.7",
    "Firefox",
    "Troppo per noi",
    "Vi scrivo ancora",
    "Per me era un guasto",
    "Non lo era, signora",
    "Conosce la",
    "Chiusa come da accordi",
)
"""What must be nowhere once it is erased."""

REQUEST = {
    "customer": "ACME",
    "contact": {"name": NAME, "email": "Anna@ACME.example"},
    "language": "it",
    "product": "zenshare-up",
    "subject": "Il protocollo non assegna il numero",
    "description": "Da questa mattina i documenti di Anna Bianchi restano senza numero.",
    "severity": "Urgente per Bianchi",
    "classification": "malfunzionamento, credo",
    "reference": "pratica Bianchi 12",
}


def body(**changes: object) -> bytes:
    return json.dumps({**REQUEST, **changes}, ensure_ascii=False).encode()


def ask_for_help(desk: Desk, id: str = "msg_1", **changes: object) -> str:
    """The ticket of a request that comes in through the portal."""
    answer = signed(desk, body(**changes), id=id)
    assert answer.status in (200, 201), answer.body
    ticket: str = answer.json["ticket"]
    return ticket


def worked_on(desk: Desk, ticket: str) -> None:
    """From the receipt to the closing note, with a message that could not be delivered on the way."""
    clock, mailer = desk.clock, desk.mailer
    assert isinstance(clock, Clock) and isinstance(mailer, MemoryMailer)
    deliver(desk, clock.forward(minutes=5))
    staff(desk, ticket).acknowledge()
    staff(desk, ticket).classify("bug")
    staff(desk, ticket).prioritise(2)
    staff(desk, ticket).assign("omar")
    deliver(desk, clock.forward(minutes=5))
    mailer.fail_next(MailRefused(f"550 no mailbox {EMAIL} here, {NAME}"))
    staff(desk, ticket, OMAR).reply("Ci stiamo lavorando.")
    deliver(desk, clock.forward(minutes=5))
    staff(desk, ticket, OMAR).hold("Quale versione?")
    deliver(desk, clock.forward(minutes=5))
    staff(desk, ticket, OMAR).resume(None, "La versione 7.")
    staff(desk, ticket, OMAR).resolve("Corretto con la 7.1.")
    deliver(desk, clock.forward(minutes=5))


def quoted(desk: Desk, ticket: str) -> None:
    """An estimate that was revised, then declined by the link in its letter; a dispute, a message, a grant; closed in the end."""
    clock = desk.clock
    assert isinstance(clock, Clock)
    staff(desk, ticket).acknowledge()
    staff(desk, ticket).classify("evolution")
    for conditions in ("Come detto a voce", "Come scritto a Bianchi"):
        draft = Draft(intervention="Maschera per Bianchi", hours=Decimal(8), rate=Decimal(90), conditions=conditions)
        estimates.draft(staff(desk, ticket), CardKind.INTERVENTION, draft)
        estimates.send(staff(desk, ticket), CardKind.INTERVENTION)
        deliver(desk, clock.forward(minutes=5))
    card = cases.load(desk, ticket).ticket.estimate
    assert card is not None
    link = Link(ticket=ticket, kind=CardKind.INTERVENTION, version=2, key=f"k{card.commitment[:8]}")
    verdict = Verdict(is_accepted=False, address="192.0.2.7", agent="Firefox di Bianchi", reason="Troppo per noi")
    card_links.decide(desk, link, verdict, clock())
    staff(desk, ticket, ANNA).message("Vi scrivo ancora io")
    staff(desk, ticket, ANNA).dispute(DisputeAbout.CLASSIFICATION, "bug", "Per me era un guasto")
    staff(desk, ticket).answer_dispute(1, False, "Non lo era, signora Bianchi")
    granting.grant(staff(desk, ticket), "olga", "Conosce la Bianchi", None)
    deliver(desk, clock.forward(minutes=5))
    staff(desk, ticket).close("Chiusa come da accordi", "not-accepted")


def closed(desk: Desk) -> None:
    """Long after: the reopening window has passed."""
    assert isinstance(desk.clock, Clock)
    now = desk.clock.forward(days=60)
    sweep(desk, now)
    deliver(desk, now)


def traces(desk: Desk, wanted: tuple[str, ...] = TRACES) -> list[str]:
    """Where any of it still stands, in whatever case, in clear or in base64: in keys, values or bytes of the memory store."""
    found = []
    stored = [(place, content, content.casefold()) for place, content in everything(desk)]
    for each in wanted:
        found += [f"{each!r} in {place}" for place, _, folded in stored if each.casefold() in folded]
        codes = tuple(_in_base64(each))
        found += [f"{each!r} in base64 in {place}" for place, content, _ in stored if any(code in content for code in codes)]
    return found


def everything(desk: Desk) -> Iterator[tuple[str, str]]:
    """Every row and every blob of the memory store, as text."""
    assert isinstance(desk.rows, MemoryRows) and isinstance(desk.blobs, MemoryBlobs)
    for (table, partition), found in desk.rows._partitions.items():
        for key, row in found.rows.items():
            values = json.dumps(dict(row.values), default=str, ensure_ascii=False)
            yield f"{table}/{partition}/{key}", f"{partition} {key} {values}"
    for name, content in desk.blobs._content.items():
        yield name, f"{name} {content.decode(errors='replace')}"


def copied(desk: Desk) -> Desk:
    """The same desk over copies of its memory stores, with a clock and a mailer of its own."""
    assert isinstance(desk.rows, MemoryRows) and isinstance(desk.blobs, MemoryBlobs) and isinstance(desk.clock, Clock)
    rows, blobs = MemoryRows(), MemoryBlobs()
    rows._partitions = {
        place: type(found)(rows=dict(found.rows), order=list(found.order)) for place, found in desk.rows._partitions.items()
    }
    rows._etags = count(10_000_000)
    blobs._content = dict(desk.blobs._content)
    return replace(desk, rows=rows, blobs=blobs, clock=Clock(desk.clock.now), mailer=MemoryMailer())


def _in_base64(text: str) -> Iterator[str]:
    """What a text looks like in base64, wherever in a longer one it stands: what its neighbours do not change."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + text.encode()).decode().rstrip("=")
        yield coded[(0, 2, 3)[before] : len(coded) - 2]
