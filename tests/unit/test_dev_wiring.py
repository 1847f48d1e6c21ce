"""What the local run puts in the place of the desk's parts."""

import socket
from datetime import UTC, datetime, timedelta

import pytest

from dev.bench.desks import environment
from dev.clock import SettableClock, machine_time
from dev.environment import PORTAL_SECRET, WITNESS_SECRET
from dev.sign import signed_headers
from dev.wiring import wire
from shared import app
from shared.actions.desk import Desk
from shared.domain.errors import AddressRefused, TimestampStale
from shared.domain.people import Role
from shared.domain.watch.sample import Outcome
from shared.domain.watch.service import Check, CheckKind, Service, Thresholds
from shared.settings import Settings
from tests.support.desks import Clock, a_desk


@pytest.fixture
def clock() -> SettableClock:
    clock = SettableClock()
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    return clock


@pytest.fixture
def desk(clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("PORTAL_WEBHOOK_SECRETS", PORTAL_SECRET)
    monkeypatch.setenv("WITNESS_WEBHOOK_SECRETS", WITNESS_SECRET)
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


def test_the_witness_has_a_secret_of_its_own_and_is_fresh_by_both_clocks(desk: Desk, clock: SettableClock) -> None:
    assert desk.witness is not None and WITNESS_SECRET != PORTAL_SECRET
    for sent_at in (clock.now(), machine_time()):
        headers = signed_headers(b"{}", webhook_id="msg_1", sent_at=sent_at, secret=WITNESS_SECRET)
        assert desk.witness.verify(b"{}", headers, desk.clock()) == "msg_1"


def test_the_local_run_alone_probes_this_machine(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        check = Check(kind=CheckKind.TCP, target=f"127.0.0.1:{listener.getsockname()[1]}")
        service = Service(id="s", name={"en": "S"}, owner="we", checks=(check,), thresholds=Thresholds(failures=1))
        deployed = app.wire(Settings.from_environ(environment("UseDevelopmentStorage=true")))
        [here] = desk.prober.probe([service], desk.clock(), timedelta(seconds=10))
        there = deployed.prober.probe([service], desk.clock(), timedelta(seconds=10))
    assert here.outcome is Outcome.GOOD
    assert there == [], "it was not looked at, which is unknown and not down"


def test_the_demo_header_signs_the_staff_and_customers_people_in_and_nobody_else(desk: Desk) -> None:
    anna, ada = desk.identify({"x-demo-user": "anna"}, desk.clock()), desk.identify({"x-demo-user": "ada"}, desk.clock())
    assert anna is not None and (anna.customer, anna.email, anna.is_staff) == ("ACME", "anna.bianchi@acme.example", False)
    assert ada is not None and (ada.customer, ada.roles) == ("ACME", frozenset({Role.CUSTOMER_ADMINISTRATOR}))
    carla = desk.identify({"x-demo-user": "carla"}, desk.clock())
    assert carla is not None and carla.id == "carla" and carla.is_staff
    assert desk.identify({"x-demo-user": "somebody"}, desk.clock()) is None
    assert desk.identify({}, desk.clock()) is None


def test_the_local_run_alone_sends_webhooks_to_this_machine(desk: Desk) -> None:
    desk.publisher.check("http://127.0.0.1:7071/dev/hooks")
    deployed = app.wire(Settings.from_environ(environment("UseDevelopmentStorage=true")))
    for url in ("http://127.0.0.1:7071/dev/hooks", "https://127.0.0.1/"):
        with pytest.raises(AddressRefused):
            deployed.publisher.check(url)
