"""What became of each event that a subscription was told: a row a delivery, brought up to date at every attempt.

Its key is the delivery's id: the moment the event was owed, counted backwards so that the newest come first, and the webhook-id.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Upsert, Value
from shared.domain import announcement
from shared.domain.errors import InvalidInput, NotFound
from shared.domain.notice import Notice

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 10**16 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event and one subscription. `state`: "owed" while it will be tried again, "sent", or "failed".

    `status`: what the subscriber answered when it took it. `at`: the last attempt.
    """

    id: str
    webhook_id: str
    type: str
    ticket: str
    notice: str
    state: str
    attempts: int
    status: int | None
    error: str | None
    owed_at: datetime
    at: datetime


def note(desk: Desk, notice: Notice, status: int | None, now: datetime) -> None:
    """Brings the log up to date with what an attempt came to. The same again changes nothing."""
    values: dict[str, Value] = {
        "type": str(notice.facts["type"]),
        "ticket": notice.ticket,
        "notice": notice.key,
        "state": notice.state.value,
        "attempts": notice.attempts,
        "owed_at": notice.owed_at,
        "at": now,
    }
    if status is not None:
        values["status"] = status
    if notice.last_error is not None:
        values["error"] = notice.last_error
    row = Row(key=delivery_id(notice), values=values)
    desk.rows.commit(Table.SYSTEM, _partition(announcement.subscriber(notice)), [Upsert(row)])


def page(desk: Desk, subscription: str, *, limit: int, cursor: str | None) -> tuple[list[Delivery], str | None]:
    """Deliveries, newest first, from behind `cursor`; and the cursor of the next page, None on the last."""
    found = desk.rows.scan(Table.SYSTEM, _partition(subscription), after=_checked(cursor) if cursor else "", limit=limit + 1)
    shown = [_delivery(row) for row in found[:limit]]
    return shown, shown[-1].id if len(found) > limit else None


def one(desk: Desk, subscription: str, id: str) -> Delivery:
    """NotFound when there is none of that id."""
    row = desk.rows.get(Table.SYSTEM, _partition(subscription), _checked(id))
    if row is None:
        raise NotFound(f"There is no delivery {id}.")
    return _delivery(row)


def delivery_id(notice: Notice) -> str:
    microseconds = (notice.owed_at - _EPOCH) // timedelta(microseconds=1)
    return f"{_LAST - microseconds:016d}-{announcement.webhook_id(notice)}"


def _checked(id: str) -> str:
    if len(id) > 60 or not id.isascii() or not set(id) <= set("0123456789abcdef-"):
        raise InvalidInput(f"{id[:60]!r} is not the id of a delivery.")
    return id


def _partition(subscription: str) -> str:
    return f"hook-log:{subscription}"


def _delivery(row: Row) -> Delivery:
    values = row.values
    owed_at, at = values["owed_at"], values["at"]
    assert isinstance(owed_at, datetime) and isinstance(at, datetime)
    return Delivery(
        id=row.key,
        webhook_id=row.key.partition("-")[2],
        type=str(values["type"]),
        ticket=str(values["ticket"]),
        notice=str(values["notice"]),
        state=str(values["state"]),
        attempts=int(str(values["attempts"])),
        status=int(str(values["status"])) if "status" in values else None,
        error=str(values["error"]) if "error" in values else None,
        owed_at=owed_at,
        at=at,
    )
