"""A desk in the middle of its work: tickets of every kind and state, cards, a package, a grant, a dispute, a subscription."""

from dataclasses import dataclass, replace

from shared.actions import reconcile, sweep
from shared.actions.desk import Desk
from shared.actions.hooks import publish
from shared.actions.ports import Table
from shared.actions.post import deliver
from shared.actions.running import heartbeat, rounds
from shared.adapters.memory import MemoryRows
from shared.domain.ticket import State
from tests.support import seats
from tests.support.desks import OMAR, Clock, a_desk, staff, taken_in
from tests.support.doors import as_staff, signed
from tests.support.watched import SERVICES

MAINTENANCE = {
    "services": ["archive"],
    "starts_at": "2026-03-12T09:00:00+01:00",
    "ends_at": "2026-03-12T11:00:00+01:00",
    "reason": {"it": "Aggiornamento", "en": "Update"},
}


@dataclass(frozen=True)
class Populated:
    """The desk, and what there is in it to ask for, by the names of the API's parameters."""

    desk: Desk
    known: dict[str, list[str]]

    def again(self) -> Desk:
        """The same desk, as if nothing had been done to it yet."""
        assert isinstance(self.desk.rows, MemoryRows)
        return replace(self.desk, rows=self.desk.rows.copied())


def populated() -> Populated:
    desk = a_desk(clock := Clock(), services=SERVICES)
    made = as_staff(desk, "carla", "POST", "/api/subscriptions", {"url": "https://hooks.example.org/x"}).json["id"]
    signed(desk, {"customer": "NOSUCH"}, id="refused")
    window = as_staff(desk, "sandro", "POST", "/api/maintenance", MAINTENANCE).json["id"]
    ids = [taken_in(desk, f"w{number}").id for number in range(1, 11)]
    _, asked, bug, card, offer, package, treated, resolved, closed, disputed = ids
    for id in ids[1:]:
        staff(desk, id).acknowledge()
        staff(desk, id).classify("vulnerability" if id == treated else "bug")
        staff(desk, id).assign("omar")
    for id in (bug, closed):
        staff(desk, id).prioritise(2)
    seats.asked(desk, asked)
    seats.sent(desk, card)
    seats.offer_sent(desk, offer)
    seats.estimate_accepted(desk, package)
    as_staff(desk, "carla", "POST", f"/api/tickets/{package}/task", {})
    staff(desk, treated, OMAR).treat(None)
    staff(desk, resolved, OMAR).resolve(None)
    as_staff(desk, "carla", "POST", f"/api/tickets/{closed}/merge", {"into": bug})
    seats.disputed(desk, disputed)
    seats.with_a_grant(desk, disputed)
    clock.forward(minutes=1)
    for run in (sweep.sweep, deliver.deliver, publish.publish, reconcile.reconcile):
        run(desk, clock())
    for each in rounds.ROUNDS:
        heartbeat.beat(desk, each.name, clock(), None)
    notices = [row.key.removeprefix("notice:") for row in desk.rows.scan(Table.DESK, "ACME", after="notice:", before="notice:~")]
    [entry] = desk.rows.scan(Table.SYSTEM, "quarantine")
    deliveries = as_staff(desk, "carla", "GET", f"/api/subscriptions/{made}/deliveries").json["deliveries"]
    states = {as_staff(desk, "carla", "GET", f"/api/tickets/{id}").json["state"] for id in ids}
    assert states == set(State), states
    known = {
        "ticket": [*ids, "BETA-1", "ACME-99"],
        "customer": ["ACME", "BETA", "NOSUCH"],
        "number": ["1", "2"],
        "version": ["1", "2"],
        "notice": notices[:5],
        "entry": [entry.key],
        "subscription": [made, "nosuch"],
        "service": ["archive", "inner", "nosuch"],
        "guarantee": ["data-centre", "nosuch"],
        "maintenance": [window, "nosuch"],
        "delivery": [each["id"] for each in deliveries[:3]] or ["nosuch"],
    }
    return Populated(desk=desk, known=known)
