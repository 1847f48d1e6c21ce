"""Months and years as they are judged: for each service under each of its guarantees, and for the services of each together.

Requests for a thousand services: two for any month. One that is over: its states and the windows that touch it. One that runs:
its states, and today's; its windows are read once a minute and instance, since a window cannot begin before it was announced.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions.desk import Desk
from shared.actions.watch import known, maintenance
from shared.domain.contract import Contract
from shared.domain.errors import InvalidInput, NotFound
from shared.domain.guarantee import Guarantee
from shared.domain.watch import promises
from shared.domain.watch.maintenance import Window
from shared.domain.watch.report import History, Report, of_guarantee, of_service
from shared.domain.watch.service import Service, Services
from shared.domain.worktime.span import Span, midnight

TOGETHER = "together"

_PERIOD = re.compile(r"(20[0-9]{2}|21[0-9]{2})(-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`services`: a report for each service and guarantee, or without one; `together`: for each guarantee of several services."""

    contract: Contract
    services: tuple[Report, ...]
    together: tuple[Report, ...]


def judged(desk: Desk, period: str, now: datetime, *, service: str | None = None, guarantee: str | None = None) -> Judged:
    """The reports of a month ("2026-11") or a year ("2026"): all, or of one service, or of one guarantee. InvalidInput for a
    period, NotFound for a service, that there is none of."""
    watched = _watched(desk)
    zone = ZoneInfo(promises.contract_at(desk.catalogue(), watched.contract, now).zone)
    span = span_of(period, zone)
    contract = promises.contract_at(desk.catalogue(), watched.contract, span[0])
    if guarantee is not None:
        promises.guarantee_of(contract, guarantee)
    chosen = [s for s in _chosen(desk, service) if guarantee is None or guarantee in s.guarantees]
    histories = _histories(desk, chosen, contract, span, now)
    found: list[Report] = []
    for each in chosen:
        promised = [g for g in promises.guarantees_of(contract, each) if guarantee in (None, g.id)]
        for one in promised:
            found.append(of_service(histories[each.id], one, promises.hours_of(contract, one), span, now))
        if not promised:
            found.append(of_service(histories[each.id], None, None, span, now))
    together = [
        of_guarantee([histories[s.id] for s in members], one, promises.hours_of(contract, one), span, now)
        for one in contract.guarantees
        if guarantee in (None, one.id) and service is None
        if len(members := [s for s in chosen if one.id in s.guarantees]) > 1
    ]
    return Judged(contract=contract, services=tuple(found), together=tuple(together))


def between(desk: Desk, service: str, guarantee: str | None, starts_at: datetime, ends_at: datetime, now: datetime) -> Report:
    """What is known of any time of a service, judged: what an export says. `guarantee`: None: the first it has, if any.

    `service` is TOGETHER for all services of a guarantee as one.
    """
    if not starts_at < ends_at <= starts_at + timedelta(days=367):
        raise InvalidInput("The time must end after it begins, and is 366 days at most.", field="to")
    contract = promises.contract_at(desk.catalogue(), _watched(desk).contract, starts_at)
    span = starts_at, ends_at
    if service == TOGETHER:
        return _together(desk, contract, guarantee or "", span, now)
    one = _one(desk, service)
    promised = promises.guarantees_of(contract, one)
    if guarantee is not None:
        promised = [promises.guarantee_of(contract, guarantee)]
        if guarantee not in one.guarantees:
            raise InvalidInput(f"{service} is not under the guarantee {guarantee}.", field="guarantee")
    chosen = promised[0] if promised else None
    hours = None if chosen is None else promises.hours_of(contract, chosen)
    return of_service(_histories(desk, [one], contract, span, now)[service], chosen, hours, span, now)


def _together(desk: Desk, contract: Contract, guarantee: str, span: Span, now: datetime) -> Report:
    promised = promises.guarantee_of(contract, guarantee)
    members = promises.services_under(desk.services(), guarantee)
    histories = _histories(desk, members, contract, span, now)
    return of_guarantee([histories[each.id] for each in members], promised, promises.hours_of(contract, promised), span, now)


def span_of(period: str, zone: ZoneInfo) -> Span:
    """ "2026-11" or "2026" in the contract's zone."""
    if not _PERIOD.fullmatch(period):
        raise InvalidInput(
            f"period is {period[:20]!r}; allowed: a month such as 2026-11, or a year such as 2026.", field="period"
        )
    if len(period) == 4:
        return midnight(date(int(period), 1, 1), zone), midnight(date(int(period) + 1, 1, 1), zone)
    first = date.fromisoformat(f"{period}-01")
    return midnight(first, zone), midnight((first + timedelta(days=31)).replace(day=1), zone)


def _histories(desk: Desk, services: Sequence[Service], contract: Contract, span: Span, now: datetime) -> dict[str, History]:
    ids = [service.id for service in services]
    states = known.states(desk, ids, span, ZoneInfo(contract.zone), now) if span[0] < now else dict.fromkeys(ids, ())
    promised = {one.id: one for service in services for one in promises.guarantees_of(contract, service)}
    announced = _announced(desk, _whole(promised.values(), span), now) if promised else []
    return {
        id: History(service=id, states=states[id], windows=tuple(window for window in announced if id in window.services))
        for id in ids
    }


def _announced(desk: Desk, span: Span, now: datetime) -> list[Window]:
    return desk.windows.of(span, now, lambda: maintenance.between(desk, *span))


def _whole(guarantees: Collection[Guarantee], span: Span) -> Span:
    """All of the periods that a span touches: their caps are used up in order, from their beginning on."""
    start, end = span
    last = end - timedelta(microseconds=1)
    return min(one.period_at(start)[0] for one in guarantees), max(one.period_at(last)[1] for one in guarantees)


def _watched(desk: Desk) -> Services:
    services = desk.services()
    if not services.services:
        raise NotFound("No services are watched.")
    return services


def _chosen(desk: Desk, service: str | None) -> Collection[Service]:
    services = desk.services().services
    return [_one(desk, service)] if service is not None else [services[id] for id in sorted(services)]


def _one(desk: Desk, service: str) -> Service:
    services = desk.services().services
    if service not in services:
        raise NotFound(f"There is no service {service[:40]!r}.")
    return services[service]
