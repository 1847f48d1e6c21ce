"""Correcting a frozen month: beside its record, with author and reason. The record itself is never touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.actions.desk import Desk
from shared.actions.once import Once
from shared.actions.ports import Insert, Row, Table, Value
from shared.actions.watch import chains, known, maintenance
from shared.domain.errors import Conflict, InvalidInput, KeyReused, NotAllowedNow, NotFound
from shared.domain.people import Principal
from shared.domain.watch import frozen, promises
from shared.domain.watch.correction import Correction, corrected
from shared.domain.watch.frozen import Amendment, Frozen
from shared.domain.watch.maintenance import Window
from shared.domain.watch.report import History, Report, of_service
from shared.domain.worktime.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A correction of a month ("2026-11"): what the service really was, and why that is said only now."""

    month: str
    reason: str
    corrections: tuple[Correction, ...]


def amend(
    desk: Desk,
    guarantee: str,
    service: str,
    wanted: Wanted,
    principal: Principal,
    now: datetime,
    *,
    once: Once | None = None,
) -> tuple[Frozen, bool]:
    """Corrects a frozen month: the amendment, and whether the same key had made it before. The month's own record stays."""
    if once is not None and (again := _made(desk, guarantee, service, once)) is not None:
        return again, True
    links = chains.chain(desk, guarantee, service)
    if (broken := frozen.first_broken(links)) is not None:
        raise NotAllowedNow(f"The chain does not hold from link {broken} on; nothing is added to it before that is explained.")
    record = next((link for link in links if link.month == wanted.month and link.amends is None), None)
    if record is None:
        raise NotFound(f"{wanted.month[:20]} is not frozen for {service} under {guarantee}.")
    for each in wanted.corrections:
        if not record.starts_at <= each.starts_at < each.ends_at <= record.ends_at:
            raise InvalidInput(
                f"A correction begins and ends within {record.month}, and ends after it begins.", field="corrections"
            )
    earlier = [link.corrections for link in links if link.amends == record.number]
    said = Amendment(
        author=principal.id, reason=wanted.reason, corrections=(*(earlier[-1] if earlier else ()), *wanted.corrections), at=now
    )
    report, windows = _judged_again(desk, record, said.corrections, now)
    link = frozen.amend(record, links[-1], said, report, windows)
    last = desk.rows.get(Table.WATCH, chains.PARTITION, f"last|{guarantee}|{service}")
    if last is None or chains.link_in(last).hash != links[-1].hash:
        raise Conflict("Somebody else has added to the chain meanwhile; look at it again.")
    writes = chains.writes_of(link, last)
    if once is not None:
        values: dict[str, Value] = {"number": link.number, "fingerprint": once.fingerprint}
        writes.append(Insert(Row(key=once.key, values=values)))
    desk.rows.commit(Table.WATCH, chains.PARTITION, writes)
    return link, False


def _judged_again(desk: Desk, record: Frozen, corrections: Sequence[Correction], now: datetime) -> tuple[Report, list[Window]]:
    """The month under the version of the contract that it was frozen by."""
    contract = desk.catalogue().version(*record.contract.rsplit("@", 1))
    guarantee = promises.guarantee_of(contract, record.guarantee)
    span: Span = (record.starts_at, record.ends_at)
    states = known.states(desk, [record.service], span, ZoneInfo(contract.zone), now)[record.service]
    announced = [
        window
        for window in maintenance.between(desk, guarantee.period_at(span[0])[0], span[1])
        if record.service in window.services
    ]
    history = History(service=record.service, states=corrected(states, corrections), windows=tuple(announced))
    report = of_service(history, guarantee, promises.hours_of(contract, guarantee), span, now)
    return report, [window for window in announced if window.ends_at > span[0]]


def _made(desk: Desk, guarantee: str, service: str, once: Once) -> Frozen | None:
    row = desk.rows.get(Table.WATCH, chains.PARTITION, once.key)
    if row is None:
        return None
    if row.values["fingerprint"] != once.fingerprint:
        raise KeyReused("This Idempotency-Key was used for another amendment; make a new key for each.")
    stored = desk.rows.get(Table.WATCH, chains.PARTITION, f"link|{guarantee}|{service}|{int(str(row.values['number'])):06d}")
    return None if stored is None else chains.link_in(stored)
