"""The mail service's quota as a token bucket in the store: what one run takes, no other run can take at the same time."""

from datetime import datetime

from shared.actions.desk import Desk
from shared.actions.ports import Insert, Replace, Row, Table, Value
from shared.domain import quota
from shared.domain.errors import Conflict
from shared.domain.quota import Bucket

PARTITION, KEY = "quota", "mail"


def take(desk: Desk, wanted: int, now: datetime, *, leaving: int = 0) -> int:
    """How many mails may go, up to `wanted`; they are out of the bucket. None while another run takes its share.

    `leaving`: so many of the hour's are left to those that are more urgent.
    """
    options = desk.options
    row = desk.rows.get(Table.SYSTEM, PARTITION, KEY)
    if row is None:
        bucket = quota.full(options.mail_per_minute, options.mail_per_hour, now)
    else:
        bucket = quota.refilled(_bucket(row), options.mail_per_minute, options.mail_per_hour, now)
    left, given = quota.taken(bucket, wanted, leaving)
    return given if _kept(desk, left, row) else 0


def give_back(desk: Desk, unused: int) -> None:
    """Puts back what was taken and not sent. Should another run be quicker, the tokens are lost, never doubled."""
    row = desk.rows.get(Table.SYSTEM, PARTITION, KEY) if unused > 0 else None
    if row is not None:
        bucket = _bucket(row)
        more = unused * 1000
        _kept(desk, Bucket(minute=bucket.minute + more, hour=bucket.hour + more, filled_at=bucket.filled_at), row)


def _kept(desk: Desk, bucket: Bucket, before: Row | None) -> bool:
    values: dict[str, Value] = {"minute": bucket.minute, "hour": bucket.hour, "filled_at": bucket.filled_at}
    row = Row(key=KEY, values=values, etag=before.etag if before else "")
    try:
        desk.rows.commit(Table.SYSTEM, PARTITION, [Replace(row) if before else Insert(row)])
    except Conflict:
        return False
    return True


def _bucket(row: Row) -> Bucket:
    minute, hour, filled_at = row.values["minute"], row.values["hour"], row.values["filled_at"]
    assert isinstance(minute, int) and isinstance(hour, int) and isinstance(filled_at, datetime)
    return Bucket(minute=minute, hour=hour, filled_at=filled_at)
