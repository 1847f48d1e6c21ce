"""A desk all of whose timers have stalled, over HTTP and the real worker: after one knock from outside nothing is missing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from dev.azurite import is_installed
from dev.environment import TICK_KEY
from shared.actions.running.rounds import ROUNDS
from tests.conftest import require
from tests.support.over_http import Desk, clock, request, rome
from tests.support.sportello import Sportello, running

TIMERS = ("probe", "judge", "sweep", "reconcile")


@pytest.fixture
def stalled(tmp_path: Path) -> Iterator[Sportello]:
    require(is_installed(), "Azurite, the storage emulator,", "make setup")
    with running(tmp_path / "data", without_timers=TIMERS) as sportello:
        yield sportello


def knock(sportello: Sportello) -> requests.Response:
    return sportello.call("POST", "/api/internal/tick", headers={"X-Tick-Key": TICK_KEY})


def run_by(answer: requests.Response) -> dict[str, tuple[float | None, str]]:
    assert answer.status_code == 200, answer.text
    return {each["timer"]: (each["late_s"], each["outcome"]) for each in answer.json()["ran"]}


def health(sportello: Sportello) -> dict[str, Any]:
    found: dict[str, Any] = sportello.call("GET", "/api/health").json()
    return found


def test_an_hour_without_timers_is_caught_up_by_one_knock(stalled: Sportello) -> None:
    stalled.set_clock(rome("2026-03-02 09:00"))
    assert health(stalled)["status"] == "failing"
    assert run_by(knock(stalled)) == {each.name: (None, "ok") for each in ROUNDS}, "as right after a deployment"
    assert health(stalled)["problems"] == []

    desk = Desk(stalled)
    ticket = desk.take_in(request(occurred_at="2026-03-02T08:55:00+01:00"))["ticket"]
    stalled.set_clock("+1h")
    assert desk.mails(ticket) == []
    assert "the oldest overdue agenda row is 3000 s old" in health(stalled)["problems"]

    answer = knock(stalled)
    late = run_by(answer)
    assert late.keys() == {each.name for each in ROUNDS} - {"reconcile"}
    assert all(late_s is not None and 3200 < late_s < 3700 and outcome == "ok" for late_s, outcome in late.values())
    assert answer.elapsed.total_seconds() < 30
    assert clock(desk.ticket(ticket), "response")["state"] == "breached"
    assert len(desk.mails(ticket)) >= 3, "receipt, arrival, breach"
    dead = [f"the timer {each.name} has never run" for each in ROUNDS if each.name != "reconcile"]
    assert sorted(health(stalled)["problems"]) == sorted(dead), "the work is done, and the timers are dead all the same"
    assert run_by(knock(stalled)) == {}
