"""A ticket to which nearly everything has happened, and its evidence."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from shared.actions import cases, evidence
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.actions.reconcile import reconcile
from shared.actions.sweep import sweep
from shared.app import catalogue_in
from shared.domain.evidence import canonical
from tests.support.desks import CARLA, OMAR, Clock, a_desk, rome, staff, taken_in

ID = "ACME-1"

ANNOUNCEMENT = """
announces = "zenshare-support"
calendars = ["office"]
announced_at = 2026-03-31T12:00:00+02:00
author = "Carla"
reason = { it = "Chiusura straordinaria", en = "Extraordinary closure" }
closures = [{ first_day = 2026-04-02, last_day = 2026-04-03, reason = { it = "Ponte", en = "Bridge" } }]
openings = [{ starts = 2026-04-03T10:00:00, ends = 2026-04-03T11:30:00, reason = { it = "Presidio", en = "On call" } }]
"""


def evidence_of(desk: Desk, id: str = ID) -> bytes:
    return evidence.file_of(desk, cases.load(desk, id).ticket, CARLA, desk.clock())


def eventful(folder: Path) -> Desk:
    """Received before a change to summer time, before Easter: triaged, asked, answered, a closure announced, breached, resolved,
    reopened, asked again and left on hold."""
    clock = Clock(rome("2026-03-27 17:50"))
    desk = a_desk(clock)
    taken_in(desk, declared_severity="Urgente", reference="P-77")
    steps(desk, clock)
    (folder / "closure.toml").write_text(ANNOUNCEMENT, encoding="utf-8")
    desk = replace(desk, catalogue=catalogue_in((Path("shared/catalogue"), folder)))
    later_steps(desk, clock)
    return desk


def steps(desk: Desk, clock: Clock) -> None:
    deliver(desk, clock.forward(minutes=1))
    clock.set("2026-03-30 10:15")
    staff(desk, ID).acknowledge()
    staff(desk, ID).classify("bug")
    staff(desk, ID).prioritise(3)
    staff(desk, ID).assign("omar")
    clock.set("2026-03-30 12:20")
    staff(desk, ID, OMAR).hold("Quale versione?")
    deliver(desk, clock.forward(minutes=2))
    clock.set("2026-03-31 10:40")
    staff(desk, ID, OMAR).resume(rome("2026-03-31 10:05"), "La 7.")
    clock.set("2026-03-31 12:30")  # the closure was announced at noon, and this desk does not know it yet
    staff(desk, ID, OMAR).reply("Ci stiamo lavorando.")


def later_steps(desk: Desk, clock: Clock) -> None:
    reconcile(desk, clock.set("2026-03-31 15:00"))
    clock.forward(minutes=30)
    staff(desk, ID).prioritise(2)
    for at in ("2026-04-01 18:31", "2026-04-07 10:00", "2026-04-09 09:00", "2026-04-10 18:31"):
        clock.set(at)
        for _ in range(4):
            sweep(desk, clock())
        deliver(desk, clock())
    staff(desk, ID, OMAR).resolve("Risolto con la 7.1.")
    clock.set("2026-04-13 11:00")
    staff(desk, ID).reopen("Non va ancora.")
    staff(desk, ID, OMAR).hold("Da quando?")
    deliver(desk, clock.forward(minutes=3))
    clock.forward(hours=5)


def rechain(file: dict[str, Any]) -> None:
    """Makes every hash again, as a forger would."""
    previous = "0" * 64
    for event in file["events"]:
        event["previous"] = previous
        body = {name: value for name, value in event.items() if name != "hash"} | {"ticket": file["ticket"]["id"]}
        previous = event["hash"] = hashlib.sha256(canonical(body)).hexdigest()
    file["ticket"]["chain_tip"] = previous
