"""Made-up services as the status page would find them: what was told of each, without a monitor."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from shared.domain.availability import State
from shared.domain.guarantee import Guarantee, MaintenanceRule, Period
from shared.domain.guarantees.record import Measured, Record, extended
from shared.domain.status.incident import Incident, Phase, opened, told
from shared.domain.status.standing import Standing, Watched
from shared.domain.status.stock import standing
from shared.domain.watch.change import Change, Why
from shared.domain.watch.maintenance import Window
from shared.domain.watch.service import Check, CheckKind, Service
from tests.support.desks import rome

ZONE = ZoneInfo("Europe/Rome")
NOW = rome("2026-11-23 10:00")
FIRST = rome("2026-06-01 00:00")

GUARANTEE = Guarantee(
    id="uptime",
    name={"it": "Disponibilità del data center", "en": "Data centre uptime"},
    target=Fraction(1999, 2000),
    period=Period.MONTH,
    zone="Europe/Rome",
    maintenance=MaintenanceRule(excluded=True, notice=timedelta(days=2), calendar=None, cap=None),
)
MINUTE = timedelta(minutes=1)
SECRET = "https://internal.vendor.example:8443/health?token=abc"


def a_service(id: str = "zenshare-up", name: str = "ZenShare Up", **more: object) -> Service:
    check = Check(kind=CheckKind.HTTP, target=SECRET)
    values: dict[str, Any] = {"owner": "vendor-network", "checks": (check,), "guarantees": ("uptime",), **more}
    return Service(id=id, name={"it": name, "en": name}, **values)


def change(service: str, at: datetime, state: str, why: str = Why.RESUMED, outage: str | None = None) -> Change:
    return Change(service=service, at=at, state=State(state), why=why, outage=outage)


def up_since(service: str, at: datetime = FIRST) -> list[Change]:
    return [change(service, at, "up", Why.FIRST)]


def outage(
    service: str, number: int, first_bad: datetime, lasts: timedelta | None, bracket: timedelta = timedelta(minutes=1)
) -> list[Change]:
    """As the tracker tells it: unknown for a bracket, down, unknown for a bracket, up. `lasts`: None: it goes on."""
    id = f"{service}.{number}"
    begun = [
        change(service, first_bad - bracket, "unknown", Why.BRACKET),
        change(service, first_bad, "down", Why.CONFIRMED, id),
    ]
    if lasts is None:
        return begun
    ended = first_bad + lasts
    return [
        *begun,
        change(service, ended, "unknown", Why.RECOVERING, id),
        change(service, ended + bracket, "up", Why.RECOVERED),
    ]


def gap(service: str, at: datetime, lasts: timedelta) -> list[Change]:
    return [change(service, at, "unknown", Why.GAP), change(service, at + lasts, "up", Why.RESUMED)]


def a_window(id: str, service: str, starts_at: datetime, hours: float, **more: object) -> Window:
    values: dict[str, Any] = {"announced_at": starts_at - timedelta(days=5), "announced_by": "carla", **more}
    reason = {"it": "Aggiornamento del database.", "en": "Upgrade of the database."}
    return Window(
        id=id, services=(service,), starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), reason=reason, **values
    )


def watched(
    service: Service, changes: Sequence[Change], windows: Sequence[Window] = (), now: datetime = NOW, latency: bool = True
) -> Watched:
    """With a record of the days since the first change, ninety and today at the most."""
    record = Record(service=service.id)
    if changes:
        today = now.astimezone(ZONE).date()
        first = max(changes[0].at.astimezone(ZONE).date(), today - timedelta(days=90))
        measure = Measured()
        for each in (80, 90, 120, 150, 400) if latency else ():
            measure = Measured(latency=measure.latency.added(each))
        days = {first + timedelta(days=number): measure for number in range((today - first).days + 1)}
        record = extended(record, sorted(changes, key=lambda each: each.at), days, ZONE, today, now)
    promised = ((GUARANTEE, None),) if service.guarantees else ()
    return Watched(service=service, record=record, windows=tuple(windows), promised=promised)


def an_incident(
    id: str = "i1", services: Sequence[str] = ("zenshare-up",), at: datetime = NOW - timedelta(minutes=30), **more: object
) -> Incident:
    title = {"it": "Accesso lento a ZenShare Up", "en": "Slow access to ZenShare Up"}
    text = {"it": "Stiamo cercando la causa.", "en": "We are looking for the cause."}
    first = opened(id, title, text, Phase.INVESTIGATING, services, "carla", at, **more)  # type: ignore[arg-type]
    text = {"it": "Un disco è guasto: lo sostituiamo.", "en": "A disk has failed: we are replacing it."}
    return told(first, text, Phase.IDENTIFIED, "carla", at + timedelta(minutes=12))


def a_standing(*found: Watched, incidents: Sequence[Incident] = (), now: datetime = NOW) -> Standing:
    return standing(found, incidents, "Europe/Rome", now)


NAMES = ("ZenShare Up", "ZenShare Suite", "Zen e-Invoice", "Conservazione digitale", "Portale clienti")


def many(count: int, troubled_days: int = 5) -> Standing:
    """So many services, each with some troubled days of its own in ninety."""
    found = []
    for number in range(count):
        service = a_service(f"service-{number}", f"{NAMES[number % 5]} {number // 5 + 1}")
        changes = up_since(service.id)
        for day in range(troubled_days):
            at = NOW - timedelta(days=1 + (day * 7 + number * 3) % 88, hours=number % 20)
            lasts = timedelta(minutes=3 + day, seconds=17 + number)
            changes += gap(service.id, at, lasts) if day % 3 == 2 else outage(service.id, day + 1, at, lasts)
        found.append(watched(service, changes))
    return a_standing(*found)
