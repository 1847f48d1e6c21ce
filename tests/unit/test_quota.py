"""The token bucket that keeps mail within the service's quota."""

from datetime import UTC, datetime, timedelta

from shared.domain import quota

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_full_bucket_gives_a_minutes_worth() -> None:
    left, given = quota.taken(quota.full(30, 100, NOW), 50)
    assert given == 30
    assert quota.taken(left, 1)[1] == 0


def test_it_flows_back_evenly_and_never_overflows() -> None:
    empty, _ = quota.taken(quota.full(30, 100, NOW), 30)
    assert quota.taken(quota.refilled(empty, 30, 100, NOW + timedelta(seconds=20)), 50)[1] == 10
    assert quota.taken(quota.refilled(empty, 30, 100, NOW + timedelta(days=1)), 50)[1] == 30


def test_the_hour_binds_when_it_is_the_tighter() -> None:
    bucket, sent = quota.full(30, 100, NOW), 0
    for minute in range(60):
        bucket, given = quota.taken(quota.refilled(bucket, 30, 100, NOW + timedelta(minutes=minute)), 30)
        sent += given
    assert 190 <= sent <= 200  # the hour's hundred to begin with, and what flows back in the hour


def test_a_clock_that_went_back_gives_nothing() -> None:
    empty, _ = quota.taken(quota.full(30, 100, NOW), 30)
    assert quota.taken(quota.refilled(empty, 30, 100, NOW - timedelta(days=1)), 50)[1] == 0
