"""A desk's life over HTTP, with the clock running: holds, a closure of two weeks, priorities, breaches, escalations, a reopening.

The demo announces a summer closure from Monday 10 to Friday 21 August 2026. All deadlines below were worked out by hand.
"""

import hashlib
import json
from datetime import datetime, timedelta

import pytest

from tests.support.over_http import Desk, clock, due, request, rome
from tests.support.sportello import Sportello

TICKING = timedelta(minutes=3)
"""The clock runs on while the test does: instants that follow from a moment of the test are this exact."""


@pytest.fixture
def desk(sportello: Sportello) -> Desk:
    return Desk(sportello)


def test_a_fortnight(desk: Desk) -> None:
    desk.at("2026-08-05 10:00")
    taken = desk.take_in(request(occurred_at="2026-08-05T09:30:00+02:00"))
    first = taken["ticket"]
    assert datetime.fromisoformat(taken["response_due_at"]) == rome("2026-08-05 10:30")
    assert datetime.fromisoformat(taken["resolution_due_at"]) == rome("2026-08-06 18:30")

    desk.does("carla", first, "acknowledgement")
    desk.does("carla", first, "classification", classification="bug")
    ticket = desk.does("carla", first, "priority", priority=3)
    assert clock(ticket, "response")["state"] == "met"
    assert due(ticket, "response") == rome("2026-08-06 09:30")  # 8 working hours
    assert due(ticket, "resolution") == rome("2026-08-26 18:30")  # 6 and 7, then 24, 25 and 26 August
    desk.does("carla", first, "assignee", assignee="omar")

    desk.at("2026-08-06 11:00")
    desk.does("omar", first, "hold", text="Quale versione usate?")
    desk.sportello.fire("sweep")
    assert desk.ticket(first)["state"] == "on_hold"
    desk.at("2026-08-07 11:00")
    ticket = desk.does("omar", first, "answer", text="La 7.2.")
    assert abs(due(ticket, "resolution") - rome("2026-08-27 18:30")) < TICKING  # 8 hours were paused

    desk.at("2026-08-07 17:50")
    english = request(
        customer="BETA",
        product="preservation-grammelot",
        contact={"name": "Jane Doe", "email": "jane@beta.example"},
        subject="The package was refused",
        description="Since this morning every package is refused without a reason that we can read.",
    )
    second = desk.take_in(english)["ticket"]
    ticket = desk.ticket(second)
    assert (ticket["language"], due(ticket, "response")) == ("en", rome("2026-08-24 18:30"))  # 1 working day
    assert due(ticket, "resolution") == rome("2026-09-11 18:30")  # 15 working days

    desk.at("2026-08-14 10:00")
    shown = clock(desk.ticket(second), "response")
    assert shown["stopped_by"] == "closure: Chiusura estiva"
    assert datetime.fromisoformat(shown["counts_again_at"]) == rome("2026-08-24 09:00")

    desk.at("2026-08-24 18:31")
    assert clock(desk.ticket(second), "response")["state"] == "breached"
    assert [e["data"]["stage"] for e in desk.events(second) if e["kind"] == "breached"]
    ticket = desk.does("carla", second, "acknowledgement")
    assert clock(ticket, "response")["state"] == "breached"
    desk.does("carla", second, "classification", classification="bug")
    ticket = desk.does("carla", second, "priority", priority=2)
    assert clock(ticket, "response")["state"] == "met"  # 7 working days: 1 September
    assert due(ticket, "response") == rome("2026-09-01 18:30")

    desk.at("2026-08-28 10:00")
    kinds = [e["kind"] for e in desk.events(first)]
    assert kinds.count("breached") == 1 and "escalated" not in kinds
    desk.at("2026-08-28 13:05")
    assert [e["kind"] for e in desk.events(first)].count("escalated") == 1  # 4 working hours late
    resolved = desk.does("omar", first, "resolution", text="Corretto con la 7.2.1.")
    assert clock(resolved, "resolution")["state"] == "breached"
    desk.at("2026-08-31 10:00")
    reopened = desk.does("carla", first, "reopening", text="Non va ancora.")
    assert clock(reopened, "resolution", 1)["state"] == "breached"
    assert due(reopened, "resolution", 2) == rome("2026-09-07 18:30")  # 1, 2, 3, 4 and 7 September

    _check_mail(desk, first, second)
    _check_chain(desk, first)
    _check_chain(desk, second)
    desk.sportello.fire("reconcile")
    health = desk.sportello.call("GET", "/api/health")
    assert health.status_code == 200, health.text


def _check_mail(desk: Desk, first: str, second: str) -> None:
    """Each once, to those concerned, in their language, with the reasons."""
    desk.sportello.fire("sweep")
    ids = [mail["message_id"] for mail in desk.sportello.outbox()]
    assert len(ids) == len(set(ids))
    italian, english = desk.mails(first), desk.mails(second)
    [receipt] = [
        m for m in italian if "anna.bianchi" in str(m["to"]) and "ricevut" in m["text"].lower() and "scaden" in m["text"].lower()
    ][:1]
    assert "agosto" in receipt["text"]
    [receipt] = [m for m in english if "jane@beta.example" in str(m["to"])][:1]
    assert "August" in receipt["text"] and "Summer closure" in receipt["text"]
    breach = [m for m in italian if "sandro@desk.example" in str(m["to"])]
    assert breach and any("Chiusura estiva" in m["text"] for m in breach)


def _check_chain(desk: Desk, ticket: str) -> None:
    """The chain as anybody can check it who has nothing but the JSON."""
    previous = "0" * 64
    for number, event in enumerate(desk.events(ticket), start=1):
        assert (event["number"], event["previous"]) == (number, previous)
        body = {key: value for key, value in event.items() if key != "hash"} | {"ticket": ticket}
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == event["hash"]
        previous = event["hash"]


def test_the_clock_passes_every_deadline_at_once_and_all_is_told_once(desk: Desk) -> None:
    desk.at("2026-03-02 09:00")
    id = desk.take_in(request(subject="Tutto in una volta"))["ticket"]
    desk.at("2026-03-20 09:00")
    stages = [(e["data"]["deadline"], e["data"]["stage"]) for e in desk.events(id) if "stage" in e["data"]]
    assert len(stages) == len(set(stages)) >= 8
    before = len(desk.mails(id))
    desk.at("2026-03-20 09:05")
    assert len(desk.mails(id)) == before
    assert any("SCADUTA" in m["subject"] for m in desk.mails(id))


def test_the_customer_opens_the_link_in_the_mail(desk: Desk) -> None:
    desk.at("2026-03-02 09:00")
    taken = desk.take_in(request(subject="Con il collegamento"))
    path = taken["url"].removeprefix(desk.sportello.url)
    page = desk.sportello.call("GET", path)
    assert page.status_code == 200 and "Con il collegamento" in page.text and 'lang="it"' in page.text
    assert 'lang="en"' in desk.sportello.call("GET", path + "&lang=en").text
    assert desk.sportello.call("GET", path[:-3] + "abc").status_code == 404
