"""A token bucket with two sizes, a minute's and an hour's: how many mails the service's quota lets go now."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What is left of each allowance at `filled_at`, in thousandths of a mail (whole numbers store exactly)."""

    minute: int
    hour: int
    filled_at: datetime


def full(per_minute: int, per_hour: int, now: datetime) -> Bucket:
    return Bucket(minute=per_minute * 1000, hour=per_hour * 1000, filled_at=now)


def refilled(bucket: Bucket, per_minute: int, per_hour: int, now: datetime) -> Bucket:
    """The bucket as it stands now; both allowances flow back evenly and never overflow. A clock that went back adds nothing."""
    milliseconds = max(0, int((now - bucket.filled_at).total_seconds() * 1000))
    return Bucket(
        minute=min(per_minute * 1000, bucket.minute + milliseconds * per_minute // 60),
        hour=min(per_hour * 1000, bucket.hour + milliseconds * per_hour // 3600),
        filled_at=now,
    )


def taken(bucket: Bucket, wanted: int, leaving: int = 0) -> tuple[Bucket, int]:
    """The bucket without as many whole mails as it can give of those wanted, and how many those are.

    `leaving`: so many of the hour's are left to those that are more urgent.
    """
    given = max(0, min(wanted, bucket.minute // 1000, bucket.hour // 1000 - leaving))
    return Bucket(minute=bucket.minute - given * 1000, hour=bucket.hour - given * 1000, filled_at=bucket.filled_at), given
