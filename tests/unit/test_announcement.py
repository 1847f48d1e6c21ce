"""What other systems are told: thin, without personal data, nothing of vulnerabilities, and never in the place of people."""

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest

from shared.actions import cases, customers
from shared.actions.desk import Desk
from shared.actions.hooks import subscriptions
from shared.actions.hooks.publish import publish
from shared.actions.hooks.subscriptions import Wanted
from shared.actions.ports import Table, Upsert
from shared.adapters.memory import MemoryPublisher
from shared.domain.announcement import MOST, TYPES
from shared.domain.contract import Course
from shared.domain.notice import NoticeKind
from shared.domain.people import Subscription
from tests.support.desks import CARLA, PEOPLE, Clock, a_desk, staff, taken_in


@pytest.fixture
def desk() -> Desk:
    return a_desk(Clock())


def subscribed(desk: Desk, times: int = 1) -> None:
    for number in range(times):
        subscriptions.register(desk, Wanted(url=f"https://s{number}.example/"), CARLA, desk.clock())
    assert isinstance(desk.clock, Clock)
    desk.clock.forward(minutes=2)


def told(desk: Desk) -> list[dict[str, object]]:
    publish(desk, desk.clock())
    assert isinstance(desk.publisher, MemoryPublisher)
    return [json.loads(post.body) for post in desk.publisher.received]


def test_no_name_address_or_text_leaves_with_an_event(desk: Desk) -> None:
    subscribed(desk)
    ticket = taken_in(desk, subject="Codice segreto", description="Anna ha la password rossa")
    staff(desk, ticket.id).acknowledge()
    staff(desk, ticket.id).reply("Gentile Anna, la password rossa")
    told(desk)
    assert isinstance(desk.publisher, MemoryPublisher)
    sent = b" ".join(post.body for post in desk.publisher.received).decode().lower()
    assert sent.count("ticket.") == 3
    for word in ("segreto", "anna", "password", "bianchi", "@", "acme.example"):
        assert word not in sent


def test_nothing_is_told_of_a_vulnerability_and_again_when_it_turns_out_to_be_none(desk: Desk) -> None:
    subscribed(desk)
    contract = cases.contract_of(desk, ticket := taken_in(desk))
    [restricted] = [c.id for c in contract.classifications.values() if c.course is Course.VULNERABILITY]
    other = next(c.id for c in contract.classifications.values() if c.course is Course.REPAIR)
    staff(desk, ticket.id).acknowledge()
    staff(desk, ticket.id).classify(restricted)
    staff(desk, ticket.id).prioritise(1)
    assert [event["type"] for event in told(desk)] == ["ticket.received", "ticket.acknowledged"]
    staff(desk, ticket.id).classify(other)
    assert told(desk)[-1]["type"] == "ticket.classified"


def test_other_systems_take_no_place_from_people_and_all_fit_one_transaction(desk: Desk) -> None:
    for number in range(60):
        customers.employ(desk, replace(PEOPLE[0], id=f"manager{number:02d}"))
    subscribed(desk, times=10)
    ticket = taken_in(desk)
    notices = cases.notices_of(desk, ticket)
    kinds = [notice.kind for notice in notices]
    assert kinds.count(NoticeKind.EVENT) == MOST == 10 and len(kinds) == 45
    [event] = cases.events_of(desk, ticket)
    assert event.data["not_told"] == 62 - 35


def test_more_subscriptions_than_fit_are_not_told(desk: Desk) -> None:
    for number in range(12):
        made = Subscription(id=f"s{number:02d}", url="https://s.example/", secret="whsec_x")
        desk.rows.commit(Table.SYSTEM, customers.DIRECTORY, [Upsert(customers.subscription_row(made))])
    ticket = taken_in(desk)
    assert sum(notice.kind is NoticeKind.EVENT for notice in cases.notices_of(desk, ticket)) == MOST


def test_every_event_that_the_domain_makes_has_a_type_to_subscribe_to() -> None:
    made = set()
    for file in Path("shared/domain").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Happened":
                made |= {k.value.value for k in node.keywords if k.arg == "kind" and isinstance(k.value, ast.Constant)}
    assert made and {f"ticket.{kind}" for kind in map(str, made)} <= TYPES


def test_a_secret_is_in_no_representation() -> None:
    assert "whsec" not in repr(Subscription(id="a", url="https://a.example", secret="whsec_x"))
