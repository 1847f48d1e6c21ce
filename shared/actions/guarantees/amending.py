"""Correcting a frozen month: beside its record, with author and reason. The record itself is never touched.

A service is corrected; what is frozen of all services of a guarantee as one follows, with a link of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.actions.desk import Desk
from shared.actions.guarantees import chains
from shared.actions.guarantees.rejudging import judged_again, together_again
from shared.actions.once import Once
from shared.actions.ports import Insert, Row, Table, Value, Write
from shared.domain.errors import Conflict, InvalidInput, KeyReused, NotAllowedNow, NotFound
from shared.domain.guarantees import frozen
from shared.domain.guarantees.correction import Correction
from shared.domain.guarantees.frozen import TOGETHER, Amendment, Frozen
from shared.domain.people import Principal


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
    if service == TOGETHER:
        raise InvalidInput("What is wrong is said of a service; the figures of all services as one follow it.", field="service")
    links = _chain(desk, guarantee, service)
    record = _record(links, wanted.month)
    if record is None:
        raise NotFound(f"{wanted.month[:20]} is not frozen for {service} under {guarantee}.")
    for each in wanted.corrections:
        if not record.starts_at <= each.starts_at < each.ends_at <= record.ends_at:
            raise InvalidInput(
                f"A correction begins and ends within {record.month}, and ends after it begins.", field="corrections"
            )
    corrections = (*_corrections(links, record), *wanted.corrections)
    said = Amendment(author=principal.id, reason=wanted.reason, corrections=corrections, at=now)
    report, windows = judged_again(desk, record, said.corrections, now)
    link = frozen.amend(record, links[-1], said, report, windows)
    writes = [*_added(desk, link, links), *_together(desk, link, said, now)]
    if once is not None:
        values: dict[str, Value] = {"number": link.number, "fingerprint": once.fingerprint}
        writes.append(Insert(Row(key=once.key, values=values)))
    desk.rows.commit(Table.WATCH, chains.PARTITION, writes)
    return link, False


def _together(desk: Desk, link: Frozen, said: Amendment, now: datetime) -> list[Write]:
    """The same month of all services of the guarantee as one follows, in the same transaction; where it was frozen."""
    links = chains.every(desk, link.guarantee, TOGETHER)
    record = _record(links, link.month)
    if record is None or link.service not in record.services:
        return []
    _require_whole(links)
    corrections = {link.service: link.corrections}
    for other in set(record.services) - {link.service}:
        theirs = chains.every(desk, link.guarantee, other)
        corrections[other] = _corrections(theirs, _record(theirs, link.month))
    report, windows = together_again(desk, record, corrections, now)
    follows = replace(said, corrections=(), follows=f"{link.service} {link.number}")
    return _added(desk, frozen.amend(record, links[-1], follows, report, windows), links)


def _chain(desk: Desk, guarantee: str, service: str) -> list[Frozen]:
    links = chains.chain(desk, guarantee, service)
    _require_whole(links)
    return links


def _require_whole(links: Sequence[Frozen]) -> None:
    if (broken := frozen.first_broken(links)) is not None:
        raise NotAllowedNow(f"The chain does not hold from link {broken} on; nothing is added to it before that is explained.")


def _record(links: Sequence[Frozen], month: str) -> Frozen | None:
    return next((link for link in links if link.month == month and link.amends is None), None)


def _corrections(links: Sequence[Frozen], record: Frozen | None) -> tuple[Correction, ...]:
    """All that hold of a month so far."""
    if record is None:
        return ()
    return [link for link in links if record.number in (link.number, link.amends)][-1].corrections


def _added(desk: Desk, link: Frozen, links: Sequence[Frozen]) -> list[Write]:
    """Raises Conflict when the chain has another link by now."""
    last = desk.rows.get(Table.WATCH, chains.PARTITION, f"last|{link.guarantee}|{link.service}")
    if last is None or chains.link_in(last).hash != links[-1].hash:
        raise Conflict("Somebody else has added to the chain meanwhile; look at it again.")
    return chains.writes_of(link, last)


def _made(desk: Desk, guarantee: str, service: str, once: Once) -> Frozen | None:
    row = desk.rows.get(Table.WATCH, chains.PARTITION, once.key)
    if row is None:
        return None
    if row.values["fingerprint"] != once.fingerprint:
        raise KeyReused("This Idempotency-Key was used for another amendment; make a new key for each.")
    stored = desk.rows.get(Table.WATCH, chains.PARTITION, f"link|{guarantee}|{service}|{int(str(row.values['number'])):06d}")
    return None if stored is None else chains.link_in(stored)
