"""The demo's services: up until they are told otherwise, in every way of being in trouble; and the walk of the clock."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from dev.clock import SettableClock
from dev.clock_door import ClockDoor
from dev.demo_services import DemoServices
from dev.ncrontab import Schedule
from dev.scheduler import Scheduler, Timer
from dev.server import serve
from dev.site import Site


@pytest.fixture
def url() -> Iterator[str]:
    with serve(Site([DemoServices(lambda: ["archive", "portal"]).answer])) as url:
        yield f"{url}/dev/services"


def put(url: str, body: str) -> requests.Response:
    return requests.put(f"{url}/archive", data=body, timeout=5)


def test_each_is_up_and_listed(url: str) -> None:
    assert requests.get(f"{url}/archive", timeout=5).json() == {"status": "ok"}
    assert requests.get(url, headers={"Accept": "application/json"}, timeout=5).json() == {"archive": "up", "portal": "up"}
    assert requests.get(f"{url}/other", timeout=5).status_code == 404


def test_down_drops_the_connection_and_only_its_own(url: str) -> None:
    assert put(url, '{"state": "down"}').json() == {"name": "archive", "state": "down"}
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/archive", timeout=5)
    assert requests.get(f"{url}/portal", timeout=5).status_code == 200
    put(url, "up")
    assert requests.get(f"{url}/archive", timeout=5).status_code == 200


@pytest.mark.parametrize("body", ["status 503", "503", '{"state": "status 503"}', '{"state": 503}'])
def test_a_status_is_answered(url: str, body: str) -> None:
    assert put(url, body).json()["state"] == "status 503"
    answer = requests.get(f"{url}/archive", timeout=5)
    assert (answer.status_code, answer.json()) == (503, {"status": "trouble"})


def test_slow_answers_well_but_late_and_hang_not_at_all(url: str) -> None:
    put(url, "slow")
    began = time.monotonic()
    assert requests.get(f"{url}/archive", timeout=5).status_code == 200
    assert time.monotonic() - began > 1
    put(url, "hang")
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{url}/archive", timeout=0.3)
    put(url, "up")


@pytest.mark.parametrize("body", ["", "away", "99", "600", "{}", "[]"])
def test_another_state_is_refused_with_what_is_allowed(url: str, body: str) -> None:
    answer = put(url, body)
    assert answer.status_code == 400 and "hang" in answer.json()["detail"]
    assert requests.get(f"{url}/archive", timeout=5).status_code == 200


def test_the_page_has_buttons_that_work_without_script(url: str) -> None:
    page = requests.get(url, timeout=5)
    assert '<form method="post" action="/dev/services/archive"' in page.text and "<script" not in page.text
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    after = requests.post(f"{url}/archive", data={"state": "down"}, timeout=5)
    assert after.url == url and 'value="down" aria-pressed="true"' in after.text


MIDNIGHT = datetime(2026, 8, 7, tzinfo=UTC)


@pytest.fixture
def walked() -> Iterator[tuple[str, list[datetime], SettableClock]]:
    """A clock behind its door, and when its one timer ran, to the minute."""
    clock, ran = SettableClock(), list[datetime]()
    clock.set(MIDNIGHT + timedelta(seconds=30))
    timer = Timer("probe", Schedule("0 * * * * *"), lambda info: ran.append(clock.now().replace(second=0, microsecond=0)))
    with serve(Site([ClockDoor(clock, Scheduler([timer], clock)).answer])) as url:
        yield f"{url}/dev/clock", ran, clock


def test_a_walk_lets_the_timers_run_at_every_minute(walked: tuple[str, list[datetime], SettableClock]) -> None:
    url, ran, clock = walked
    answer = requests.post(f"{url}/walk", data="+3m", timeout=5)
    assert answer.status_code == 200 and "now" in json.loads(answer.text)
    assert ran == [MIDNIGHT + timedelta(minutes=number) for number in (1, 2, 3)]
    assert timedelta(minutes=3, seconds=30) <= clock.now() - MIDNIGHT < timedelta(minutes=3, seconds=35)


def test_a_step_of_the_clock_still_runs_them_once(walked: tuple[str, list[datetime], SettableClock]) -> None:
    url, ran, _ = walked
    requests.put(url, data="+3m", timeout=5)
    assert len(ran) == 1


@pytest.mark.parametrize("step", ["-3m", "+7h", "soon"])
def test_a_walk_leads_forward_and_not_too_far(walked: tuple[str, list[datetime], SettableClock], step: str) -> None:
    url, ran, _ = walked
    assert requests.post(f"{url}/walk", data=step, timeout=5).status_code == 400
    assert requests.put(f"{url}/walk", data="+1m", timeout=5).status_code == 405
    assert ran == []
