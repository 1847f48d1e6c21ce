"""What the local run puts in the place of the desk's parts."""

from datetime import UTC, datetime, timedelta

import pytest

from dev.clock import SettableClock, machine_time
from dev.environment import PORTAL_SECRET
from dev.sign import signed_headers
from dev.wiring import wire
from shared.actions.desk import Desk
from shared.domain.errors import TimestampStale
from tests.support.desks import Clock, a_desk


@pytest.fixture
def clock() -> SettableClock:
    clock = SettableClock()
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    return clock


@pytest.fixture
def desk(clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("PORTAL_WEBHOOK_SECRETS", PORTAL_SECRET)
    return wire(a_desk(Clock(), enrol=False), clock)


def test_the_desk_lives_by_the_settable_clock(desk: Desk, clock: SettableClock) -> None:
    assert abs(desk.clock() - clock.now()) < timedelta(seconds=1)


def test_a_webhook_is_fresh_by_the_moved_clock_and_by_the_machines(desk: Desk, clock: SettableClock) -> None:
    for sent_at in (clock.now(), machine_time()):
        headers = signed_headers(b"{}", webhook_id="msg_1", sent_at=sent_at)
        assert desk.webhooks.verify(b"{}", headers, desk.clock()) == "msg_1"
    stale = signed_headers(b"{}", webhook_id="msg_1", sent_at=datetime(2028, 1, 1, tzinfo=UTC))
    with pytest.raises(TimestampStale):
        desk.webhooks.verify(b"{}", stale, desk.clock())


def test_the_demo_header_signs_staff_in_and_nobody_else(desk: Desk) -> None:
    carla = desk.identify({"x-demo-user": "carla"})
    assert carla is not None and carla.id == "carla" and carla.is_staff
    assert desk.identify({"x-demo-user": "somebody"}) is None
    assert desk.identify({}) is None
