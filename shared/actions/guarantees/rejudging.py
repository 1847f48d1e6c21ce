"""A month that was frozen, judged again: by the contract that it was frozen by, with corrections or without."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.actions.desk import Desk
from shared.actions.guarantees import chains, known
from shared.actions.guarantees.known import Known
from shared.actions.watch import maintenance
from shared.domain.contract import Contract
from shared.domain.guarantee import Guarantee
from shared.domain.guarantees import promises
from shared.domain.guarantees.correction import Correction, corrected
from shared.domain.guarantees.frozen import TOGETHER, Frozen
from shared.domain.guarantees.report import History, Report, of_guarantee, of_service
from shared.domain.guarantees.windows import Hours
from shared.domain.watch.maintenance import Window
from shared.domain.worktime.span import Span


def judged_again(desk: Desk, record: Frozen, corrections: Sequence[Correction], now: datetime) -> tuple[Report, list[Window]]:
    """The report, and the windows that touch the month. `record`: any link of the month, of a service."""
    terms, span = _terms(desk, record), (record.starts_at, record.ends_at)
    histories, windows = _histories(desk, record, {record.service: corrections}, now)
    return of_service(histories[0], *terms, span, now), windows


def together_again(
    desk: Desk, record: Frozen, corrections: Mapping[str, Sequence[Correction]], now: datetime
) -> tuple[Report, list[Window]]:
    """The same of all services of a guarantee as one. `corrections`: by service."""
    terms, span = _terms(desk, record), (record.starts_at, record.ends_at)
    histories, windows = _histories(desk, record, {id: corrections.get(id, ()) for id in record.services}, now)
    return of_guarantee(histories, *terms, span, now), windows


def of_link(desk: Desk, link: Frozen, now: datetime) -> Report:
    """What a link's figures are of: a record or an amendment, of a service or of all services of a guarantee as one."""
    if link.service != TOGETHER:
        return judged_again(desk, link, link.corrections, now)[0]
    return together_again(desk, link, {id: _then(desk, link, id) for id in link.services}, now)[0]


def _then(desk: Desk, link: Frozen, service: str) -> Sequence[Correction]:
    """The corrections that held of a service when a link was made."""
    theirs = [each for each in chains.every(desk, link.guarantee, service) if each.month == link.month]
    return next((each.corrections for each in reversed(theirs) if each.frozen_at <= link.frozen_at), ())


def _terms(desk: Desk, record: Frozen) -> tuple[Guarantee, Hours]:
    contract = _contract(desk, record)
    guarantee = promises.guarantee_of(contract, record.guarantee)
    return guarantee, promises.hours_of(contract, guarantee)


def _contract(desk: Desk, record: Frozen) -> Contract:
    return desk.catalogue().version(*record.contract.rsplit("@", 1))


def _histories(
    desk: Desk, record: Frozen, corrections: Mapping[str, Sequence[Correction]], now: datetime
) -> tuple[list[History], list[Window]]:
    span: Span = (record.starts_at, record.ends_at)
    found = known.services(desk, span, ZoneInfo(_contract(desk, record).zone), now)
    guarantee, _ = _terms(desk, record)
    announced = [
        window
        for window in maintenance.between(desk, guarantee.period_at(span[0])[0], span[1])
        if corrections.keys() & set(window.services)
    ]
    histories = [
        History(
            service=id,
            states=corrected(found.get(id, Known()).states, each),
            windows=tuple(window for window in announced if id in window.services),
        )
        for id, each in corrections.items()
    ]
    return histories, [window for window in announced if window.ends_at > span[0]]
