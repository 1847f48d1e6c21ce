"""How events reach other systems, on both stores: at least once under one id, again after trouble, logged, replayed, not lost."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.actions import agenda, cases
from shared.actions.desk import Desk
from shared.actions.hooks import hook_log, subscriptions
from shared.actions.hooks.publish import publish
from shared.actions.hooks.subscriptions import Wanted
from shared.actions.ports import Delete, Table
from shared.actions.post.deliver import deliver, retry
from shared.actions.reconcile import reconcile
from shared.actions.running import failures, health
from shared.adapters.memory import MemoryMailer, MemoryPublisher, Posted
from shared.domain.errors import (
    AddressRefused,
    HookPostponed,
    HookRefused,
    InvalidInput,
    KeyReused,
    NotAllowedNow,
    NotFound,
    UnknownCustomer,
)
from shared.domain.notice import BACKOFF_S, NoticeKind, NoticeState
from shared.domain.people import Subscription
from tests.support.desks import CARLA, Clock, staff, taken_in

CRM = "https://crm.example/events"


def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


def received(desk: Desk) -> list[Posted]:
    return publisher(desk).received


def publisher(desk: Desk) -> MemoryPublisher:
    assert isinstance(desk.publisher, MemoryPublisher)
    return desk.publisher


def types(desk: Desk) -> list[str]:
    return [json.loads(post.body)["type"] for post in received(desk)]


def subscribed(desk: Desk, url: str = CRM, **wanted: object) -> Subscription:
    """A subscription that every instance knows of."""
    made, _ = subscriptions.register(desk, Wanted(url=url, **wanted), CARLA, clock(desk)())  # type: ignore[arg-type]
    clock(desk).forward(minutes=2)
    return made


def log(desk: Desk, subscription: Subscription) -> list[hook_log.Delivery]:
    return hook_log.page(desk, subscription.id, limit=50, cursor=None)[0]


def events(desk: Desk, ticket: str = "ACME-1") -> list[NoticeState]:
    return [n.state for n in cases.notices_of(desk, cases.load(desk, ticket).ticket) if n.kind is NoticeKind.EVENT]


def test_a_subscriber_is_told_what_happened_and_how_the_ticket_stands(desk: Desk) -> None:
    made = subscribed(desk)
    taken_in(desk)
    assert publish(desk, clock(desk)()).sent == 1
    [post] = received(desk)
    assert (post.url, post.secrets) == (CRM, (made.secret,))
    ticket = cases.load(desk, "ACME-1").ticket
    assert json.loads(post.body) == {
        "type": "ticket.received",
        "timestamp": "2026-03-02T08:02:00.000000Z",
        "data": {
            "ticket": "ACME-1",
            "customer": "ACME",
            "event": 1,
            "revision": 1,
            "state": "new",
            "classification": None,
            "priority": None,
            "assignee": None,
            "product": "zenshare-up",
            "next_due_at": ticket.clocks[0].due_at and ticket.clocks[0].due_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        },
    }
    assert publish(desk, clock(desk)()).due == 0
    [told] = log(desk, made)
    assert (told.state, told.attempts, told.status, told.error, told.webhook_id) == ("sent", 1, 200, None, post.id)


def test_webhooks_use_no_mail_quota_and_wait_for_no_mail(desk: Desk) -> None:
    subscribed(desk)
    taken_in(desk)
    none = replace(desk, options=replace(desk.options, mail_per_minute=1, mail_per_hour=1))
    assert publish(none, clock(desk)()).sent == 1
    assert deliver(none, clock(desk)()).sent == 1
    assert isinstance(desk.mailer, MemoryMailer) and len(desk.mailer.sent) == 1


def test_only_the_events_and_the_customer_that_were_asked_for_are_told(desk: Desk) -> None:
    subscribed(desk, "https://a.example/", kinds=["ticket.acknowledged"])
    subscribed(desk, "https://b.example/", customer="BETA")
    subscribed(desk, "https://c.example/", customer="ACME", kinds=["ticket.received", "ticket.closed"])
    taken_in(desk, source="w1")
    staff(desk, "ACME-1").acknowledge()
    publish(desk, clock(desk)())
    assert sorted((post.url, json.loads(post.body)["type"]) for post in received(desk)) == [
        ("https://a.example/", "ticket.acknowledged"),
        ("https://c.example/", "ticket.received"),
    ]


def test_what_is_not_taken_comes_back_with_backoff_under_the_same_id_with_the_same_body(desk: Desk) -> None:
    made = subscribed(desk)
    taken_in(desk)
    publisher(desk).fail_next(HookPostponed("answered 503"), arrived=True)
    publisher(desk).fail_next(HookPostponed("answered 429", retry_after_s=900), arrived=True)
    assert publish(desk, clock(desk)()).postponed == 1
    assert [(told.state, told.attempts, told.error) for told in log(desk, made)] == [("owed", 1, "answered 503")]
    assert publish(desk, clock(desk).forward(seconds=59)).due == 0
    assert publish(desk, clock(desk).forward(seconds=2)).postponed == 1
    assert publish(desk, clock(desk).forward(minutes=14)).due == 0
    assert publish(desk, clock(desk).forward(minutes=2)).sent == 1
    assert len({(post.id, post.body) for post in received(desk)}) == 1 and len(received(desk)) == 3
    assert [(told.state, told.attempts, told.status, told.error) for told in log(desk, made)] == [("sent", 3, 200, None)]


def test_after_the_last_attempt_an_event_is_given_up_shown_and_can_be_sent_again(desk: Desk) -> None:
    made = subscribed(desk)
    taken_in(desk)
    publisher(desk).fail_next(HookPostponed("down"), times=len(BACKOFF_S) + 1)
    for _ in range(len(BACKOFF_S) + 1):
        publish(desk, clock(desk).forward(hours=5))
    assert events(desk) == [NoticeState.FAILED]
    [given_up] = failures.given_up_notices(desk)
    assert isinstance(given_up, dict) and (given_up["kind"], given_up["error"]) == ("event", "down")
    assert log(desk, made)[0].state == "failed" and not list(agenda.every(desk, "w"))
    retry(desk, "ACME-1", given_up["notice"], clock(desk)())
    assert publish(desk, clock(desk)()).sent == 1
    assert failures.given_up_notices(desk) == [] and events(desk) == [NoticeState.SENT]


@pytest.mark.parametrize("error", [AddressRefused("a private address")])
def test_an_address_that_has_become_private_is_given_up_at_once(desk: Desk, error: AddressRefused) -> None:
    made = subscribed(desk)
    taken_in(desk)
    publisher(desk).fail_next(error)
    assert publish(desk, clock(desk)()).failed == 1
    assert log(desk, made)[0].error == "a private address"
    assert subscriptions.one(desk, made.id).is_active


def test_a_subscriber_that_is_gone_is_told_nothing_more_until_it_is_resumed(desk: Desk) -> None:
    made = subscribed(desk)
    taken_in(desk, source="w1")
    taken_in(desk, source="w2")
    publisher(desk).fail_next(HookRefused("gone (410)"))
    report = publish(desk, clock(desk)())
    assert (report.sent, report.failed, received(desk)) == (0, 1, [])
    stopped = subscriptions.one(desk, made.id)
    assert (stopped.is_active, stopped.stopped) == (False, "gone (410)")
    assert len(failures.given_up_notices(desk)) == 1, "one alarm, not one for each event that was waiting"
    clock(desk).forward(minutes=2)
    taken_in(desk, source="w3")
    assert publish(desk, clock(desk)()).due == 0
    with pytest.raises(NotAllowedNow, match="stopped"):
        subscriptions.replay(desk, made.id, log(desk, made)[0].id, clock(desk)())
    subscriptions.resume(desk, made.id)
    for told in log(desk, made):
        subscriptions.replay(desk, made.id, told.id, clock(desk)())
    assert publish(desk, clock(desk)()).sent == 2
    assert subscriptions.resume(desk, made.id).stopped is None


def test_what_is_owed_to_a_deleted_subscription_alarms_nobody(desk: Desk) -> None:
    made = subscribed(desk)
    taken_in(desk)
    subscriptions.delete(desk, made.id)
    subscriptions.delete(desk, made.id)
    publish(desk, clock(desk)())
    assert received(desk) == [] and failures.given_up_notices(desk) == []
    assert events(desk) == [NoticeState.FAILED] and not list(cases.under(desk, "ACME", "owed:"))[2:]
    with pytest.raises(NotFound):
        subscriptions.one(desk, made.id)


def test_a_dead_subscriber_holds_up_no_other_and_is_left_alone_for_a_minute(desk: Desk) -> None:
    subscribed(desk, "https://dead.example/")
    subscribed(desk, "https://alive.example/")

    class Half(MemoryPublisher):
        tried = 0

        def post(self, url: str, *rest: object) -> int:
            if "dead" in url:
                self.tried += 1
                raise HookPostponed("no answer in time")
            return super().post(url, *rest)  # type: ignore[arg-type]

    half = Half()
    mixed = replace(desk, publisher=half)
    for n in range(5):
        taken_in(mixed, source=f"w{n}")
    report = publish(mixed, clock(desk)())
    assert (report.sent, report.postponed, report.waiting, half.tried) == (5, 1, 4, 1)
    assert publish(mixed, clock(desk).forward(seconds=40)).due == 0
    assert health.check(mixed, clock(desk)()).agenda["overdue"] == 0, "what is put off is not due, and mail may wait"
    assert publish(mixed, clock(desk).forward(seconds=30)).waiting == 4
    assert publish(desk, clock(desk).forward(minutes=5)).sent == 5


def test_the_log_is_read_newest_first_a_page_at_a_time(desk: Desk) -> None:
    made = subscribed(desk)
    for n in range(5):
        clock(desk).forward(seconds=1)
        taken_in(desk, source=f"w{n}")
    publish(desk, clock(desk)())
    tickets, cursor = [], None
    for _ in range(3):
        page, cursor = hook_log.page(desk, made.id, limit=2, cursor=cursor)
        tickets.append([told.ticket for told in page])
    assert tickets == [["ACME-5", "ACME-4"], ["ACME-3", "ACME-2"], ["ACME-1"]] and cursor is None


def test_a_replay_sends_the_same_again_even_if_it_had_arrived(desk: Desk) -> None:
    made = subscribed(desk)
    taken_in(desk)
    publish(desk, clock(desk)())
    [told] = log(desk, made)
    clock(desk).forward(days=1)
    subscriptions.replay(desk, made.id, told.id, clock(desk)())
    assert log(desk, made)[0].state == "owed"
    subscriptions.replay(desk, made.id, told.id, clock(desk)())
    assert publish(desk, clock(desk)()).sent == 1
    first, second = received(desk)
    assert (first.id, first.body) == (second.id, second.body) and first.at < second.at
    assert len(log(desk, made)) == 1 and events(desk) == [NoticeState.SENT]
    with pytest.raises(NotFound):
        subscriptions.replay(desk, made.id, "0" * 16 + "-0", clock(desk)())


def test_a_secret_that_is_replaced_signs_on_for_a_day(desk: Desk) -> None:
    made = subscribed(desk)
    again = subscriptions.rotate(desk, made.id, clock(desk)())
    assert again.secret != made.secret
    taken_in(desk, source="w1")
    publish(desk, clock(desk)())
    clock(desk).forward(hours=25)
    taken_in(desk, source="w2")
    publish(desk, clock(desk)())
    assert [post.secrets for post in received(desk)] == [(again.secret, made.secret), (again.secret,)]


def test_a_rotation_that_is_repeated_ends_no_secret_that_may_be_in_use(desk: Desk) -> None:
    made = subscribed(desk)
    rotated = [subscriptions.rotate(desk, made.id, clock(desk)()).secret for _ in range(4)]
    assert set(subscriptions.one(desk, made.id).secrets_at(clock(desk)())) == {made.secret, *rotated}
    with pytest.raises(NotAllowedNow, match="still sign"):
        subscriptions.rotate(desk, made.id, clock(desk)())
    clock(desk).forward(hours=25)
    assert len(subscriptions.rotate(desk, made.id, clock(desk)()).retired) == 1


def test_a_lost_row_of_the_agenda_is_restored_at_night(desk: Desk) -> None:
    subscribed(desk)
    taken_in(desk)
    assert reconcile(desk, clock(desk)()).deliveries_restored == [], "nothing is lost yet"
    for shard, row in agenda.every(desk, "w"):
        desk.rows.commit(Table.AGENDA, shard, [Delete(row.key)])
    assert publish(desk, clock(desk)()).due == 0
    assert len(reconcile(desk, clock(desk)()).deliveries_restored) == 1
    assert publish(desk, clock(desk)()).sent == 1
    assert reconcile(desk, clock(desk)()).deliveries_restored == []


def test_an_event_that_nobody_works_on_is_seen_in_the_desks_health(desk: Desk) -> None:
    subscribed(desk)
    taken_in(desk)
    deliver(desk, clock(desk)())
    found = health.check(desk, clock(desk).forward(minutes=6))
    assert any("overdue agenda row" in problem for problem in found.problems)
    assert "the timer publish has never run" in found.problems


REFUSED: dict[str, tuple[Callable[[], Wanted], type[Exception], str]] = {
    "an event there is not": (lambda: Wanted(url=CRM, kinds=["ticket.vanished"]), InvalidInput, "ticket.resolved"),
    "a customer there is not": (lambda: Wanted(url=CRM, customer="NOBODY"), UnknownCustomer, "NOBODY"),
    "an address that is refused": (lambda: Wanted(url="http://crm.example/"), AddressRefused, "https"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_subscription_that_could_not_work_is_not_registered(desk: Desk, what: str) -> None:
    wanted, error, words = REFUSED[what]
    with pytest.raises(error, match=words):
        subscriptions.register(desk, wanted(), CARLA, clock(desk)())
    assert subscriptions.every(desk) == []


def test_there_are_ten_subscriptions_at_the_most(desk: Desk) -> None:
    for _ in range(10):
        subscribed(desk)
    with pytest.raises(NotAllowedNow, match="10"):
        subscribed(desk)


def test_the_same_idempotency_key_registers_once(desk: Desk) -> None:
    def register(url: str = CRM) -> tuple[Subscription, bool]:
        return subscriptions.register(desk, Wanted(url=url), CARLA, clock(desk)(), idempotency_key="k1")

    (first, was_there), (again, is_there) = register(), register()
    assert first == again and (was_there, is_there) == (False, True)
    assert len(subscriptions.every(desk)) == 1
    with pytest.raises(KeyReused):
        register("https://other.example/")


def test_two_runs_at_once_mark_each_event_once(desk: Desk) -> None:
    subscribed(desk)
    taken_in(desk)

    class Slow(MemoryPublisher):
        def post(self, *args: object) -> int:
            assert publish(desk, clock(desk)()).sent == 0, "it is claimed"
            return super().post(*args)  # type: ignore[arg-type]

    assert publish(replace(desk, publisher=Slow()), clock(desk)()).sent == 1
    assert received(desk) == [] and events(desk) == [NoticeState.SENT]
