"""A desk for tests: the real actions over the memory adapters, with a clock that a test sets and two customers enrolled."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from standardwebhooks.webhooks import Webhook

from shared.actions import customers, intake
from shared.actions.desk import Desk, Options
from shared.actions.ports import Blobs, Mailer, MailReports, Prober, Publisher, Rows, Telemetry
from shared.actions.tickets import Change
from shared.adapters.memory import (
    MemoryBlobs,
    MemoryMailer,
    MemoryMailReports,
    MemoryProber,
    MemoryPublisher,
    MemoryRows,
    MemoryTelemetry,
)
from shared.adapters.portal_webhooks import PortalWebhooks
from shared.app import catalogue_in
from shared.domain.contract import Catalogue
from shared.domain.mail import Mail
from shared.domain.notice import Notice
from shared.domain.people import Contact, Customer, Principal, Role, Staff
from shared.domain.status.letter import Letter
from shared.domain.ticket import Ticket
from shared.domain.watch.service import NOTHING, Services
from shared.web.links import Links

ROME = ZoneInfo("Europe/Rome")
SECRET = "whsec_" + "c3BvcnRlbGxvLWRlbW8tc2VjcmV0LTAx"
WITNESS_SECRET = "whsec_" + "c3BvcnRlbGxvLWRlbW8tc2VjcmV0LTAy"
TICK_KEY = "the watchdog's key, è di prova"

PEOPLE = (
    Staff(id="carla", name="Carla", email="carla@desk.example", language="it", roles=frozenset({Role.CUSTOMER_CARE_MANAGER})),
    Staff(id="omar", name="Omar", email="omar@desk.example", language="en", roles=frozenset({Role.OPERATOR})),
    Staff(id="olga", name="Olga", email="olga@desk.example", language="it", roles=frozenset({Role.OPERATOR})),
    Staff(id="sandro", name="Sandro", email="sandro@desk.example", language="it", roles=frozenset({Role.SERVICE_MANAGER})),
)
CARLA, OMAR, OLGA, SANDRO = (Principal(id=p.id, name=p.name, roles=p.roles) for p in PEOPLE)


def _of_a_customer(id: str, name: str, customer: str, email: str, role: Role = Role.CUSTOMER) -> Principal:
    return Principal(id=id, name=name, roles=frozenset({role}), customer=customer, email=email)


ANNA = _of_a_customer("anna", "Anna Bianchi", "ACME", "anna@acme.example")
ADA = _of_a_customer("ada", "Ada Neri", "ACME", "ada@acme.example", Role.CUSTOMER_ADMINISTRATOR)
BRUNO = _of_a_customer("bruno", "Bruno Galli", "BETA", "bruno@beta.example")
CARLO = _of_a_customer("carlo", "Carlo Moro", "ACME", "carlo@acme.example")
BERTA = _of_a_customer("berta", "Berta Sala", "BETA", "berta@beta.example", Role.CUSTOMER_ADMINISTRATOR)
SIGNED_IN = (CARLA, OMAR, OLGA, SANDRO, ANNA, CARLO, ADA, BRUNO, BERTA)
"""Whom `x-demo-user` can name."""


def rome(text: str) -> datetime:
    """ "2026-08-07 17:50" in Rome, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


@dataclass
class Clock:
    """Shows what it was set to."""

    now: datetime = field(default_factory=lambda: rome("2026-03-02 09:00"))

    def __call__(self) -> datetime:
        return self.now

    def set(self, text: str) -> datetime:
        self.now = rome(text)
        return self.now

    def forward(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


def plainly(notice: Notice) -> Mail:
    """The notice's kind and ticket as a mail: for tests that are not about words."""
    return Mail(
        key=notice.effect,
        to=notice.recipient.email,
        to_name=notice.recipient.name,
        subject=f"[{notice.ticket}] {notice.kind}",
        text=str(notice.facts.get("text", "")),
        html="",
    )


LINKS = Links("https://desk.example", b"a secret for the tests, of no use")


def in_brief(letter: Letter) -> Mail:
    """A letter's kind and key as a mail."""
    return Mail(
        key=letter.key, to=letter.to, to_name=letter.to_name, subject=f"{letter.kind} {letter.language}", text="", html=""
    )


@cache
def _catalogue(paths: tuple[Path, ...]) -> Callable[[], Catalogue]:
    return catalogue_in(paths)


def _salts() -> Callable[[], str]:
    numbers: Iterator[int] = count(1)
    return lambda: f"salt{next(numbers)}"


def _signing_secrets() -> Callable[[], str]:
    numbers: Iterator[int] = count(1)
    return lambda: "whsec_" + b64encode(f"the signing secret number {next(numbers):07d}".encode()).decode()


def a_desk(
    clock: Clock,
    *,
    rows: Rows | None = None,
    blobs: Blobs | None = None,
    mailer: Mailer | None = None,
    reports: MailReports | None = None,
    publisher: Publisher | None = None,
    prober: Prober | None = None,
    telemetry: Telemetry | None = None,
    services: Services = NOTHING,
    catalogue: tuple[Path, ...] = (Path("shared/catalogue"),),
    render: Callable[[Notice], Mail] = plainly,
    write: Callable[[Letter], Mail] = in_brief,
    enrol: bool = True,
) -> Desk:
    """A wired desk; ACME (five products) and BETA are enrolled unless `enrol` is False."""
    rows = rows or MemoryRows()
    desk = Desk(
        clock=clock,
        rows=rows,
        blobs=blobs or MemoryBlobs(),
        mailer=mailer or MemoryMailer(),
        reports=reports or MemoryMailReports(),
        publisher=publisher or MemoryPublisher(),
        webhooks=PortalWebhooks([SECRET]),
        prober=prober or MemoryProber(),
        witness=PortalWebhooks([WITNESS_SECRET]),
        telemetry=telemetry or MemoryTelemetry(),
        catalogue=_catalogue(catalogue),
        services=lambda: services,
        directory=customers.KeptDirectory(rows),
        identify=lambda headers, now: next((p for p in SIGNED_IN if p.id == headers.get("x-demo-user")), None),
        render=render,
        ticket_url=lambda id: f"https://desk.example/api/requests/{id}?key=k",
        opens=lambda id, key: key == "k",
        card_url=lambda id, kind, version, hash: f"https://desk.example/api/estimates/{id}/{kind}/{version}?key=k{hash[:8]}",
        opens_card=lambda id, kind, version, hash, key: key == f"k{hash[:8]}",
        seal=LINKS.seal,
        write=write,
        salt=_salts(),
        signing_secret=_signing_secrets(),
        options=Options(public_url="https://desk.example", mail_per_minute=1000, mail_per_hour=10_000),
        opens_tick=lambda key: key == TICK_KEY,
    )
    if enrol:
        populate(desk)
    return desk


def told(desk: Desk, event: str) -> list[dict[str, str | int | bool | None]]:
    """What the desk has told of an event: the fields, and `is_warning`."""
    assert isinstance(desk.telemetry, MemoryTelemetry)
    return [fields for name, fields in desk.telemetry.told if name == event]


def populate(desk: Desk, contract: str = "zenshare-support") -> None:
    for person in PEOPLE:
        customers.employ(desk, person)
    products = ("zenshare-up", "zenshare-suite", "zen-e-invoice", "preservation-zucchetti", "preservation-grammelot")
    acme = Customer(
        id="ACME",
        name="Acme",
        contract=contract,
        tier="gold",
        products=products,
        valid_from=rome("2020-01-01 00:00"),
        valid_until=None,
    )
    customers.enrol(desk, acme)
    customers.enrol(desk, replace(acme, id="BETA", name="Beta", valid_until=rome("2026-12-31 00:00")))


def a_request(**changes: object) -> intake.Request:
    request = intake.Request(
        customer="ACME",
        contact=Contact(name="Anna Bianchi", email="anna@acme.example"),
        language="it",
        product="zenshare-up",
        subject="Il protocollo non assegna il numero",
        description="Da questa mattina i documenti restano senza numero.",
    )
    return replace(request, **changes)  # type: ignore[arg-type]


def taken_in(desk: Desk, source: str = "w1", **changes: object) -> Ticket:
    """A request taken in now, through the whole of the webhook's action."""
    now = desk.clock()
    body = f"{source} {changes}".encode()
    signed = Webhook(SECRET).sign(source, now, body.decode())
    headers = {"webhook-id": source, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signed}
    return intake.receive(desk, now, body=body, headers=headers, parse=lambda body, kind: a_request(**changes)).ticket


def staff(desk: Desk, ticket: str, actor: Principal = CARLA, if_match: int | None = None) -> Change:
    """What `actor` does to a ticket now."""
    return Change(desk, desk.clock(), actor=actor, ticket=ticket, if_match=if_match)
