"""A desk that watches services hourly, so that months pass in no time: what a report, an alarm or a frozen month rests on."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.actions import customers
from shared.actions.desk import Desk
from shared.actions.ports import Replace, Rows, Table
from shared.actions.watch import probing
from shared.adapters.memory import MemoryMailer, MemoryProber
from shared.domain.people import Correspondent
from shared.domain.watch.service import Check, CheckKind, Service, Services
from tests.support.desks import Clock, a_desk, rome

HOURLY = Service(
    id="archive",
    name={"it": "Archivio", "en": "Archive"},
    owner="Interzen",
    checks=(Check(kind=CheckKind.HTTP, target="https://archive.example/health"),),
    interval=timedelta(hours=1),
    products=("zenshare-up",),
    guarantees=("data-centre",),
)
PORTAL = replace(HOURLY, id="portal", name={"it": "Portale", "en": "Portal"}, products=("zenshare-suite",))
INNER = replace(HOURLY, id="inner", guarantees=(), products=(), is_public=False)

SERVICES = Services(
    contract="zenshare-support", desk="ACME", services={service.id: service for service in (HOURLY, PORTAL, INNER)}
)


class Watched:
    """A desk, its clock, its prober, and hours that pass on it."""

    def __init__(self, start: str, *, rows: Rows | None = None, services: Services = SERVICES) -> None:
        self.clock = Clock()
        self.clock.set(start)
        self.prober, self.mailer = MemoryProber(), MemoryMailer()
        self.desk: Desk = a_desk(self.clock, rows=rows, prober=self.prober, mailer=self.mailer, services=services)

    @property
    def now(self) -> datetime:
        return self.clock.now

    def until(self, text: str, *, every: timedelta = timedelta(hours=1)) -> datetime:
        """The monitor runs at each full hour up to then, that one included."""
        end = rome(text)
        while self.clock.now <= end:
            probing.probe(self.desk, self.clock.now)
            self.clock.now += every
        self.clock.now = end
        return end

    def down(self, service: str, since: str, until: str) -> None:
        self.prober.down(service, rome(since), rome(until))

    def writes_to(self, customer: str, *addressees: Correspondent) -> None:
        found, etag = customers.find(self.desk, customer)
        row = customers.customer_row(replace(found, notify=addressees), etag)
        self.desk.rows.commit(Table.DESK, customer, [Replace(row)])
