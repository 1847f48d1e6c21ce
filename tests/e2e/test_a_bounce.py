"""A question to an address that takes no mail, through the whole local run: queue, timer, clocks, letters, evidence."""

import json

from shared.proof.verification.checks import outcomes
from tests.support.over_http import Desk, due, request, rome
from tests.support.sportello import Sportello

ADDRESS = "anna.bianchi@acme.example"


def test_a_question_that_bounced_never_stopped_a_clock(sportello: Sportello) -> None:
    desk = Desk(sportello)
    desk.at("2026-09-07 09:00")
    id = desk.take_in(request())["ticket"]
    desk.does("carla", id, "acknowledgement")
    before = due(desk.ticket(id), "resolution")
    sportello.call("POST", "/dev/mail-bounces", json={"address": ADDRESS}).raise_for_status()
    desk.does("carla", id, "hold", text="Quale versione?")
    sportello.set_clock(rome("2026-09-07 09:10"))
    ticket, events = desk.ticket(id), desk.events(id)
    assert (ticket["state"], due(ticket, "resolution")) == ("in_charge", before)
    assert [event["kind"] for event in events[-2:]] == ["paused", "bounced"]
    assert events[-1]["at"] == events[-2]["at"] <= events[-1]["recorded_at"]
    sportello.fire("sweep")
    assert any("non recapitata" in mail["subject"] for mail in desk.mails(id)), "those in charge are told"
    shown = sportello.call("GET", "/api/failures", staff="carla").json()["notices"]
    assert [each["error"] for each in shown if each["ticket"] == id and each["kind"] == "question"] == ["Bounced"]
    assert sportello.call("GET", "/api/health").json()["given_up_notices"] == 0
    raw = sportello.call("GET", f"/api/tickets/{id}/evidence", staff="carla").content
    assert [each.name for each in outcomes(json.loads(raw), raw) if each.broken] == []
    assert ADDRESS not in sportello.log.read_text(encoding="utf-8")
