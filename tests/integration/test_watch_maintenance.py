"""Maintenance is announced before it begins, or it is not maintenance; who is affected is written to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.actions import customers
from shared.actions.ports import Insert, Replace, Table
from shared.actions.status import letters, subscribed
from shared.actions.watch import maintenance
from shared.adapters.memory import MemoryRows
from shared.domain.people import Correspondent
from shared.domain.status.subscriber import Subscriber
from tests.support.desks import in_brief, rome
from tests.support.doors import Answer, as_staff
from tests.support.faults import Crash, Fuse, FusedRows
from tests.support.watched import HOURLY, INNER, SERVICES, Watched

BODY: dict[str, Any] = {
    "services": ["archive"],
    "starts_at": "2026-03-12T09:00:00+01:00",
    "ends_at": "2026-03-12T15:00:00+01:00",
    "reason": {"it": "Aggiornamento del database", "en": "Database update"},
}
ANNA = Correspondent(name="Anna", email="anna@acme.example", language="it")
AL = Correspondent(name="Al", email="al@acme.example", language="en")
BOB = Correspondent(name="Bob", email="bob@beta.example", language="en")


def a_watch(**more: Any) -> Watched:
    return Watched("2026-03-02 10:00", **more)


def announced(watched: Watched, who: str = "sandro", key: str = "", **changes: Any) -> Answer:
    headers = {"idempotency_key": key} if key else {}
    return as_staff(watched.desk, who, "POST", "/api/maintenance", {**BODY, **changes}, **headers)


def sent(watched: Watched) -> list[tuple[str, str]]:
    watched.clock.forward(minutes=1)
    letters.work(watched.desk, watched.now)
    return [(mail.to, mail.subject) for mail in watched.mailer.sent]


def test_the_moment_of_announcement_is_the_desks_own_clock() -> None:
    answer = announced(watched := a_watch())
    assert answer.status == 201 and answer.json["announced_at"] == "2026-03-02T09:00:00.000000Z"
    assert answer.json["announced_by"] == "sandro"
    assert announced(watched, announced_at="2026-01-01T00:00:00Z").status == 422
    assert announced(watched, key="k", cancelled_at="2026-01-01T00:00:00Z").status == 422


@pytest.mark.parametrize("begins", ["2026-03-02T10:00:00+01:00", "2026-03-02T09:00:00+01:00", "2026-02-12T09:00:00+01:00"])
def test_none_can_be_entered_afterwards(begins: str) -> None:
    answer = announced(a_watch(), starts_at=begins)
    assert answer.status == 422 and "none can be entered afterwards" in answer.json["detail"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"services": ["other"]}, "archive"),
        ({"services": []}, "services"),
        ({"ends_at": "2026-03-12T09:00:00+01:00"}, "before it begins"),
        ({"ends_at": "2026-03-20T09:00:00+01:00"}, "7 days"),
        ({"starts_at": "2030-03-12T09:00:00+01:00", "ends_at": "2030-03-12T10:00:00+01:00"}, "two years"),
        ({"starts_at": "2026-03-12T09:00:00"}, "offset"),
        ({"starts_at": "2026-03-12T09:00:00.5+01:00"}, "whole seconds"),
        ({"starts_at": "2026-03-12T09:00:00+01:00", "ends_at": "2026-03-12T09:00:00.250+01:00"}, "whole seconds"),
        ({"reason": {"it": "Solo italiano"}}, "en"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_right(changes: dict[str, Any], said: str) -> None:
    answer = announced(a_watch(), **changes)
    assert answer.status == 422 and said in answer.json["detail"]


def test_what_will_not_be_excluded_is_said_beforehand() -> None:
    """The contract excludes maintenance in business hours: 9:00-13:00 and 14:30-18:30."""
    (effect,) = announced(a_watch()).json["effects"]
    assert (effect["guarantee"], effect["service"]) == ("data-centre", "archive")
    assert [(part["from"][11:16], part["to"][11:16], part["why"]) for part in effect["parts"]] == [
        ("08:00", "12:00", "excluded"),
        ("12:00", "13:30", "hours"),
        ("13:30", "14:00", "excluded"),
    ]


def test_a_window_can_be_withdrawn_until_it_begins_and_never_changed_after() -> None:
    watched = a_watch()
    id = announced(watched).json["id"]
    watched.clock.set("2026-03-12 09:00")
    refused = as_staff(watched.desk, "sandro", "DELETE", f"/api/maintenance/{id}")
    assert refused.status == 409 and "stands as it was announced" in refused.json["detail"]
    watched.clock.set("2026-03-12 08:59")
    for _ in range(2):
        cancelled = as_staff(watched.desk, "sandro", "DELETE", f"/api/maintenance/{id}")
        assert cancelled.status == 200 and cancelled.json["cancelled_at"] == "2026-03-12T07:59:00.000000Z"
    shown = as_staff(watched.desk, "carla", "GET", f"/api/maintenance/{id}").json
    assert {part["why"] for effect in shown["effects"] for part in effect["parts"]} == {"cancelled"}
    assert as_staff(watched.desk, "sandro", "DELETE", "/api/maintenance/nothing").status == 404


def test_the_list_has_what_touches_the_time_asked_for() -> None:
    watched = a_watch()
    first = announced(watched).json["id"]
    second = announced(watched, starts_at="2026-03-11T22:00:00+01:00", ends_at="2026-03-12T09:00:00+01:00").json["id"]

    def listed(query: str = "") -> list[str]:
        return [each["id"] for each in as_staff(watched.desk, "carla", "GET", f"/api/maintenance{query}").json["maintenance"]]

    assert listed() == [second, first]
    assert listed("?from=2026-03-12T08:00:00Z&to=2026-03-13T00:00:00Z") == [first]
    assert listed("?from=2026-03-12T13:59:59Z") == [first] and listed("?from=2026-03-12T14:00:00Z") == []
    assert listed("?from=2026-03-01T00:00:00Z&to=2026-03-11T21:00:00Z") == []


def test_the_same_key_announces_once_and_another_body_under_it_is_refused() -> None:
    watched = a_watch()
    first = announced(watched, key="k1")
    watched.clock.set("2026-03-20 10:00")
    again = announced(watched, key="k1")
    assert again.status == 200 and again.headers["Idempotent-Replayed"] == "true"
    assert again.json["id"] == first.json["id"] and again.json["announced_at"] == first.json["announced_at"]
    other = announced(watched, key="k1", services=["portal"])
    assert other.status == 422 and other.json["type"].endswith("idempotency-key-reused")


def test_customers_whose_products_run_on_the_service_are_written_to_in_their_language() -> None:
    watched = a_watch()
    watched.writes_to("ACME", ANNA, AL)
    watched.writes_to("BETA", BOB)
    announced(watched)
    assert sorted(sent(watched)) == [
        ("al@acme.example", "maintenance_announced en"),
        ("anna@acme.example", "maintenance_announced it"),
        ("bob@beta.example", "maintenance_announced en"),
    ]
    assert len(sent(watched)) == 3, "once"


def test_nobody_is_written_to_about_what_they_do_not_use_or_when_their_contract_is_over() -> None:
    watched = a_watch()
    watched.writes_to("BETA", BOB)
    announced(watched, services=["inner"])
    watched.clock.set("2027-02-01 10:00")
    announced(watched, starts_at="2027-03-12T09:00:00+01:00", ends_at="2027-03-12T10:00:00+01:00")
    assert sent(watched) == []


def test_no_letter_names_a_service_that_is_not_public_or_is_written_for_it_alone() -> None:
    """`inner` runs BETA's product and is for staff alone: ACME and the subscriber read of the archive, BETA nothing."""
    inner = replace(INNER, name={"it": "Motore segreto", "en": "Secret engine"}, products=("zenshare-suite",))
    services = replace(SERVICES, services={"archive": HOURLY, "inner": inner})
    watched = a_watch(services=services)
    watched.desk = replace(watched.desk, write=lambda each: replace(in_brief(each), text=str(each.facts["services"])))
    watched.writes_to("ACME", ANNA)
    watched.writes_to("BETA", BOB)
    customer, etag = customers.find(watched.desk, "BETA")
    row = customers.customer_row(replace(customer, products=("zenshare-suite",)), etag)
    watched.desk.rows.commit(Table.DESK, "BETA", [Replace(row)])
    at, email = watched.now, "reader@x.example"
    key = subscribed.key_of_address(watched.desk, email)
    reader = Subscriber(key=key, email=email, language="en", asked_at=at, until=at, confirmed_at=at)
    watched.desk.rows.commit(Table.WATCH, subscribed.PARTITION, [Insert(subscribed.row(reader))])
    announced(watched, services=["inner"])
    id = announced(watched, services=["archive", "inner"]).json["id"]
    sent(watched)
    as_staff(watched.desk, "sandro", "DELETE", f"/api/maintenance/{id}")
    assert sorted(sent(watched)) == [
        ("anna@acme.example", "maintenance_announced it"),
        ("anna@acme.example", "maintenance_cancelled it"),
        ("reader@x.example", "maintenance_announced en"),
        ("reader@x.example", "maintenance_cancelled en"),
    ]
    assert {mail.text for mail in watched.mailer.sent} == {"[{'it': 'Archivio', 'en': 'Archive'}]"}


def test_a_cancellation_is_told_too() -> None:
    watched = a_watch()
    watched.writes_to("ACME", ANNA)
    id = announced(watched).json["id"]
    assert [subject for _, subject in sent(watched)] == ["maintenance_announced it"]
    watched.clock.forward(minutes=1)
    as_staff(watched.desk, "sandro", "DELETE", f"/api/maintenance/{id}")
    assert [subject for _, subject in sent(watched)] == ["maintenance_announced it", "maintenance_cancelled it"]


def test_what_is_cancelled_before_its_announcement_has_left_is_announced_to_nobody_any_more() -> None:
    watched = a_watch()
    watched.writes_to("ACME", ANNA)
    id = announced(watched).json["id"]
    watched.clock.forward(minutes=1)
    as_staff(watched.desk, "sandro", "DELETE", f"/api/maintenance/{id}")
    assert [subject for _, subject in sent(watched)] == ["maintenance_cancelled it"]


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("call", range(12))
def test_a_crash_neither_loses_nor_invents_a_letter(call: int, after_effect: bool) -> None:
    """The same request is sent again under its key, or never again: letters go out for what was announced, once."""
    rows = MemoryRows()
    watched = a_watch(rows=rows)
    watched.writes_to("ACME", ANNA)
    fuse = Fuse(call, after_effect, Crash)
    whole, broken = watched.desk, replace(watched.desk, rows=FusedRows(rows, fuse))
    try:
        as_staff(broken, "sandro", "POST", "/api/maintenance", BODY, idempotency_key="k1")
    except Crash:
        pass
    stands = maintenance.between(whole, rome("2026-03-12 00:00"), rome("2026-03-13 00:00"))
    watched.clock.now += timedelta(minutes=20)
    assert len(sent(watched)) == len(stands)
    watched.clock.now -= timedelta(minutes=20)
    announced(watched, key="k1")
    assert len(sent(watched)) == 1
    assert len(maintenance.between(whole, rome("2026-03-12 00:00"), rome("2026-03-13 00:00"))) == 1
    assert whole.rows.scan(Table.AGENDA, "00", after="m|", before="m|~") == []
