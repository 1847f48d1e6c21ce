"""Months and years as they are judged: for each service under each of its guarantees, and for the services of each together.

Judged is whoever was looked at in that time, under the guarantees of that time, whatever the file of services says today.

Requests for a thousand services: two for any month. One that is over: its states and the windows that touch it. One that runs:
its states, and today's; its windows are read once a minute and instance, since a window cannot begin before it was announced.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions.desk import Desk
from shared.actions.guarantees import known
from shared.actions.guarantees.known import Known
from shared.actions.watch import maintenance
from shared.domain.contract import Contract
from shared.domain.errors import InvalidInput, NotFound
from shared.domain.guarantee import Guarantee
from shared.domain.guarantees import promises
from shared.domain.guarantees.correction import Correction, corrected
from shared.domain.guarantees.frozen import TOGETHER
from shared.domain.guarantees.report import History, Report, of_guarantee, of_service
from shared.domain.guarantees.windows import Terms
from shared.domain.watch.maintenance import Window
from shared.domain.watch.service import Services
from shared.domain.worktime.span import Span, midnight

_PERIOD = re.compile(r"(20[0-9]{2}|21[0-9]{2})(-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`services`: a report for each service and guarantee, or without one; `together`: for each guarantee of several services."""

    contract: Contract
    services: tuple[Report, ...]
    together: tuple[Report, ...]


def judged(
    desk: Desk,
    period: str,
    now: datetime,
    *,
    service: str | None = None,
    guarantee: str | None = None,
    corrections: Mapping[str, Sequence[Correction]] | None = None,
) -> Judged:
    """The reports of a month ("2026-11") or a year ("2026"): all, or of one service, or of one guarantee. InvalidInput for a
    period, NotFound for a service, that there is none of. `corrections`: of services that were looked at, by id."""
    zone = ZoneInfo(promises.contract_at(desk.catalogue(), _watched(desk).contract, now).zone)
    case = _case(desk, span_of(period, zone), now)
    if guarantee is not None:
        promises.one_of(case.guarantees, guarantee)
    ids = case.ids if service is None else [_one(case, service)]
    chosen = [id for id in ids if guarantee is None or guarantee in case.promised(id)]
    histories = _histories(case, chosen, corrections or {})
    found: list[Report] = []
    for id in chosen:
        promised = [one for one in case.guarantees if one.id in case.promised(id) and guarantee in (None, one.id)]
        found += [case.judged([histories[id]], one) for one in promised]
        if not promised:
            found.append(of_service(histories[id], None, None, case.span, now))
    together = [
        case.judged([histories[id] for id in members], one)
        for one in case.guarantees
        if guarantee in (None, one.id) and service is None
        if len(members := [id for id in chosen if one.id in case.promised(id)]) > 1
    ]
    return Judged(contract=case.contract, services=tuple(found), together=tuple(together))


def between(desk: Desk, service: str, guarantee: str | None, starts_at: datetime, ends_at: datetime, now: datetime) -> Report:
    """What is known of any time of a service, judged: what an export says. `guarantee`: None: the first it has, if any.

    `service` is TOGETHER for all services of a guarantee as one.
    """
    if not starts_at < ends_at <= starts_at + timedelta(days=367):
        raise InvalidInput("The time must end after it begins, and is 366 days at most.", field="to")
    case = _case(desk, (starts_at, ends_at), now)
    if service == TOGETHER:
        promised = promises.one_of(case.guarantees, guarantee or "")
        members = [id for id in case.ids if promised.id in case.promised(id)]
        histories = _histories(case, members, {})
        return case.judged([histories[id] for id in members], promised, is_together=True)
    chosen = next((one for one in case.guarantees if one.id in case.promised(_one(case, service))), None)
    if guarantee is not None:
        chosen = promises.one_of(case.guarantees, guarantee)
        if guarantee not in case.promised(service):
            raise InvalidInput(f"{service} is not under the guarantee {guarantee}.", field="guarantee")
    history = _histories(case, [service], {})[service]
    return of_service(history, None, None, case.span, now) if chosen is None else case.judged([history], chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A time that is judged. `contract`: the version in force when it began. `guarantees`: of all versions in force in it.
    `known`: what was looked at in it."""

    desk: Desk
    services: Services
    contract: Contract
    guarantees: tuple[Guarantee, ...]
    span: Span
    now: datetime
    known: Mapping[str, Known]

    @property
    def ids(self) -> list[str]:
        """The services of the file, and those that have been in it."""
        return sorted(self.services.services.keys() | self.known.keys())

    def promised(self, id: str) -> frozenset[str]:
        """The guarantees that a service was under on any day of the time: its days tell; of one that was not looked at, and of
        days that are not over, the file does."""
        today = frozenset(self.services.of(id).guarantees)
        known = self.known.get(id)
        if known is None:
            return today
        return known.promised if known.is_certain and self.span[1] <= self.now else known.promised | today

    def judged(self, histories: Sequence[History], guarantee: Guarantee, *, is_together: bool = False) -> Report:
        """Of one service, or of all of a guarantee: by its version for that time."""
        terms = self.terms(guarantee)
        promised, hours = terms(self.span[0])
        if len(histories) == 1 and not is_together:
            return of_service(histories[0], promised, hours, self.span, self.now, terms)
        return of_guarantee(histories, promised, hours, self.span, self.now, terms)

    def terms(self, guarantee: Guarantee) -> Terms:
        return promises.terms_of(self.desk.catalogue(), self.services.contract, guarantee)


def _case(desk: Desk, span: Span, now: datetime) -> _Case:
    services = _watched(desk)
    contract = promises.contract_at(desk.catalogue(), services.contract, span[0])
    found = known.services(desk, span, ZoneInfo(contract.zone), now) if span[0] < now else {}
    promised = promises.guarantees_in(desk.catalogue(), services.contract, span, now)
    return _Case(desk=desk, services=services, contract=contract, guarantees=promised, span=span, now=now, known=found)


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


def _histories(case: _Case, ids: Sequence[str], corrections: Mapping[str, Sequence[Correction]]) -> dict[str, History]:
    promised = [one for one in case.guarantees if any(one.id in case.promised(id) for id in ids)]
    announced = _announced(case.desk, _whole(case, promised), case.now) if promised else []
    found: dict[str, History] = {}
    for id in ids:
        states = case.known[id].states if id in case.known else ()
        windows = tuple(window for window in announced if id in window.services)
        found[id] = History(service=id, states=corrected(states, corrections.get(id, ())) if states else (), windows=windows)
    return found


def _announced(desk: Desk, span: Span, now: datetime) -> list[Window]:
    return desk.windows.of(span, now, lambda: maintenance.between(desk, *span))


def _whole(case: _Case, guarantees: Collection[Guarantee]) -> Span:
    """All of the periods that the time touches: their caps are used up in order, from their beginning on."""
    start, end = case.span
    last = end - timedelta(microseconds=1)
    terms = [case.terms(one) for one in guarantees]
    return min(by(start)[0].period_at(start)[0] for by in terms), max(by(last)[0].period_at(last)[1] for by in terms)


def _watched(desk: Desk) -> Services:
    services = desk.services()
    if not services.is_any:
        raise NotFound("No services are watched.")
    return services


def _one(case: _Case, service: str) -> str:
    if service not in case.ids:
        raise NotFound(f"There is no service {service[:40]!r}.")
    return service
