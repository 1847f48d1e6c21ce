"""The Customer Care Manager lets somebody read what is not theirs, for a reason and a time; all of it is told and kept."""

import re
from datetime import timedelta
from typing import Any

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.adapters.memory import MemoryMailer
from shared.domain import evidence
from shared.domain.evidence import stamp
from shared.web.links import Links
from shared.web.mail import Letters
from tests.support.desks import Clock, a_desk, taken_in
from tests.support.doors import Answer, as_staff
from tests.support.letters import flat

REASON = "Olga ha seguito la migrazione di questo archivio."


def granted(desk: Desk, who: str = "carla", **changes: Any) -> Answer:
    return as_staff(desk, who, "POST", "/api/tickets/ACME-1/grants", {"operator": "olga", "text": REASON, **changes})


def read_by(desk: Desk, who: str) -> int:
    return as_staff(desk, who, "GET", "/api/tickets/ACME-1").status


def test_a_grant_opens_the_ticket_for_seven_days_unless_it_says_otherwise() -> None:
    desk = a_desk(clock := Clock())
    taken_in(desk)
    assert read_by(desk, "olga") == 403
    answer = granted(desk)
    assert answer.status == 200
    assert answer.json["grants"] == [
        {
            "number": 1,
            "operator": "olga",
            "granted_by": "carla",
            "at": stamp(clock.now),
            "until": stamp(clock.now + timedelta(days=7)),
            "revoked_at": None,
        }
    ]
    assert (read_by(desk, "olga"), read_by(desk, "omar")) == (200, 403)
    clock.forward(days=7)
    assert read_by(desk, "olga") == 403
    assert granted(desk, until=stamp(clock.now + timedelta(hours=1))).json["grants"][-1]["number"] == 2
    assert read_by(desk, "olga") == 200
    clock.forward(hours=1)
    assert read_by(desk, "olga") == 403


def test_a_grant_is_taken_back_at_once_and_taking_it_back_again_changes_nothing() -> None:
    desk = a_desk(Clock())
    taken_in(desk)
    granted(desk)
    first = as_staff(desk, "carla", "DELETE", "/api/tickets/ACME-1/grants/1")
    again = as_staff(desk, "carla", "DELETE", "/api/tickets/ACME-1/grants/1")
    assert first.status == again.status == 200
    assert first.json["revision"] == again.json["revision"]
    assert first.json["grants"][0]["revoked_at"] is not None
    assert read_by(desk, "olga") == 403


def test_the_history_keeps_who_may_read_and_why_and_the_reason_is_a_text_beside_the_chain() -> None:
    desk = a_desk(Clock())
    taken_in(desk)
    granted(desk)
    as_staff(desk, "carla", "DELETE", "/api/tickets/ACME-1/grants/1")
    ticket = cases.load(desk, "ACME-1").ticket
    given, revoked = (event for event in cases.events_of(desk, ticket) if event.kind in ("granted", "grant_revoked"))
    [reason] = [text for text in cases.contents_of(desk, ticket) if text.text == REASON]
    assert given.data["reason"] == reason.commitment == ticket.grants[0].reason
    assert (given.actor, given.data["operator"], revoked.data["number"]) == ("carla", "olga", 1)
    assert REASON not in str(given.data)
    assert evidence.first_broken(cases.events_of(desk, ticket)) is None


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"operator": "nobody"}, 422, "no member of staff"),
        ({"operator": "anna"}, 422, "no member of staff"),
        ({"text": " "}, 422, "text"),
        ({"until": "2026-03-02T09:00:00+01:00"}, 422, "until must lie after now"),
        ({"until": "2026-06-01T09:00:00+01:00"}, 422, "90 days"),
        ({"until": "2026-03-05T09:00:00"}, 422, "offset from UTC"),
        ({"until": "9999-12-31T23:59:59-12:00"}, 422, "out of range"),
        ({"unknown": 1}, 422, "not known here"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused_with_what_is_wrong(changes: dict[str, Any], status: int, says: str) -> None:
    desk = a_desk(Clock())
    taken_in(desk)
    answer = granted(desk, **changes)
    assert (answer.status, says in answer.json["detail"]) == (status, True), answer.json


@pytest.mark.parametrize("number", ["2", "0", "x", "1.0", "²", "999999"])
def test_a_grant_that_was_never_given_cannot_be_taken_back(number: str) -> None:
    desk = a_desk(Clock())
    taken_in(desk)
    granted(desk)
    assert as_staff(desk, "carla", "DELETE", f"/api/tickets/ACME-1/grants/{number}").status == 404


@pytest.mark.parametrize("who", ["omar", "olga", "sandro", "anna", "ada", "bruno"])
def test_nobody_but_the_customer_care_manager_lets_anybody_in(who: str) -> None:
    desk = a_desk(Clock())
    taken_in(desk)
    assert granted(desk, who).status == 403
    granted(desk)
    assert as_staff(desk, who, "DELETE", "/api/tickets/ACME-1/grants/1").status == 403


def test_a_grant_asked_for_twice_under_one_key_is_given_once() -> None:
    desk = a_desk(Clock())
    taken_in(desk)
    body = {"operator": "olga", "text": REASON}
    first, again = (as_staff(desk, "carla", "POST", "/api/tickets/ACME-1/grants", body, idempotency_key="k1") for _ in range(2))
    assert (first.status, again.status) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(again.json["grants"]) == 1


@pytest.mark.parametrize(
    ("operator", "subject", "until"),
    [("olga", "Puoi consultare una richiesta non assegnata a te", "fino a"), ("omar", "You may read a request", "until")],
)
def test_the_operator_is_told_why_and_until_when_in_their_language(operator: str, subject: str, until: str) -> None:
    url = "https://desk.example"
    letters = Letters(links=Links(url, b"a secret for the tests, of no use"), public_url=url)
    desk = a_desk(Clock(), mailer=(mailer := MemoryMailer()), render=letters.render)
    taken_in(desk)
    granted(desk, operator=operator)
    deliver(desk, desk.clock())
    [letter] = [mail for mail in mailer.sent if mail.to == f"{operator}@desk.example"]
    assert subject in letter.subject
    said = flat(letter.text)
    assert REASON in said and re.search(rf" {until} .*9 (marzo|March) 2026", said)
    assert "{{" not in said and "ACME-1" in said
