"""Demo data: four customers, the vendor as the one of its own outages, the staff, and requests in every state, some near their
deadline or past it, as of the loading.

Each story is told through the real actions with the moments at which it happened, so that what is stored is what the desk stores.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from shared.actions import customers, intake
from shared.actions.desk import Desk
from shared.actions.quotes import estimates
from shared.actions.sweep import sweep
from shared.actions.tickets import Change
from shared.domain import target
from shared.domain.calendar import Calendar
from shared.domain.contract import Promise
from shared.domain.lifecycle.quoting import Draft
from shared.domain.people import Contact, Correspondent, Customer, Principal, Role, Staff
from shared.domain.quotes.card import CardKind

CONTRACT = "zenshare-support"

PEOPLE = (
    Staff(
        id="carla", name="Carla Conti", email="carla@desk.example", language="it", roles=frozenset({Role.CUSTOMER_CARE_MANAGER})
    ),
    Staff(id="omar", name="Omar Ferri", email="omar@desk.example", language="it", roles=frozenset({Role.OPERATOR})),
    Staff(id="olga", name="Olga Marini", email="olga@desk.example", language="en", roles=frozenset({Role.OPERATOR})),
    Staff(id="sandro", name="Sandro Villa", email="sandro@desk.example", language="it", roles=frozenset({Role.SERVICE_MANAGER})),
)

STAFF: Mapping[str, Principal] = {p.id: Principal(id=p.id, name=p.name, roles=p.roles) for p in PEOPLE}
"""The staff who can sign in on the local host, by the name the header gives."""


def _customer(
    id: str,
    name: str,
    tier: str,
    products: tuple[str, ...],
    until: datetime | None = None,
    notify: tuple[Correspondent, ...] = (),
    **delivery: str,
) -> Customer:
    """`delivery`: in which mode they have a product; its id with underscores."""
    return Customer(
        id=id,
        name=name,
        contract=CONTRACT,
        tier=tier,
        products=products,
        valid_from=datetime(2024, 1, 1, tzinfo=UTC),
        valid_until=until,
        delivery={product.replace("_", "-"): mode for product, mode in delivery.items()},
        notify=notify,
    )


CUSTOMERS = (
    _customer(
        "ACME",
        "Acme S.p.A.",
        "platinum",
        ("zenshare-up", "zenshare-suite", "zen-e-invoice"),
        notify=(
            Correspondent(name="Ada Neri", email="ada.neri@acme.example", language="it"),
            Correspondent(name="John Reed", email="john.reed@acme.example", language="en"),
        ),
        zenshare_up="cloud",
        zenshare_suite="subscription",
    ),
    _customer("ROSSI", "Studio Rossi", "gold", ("zenshare-suite", "zen-e-invoice"), zenshare_suite="cloud"),
    _customer("BETA", "Beta Archivi S.r.l.", "gold", ("preservation-zucchetti", "preservation-grammelot")),
    _customer("INTERZEN", "Interzen", "platinum", ("zenshare-up", "zenshare-suite", "zen-e-invoice", "preservation-grammelot")),
    _customer("OLDCO", "Oldco S.r.l.", "gold", ("zenshare-up",), until=datetime(2025, 12, 31, 23, 0, tzinfo=UTC)),
)

ANNA = Contact(name="Anna Bianchi", email="anna.bianchi@acme.example")
JOHN = Contact(name="John Reed", email="john.reed@acme.example")
PAOLO = Contact(name="Paolo Rossi", email="paolo@studiorossi.example")
MARTA = Contact(name="Marta Greco", email="marta.greco@beta.example")
ADA = Contact(name="Ada Neri", email="ada.neri@acme.example")


def _signed_in(id: str, customer: str, person: Contact, role: Role) -> Principal:
    return Principal(id=id, name=person.name, roles=frozenset({role}), customer=customer, email=person.email)


USERS: Mapping[str, Principal] = {
    **STAFF,
    "anna": _signed_in("anna", "ACME", ANNA, Role.CUSTOMER),
    "john": _signed_in("john", "ACME", JOHN, Role.CUSTOMER),
    "ada": _signed_in("ada", "ACME", ADA, Role.CUSTOMER_ADMINISTRATOR),
    "paolo": _signed_in("paolo", "ROSSI", PAOLO, Role.CUSTOMER),
}
"""Everybody who can sign in on the local host: the staff, two contacts, and an administrator of ACME."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A request received so many working hours ago, and what the staff did, each so many working hours ago."""

    hours_ago: float
    customer: str
    contact: Contact
    language: str
    product: str
    subject: str
    description: str
    steps: tuple[tuple[float, str, Callable[[Change], object]], ...] = ()


COACHING = Draft(
    intervention="Affiancamento telefonico sulla creazione dei modelli di fascicolo",
    hours=Decimal(2),
    rate=Decimal(80),
    conditions="In una sola sessione, in data da concordare.",
)

STORIES = (
    Story(
        hours_ago=200,
        customer="ACME",
        contact=ANNA,
        language="it",
        product="zenshare-up",
        subject="Il protocollo non assegna il numero",
        description="Da questa mattina i documenti in entrata restano senza numero di protocollo.",
        steps=(
            (199.5, "carla", lambda t: t.acknowledge()),
            (199.4, "carla", lambda t: t.classify("bug")),
            (199.3, "carla", lambda t: t.prioritise(1)),
            (199.2, "carla", lambda t: t.assign("omar")),
            (195, "omar", lambda t: t.resolve("La sequenza di numerazione è stata ripristinata.")),
        ),
    ),
    Story(
        hours_ago=30,
        customer="ACME",
        contact=JOHN,
        language="en",
        product="zenshare-suite",
        subject="Search returns documents of other offices",
        description="Since the last update the full text search shows documents from offices I do not belong to.",
        steps=(
            (29.5, "carla", lambda t: t.acknowledge()),
            (29.4, "carla", lambda t: t.classify("bug")),
            (29.3, "carla", lambda t: t.prioritise(3)),
            (29.2, "carla", lambda t: t.assign("olga")),
        ),
    ),
    Story(
        hours_ago=15,
        customer="ROSSI",
        contact=PAOLO,
        language="it",
        product="zen-e-invoice",
        subject="Fatture scartate dallo SDI",
        description="Tutte le fatture inviate ieri risultano scartate con codice 00404.",
        steps=(
            (13, "carla", lambda t: t.acknowledge()),
            (12.9, "carla", lambda t: t.classify("bug")),
            (12.8, "carla", lambda t: t.prioritise(2)),
            (12.7, "carla", lambda t: t.assign("omar")),
        ),
    ),
    Story(
        hours_ago=9,
        customer="BETA",
        contact=MARTA,
        language="it",
        product="preservation-grammelot",
        subject="Pacchetto di versamento rifiutato",
        description="Il pacchetto di ottobre è stato rifiutato senza un motivo leggibile.",
        steps=(
            (6, "carla", lambda t: t.acknowledge()),
            (5.9, "carla", lambda t: t.classify("bug")),
            (5.8, "carla", lambda t: t.prioritise(2)),
            (5.7, "carla", lambda t: t.assign("olga")),
            (5, "olga", lambda t: t.hold("Può inviarci il rapporto di versamento completo?")),
        ),
    ),
    Story(
        hours_ago=26,
        customer="ROSSI",
        contact=PAOLO,
        language="it",
        product="zenshare-suite",
        subject="Come si crea un nuovo modello di fascicolo?",
        description="Non ricordo più dove si trova la funzione per creare un modello di fascicolo.",
        steps=(
            (25.5, "carla", lambda t: t.acknowledge()),
            (25, "carla", lambda t: t.classify("help-desk")),
            (24, "carla", lambda t: estimates.draft(t, CardKind.INTERVENTION, COACHING)),
            (23.9, "carla", lambda t: estimates.send(t, CardKind.INTERVENTION)),
        ),
    ),
    Story(
        hours_ago=20,
        customer="ACME",
        contact=JOHN,
        language="en",
        product="zenshare-up",
        subject="Exported PDF has no signature panel",
        description="Documents exported after signing do not show the signature panel in the reader.",
        steps=(
            (19.5, "carla", lambda t: t.acknowledge()),
            (19.4, "carla", lambda t: t.classify("bug")),
            (19.3, "carla", lambda t: t.prioritise(4)),
            (19.2, "carla", lambda t: t.assign("olga")),
            (10, "olga", lambda t: t.resolve("The export profile now includes the signature panel.")),
            (4, "carla", lambda t: t.reopen("The customer reports that the panel is still missing for old documents.")),
        ),
    ),
    Story(
        hours_ago=12,
        customer="BETA",
        contact=MARTA,
        language="it",
        product="preservation-zucchetti",
        subject="Conservazione: esito mancante per settembre",
        description="Non troviamo il rapporto di conservazione di settembre.",
        steps=(
            (11, "carla", lambda t: t.acknowledge()),
            (10.5, "carla", lambda t: t.classify("bug")),
            (10, "carla", lambda t: t.assign("omar")),
            (3, "omar", lambda t: t.resolve("Il rapporto è stato rigenerato ed è scaricabile dal portale.")),
        ),
    ),
    Story(
        hours_ago=8,
        customer="ACME",
        contact=JOHN,
        language="en",
        product="zenshare-suite",
        subject="Shared links open without signing in",
        description="A link to a private folder opened in a browser where I was not signed in.",
        steps=(
            (7.9, "carla", lambda t: t.acknowledge()),
            (7.8, "carla", lambda t: t.classify("vulnerability")),
            (7.7, "carla", lambda t: t.assign("olga")),
        ),
    ),
    Story(
        hours_ago=1.5,
        customer="ROSSI",
        contact=PAOLO,
        language="it",
        product="zen-e-invoice",
        subject="Impossibile accedere al cruscotto fatture",
        description="La pagina del cruscotto restituisce un errore per tutti gli utenti.",
    ),
    Story(
        hours_ago=0.7,
        customer="ACME",
        contact=ANNA,
        language="it",
        product="zenshare-up",
        subject="Le notifiche di scadenza non arrivano",
        description="Gli utenti non ricevono più le notifiche di scadenza dei documenti.",
    ),
    Story(
        hours_ago=0.1,
        customer="BETA",
        contact=MARTA,
        language="it",
        product="preservation-grammelot",
        subject="Richiesta di esibizione bloccata",
        description="Una richiesta di esibizione è ferma da ieri nello stato «in elaborazione».",
    ),
)


def load(desk: Desk) -> int:
    """Tells every story, in the order of time, and returns how many requests there are now. A second loading is refused."""
    now = desk.clock()
    for person in PEOPLE:
        customers.employ(desk, person)
    for customer in CUSTOMERS:
        customers.enrol(desk, customer)
    contract = desk.catalogue().in_force(CONTRACT, now)
    office = contract.calendars[
        contract.promises(product="zenshare-up", classification=None, priority=None)[Promise.RESPONSE].calendar
    ]
    calendar = office.known_at(now).calendar
    for number, story in enumerate(sorted(STORIES, key=lambda s: -s.hours_ago), start=1):
        _tell(desk, story, number, calendar, now)
    sweep(desk, now)
    return len(STORIES)


def _tell(desk: Desk, story: Story, number: int, calendar: Calendar, now: datetime) -> None:
    at = working_ago(calendar, now, story.hours_ago)
    request = intake.Request(
        customer=story.customer,
        contact=story.contact,
        language=story.language,
        product=story.product,
        subject=story.subject,
        description=story.description,
        reference=f"PORTAL-{1000 + number}",
        occurred_at=at,
    )
    raw, _ = intake.keep_raw(desk, story.description.encode())
    ticket = intake.accept(
        desk, request, source=f"demo:{number}", raw=raw, seen_at=at + timedelta(seconds=3), now=at + timedelta(seconds=3)
    ).ticket
    for hours_ago, who, step in story.steps:
        then = working_ago(calendar, now, hours_ago)
        sweep(desk, then)
        step(Change(desk, then, actor=STAFF[who], ticket=ticket.id))


def working_ago(calendar: Calendar, now: datetime, hours: float) -> datetime:
    """The instant from which so many hours of open time lead up to `now`, to the second."""
    wanted = timedelta(hours=hours)
    low, high = now - timedelta(hours=hours * 10 + 24 * 30), now
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if calendar.elapsed(middle, now) > wanted else (low, middle)
    return high.replace(microsecond=0)


def hours_to_an_escalation(desk: Desk) -> int:
    """After how many hours a request that comes in now will have been warned about, broken and escalated, if nobody acts."""
    now = desk.clock()
    contract = desk.catalogue().in_force(CONTRACT, now)
    on = contract.promises(product="zenshare-up", classification=None, priority=None)[Promise.RESPONSE]
    due_at = target.due(contract.calendars[on.calendar].running(now, now), now, on.target)
    assert due_at is not None
    later = [stage.after for stage in contract.ladder if stage.after is not None and Promise.RESPONSE in stage.promises]
    moments = [target.due(contract.calendars[each.calendar].running(now, now), due_at, each.target) for each in later]
    first = min((moment for moment in moments if moment is not None), default=due_at)
    return 1 + int((first - now).total_seconds() // 3600)
