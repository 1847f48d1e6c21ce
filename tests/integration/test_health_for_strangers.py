"""The desk's health is anybody's to ask: strangers read of public services by name, of others how many; staff of all."""

from dataclasses import replace
from typing import Any

import pytest

from shared.actions.guarantees import alarms
from shared.domain.errors import NotPermitted
from tests.support.doors import Answer, as_staff, ask
from tests.support.watched import HOURLY, INNER, SERVICES, Watched

SECRET = replace(INNER, id="secret-engine", guarantees=("data-centre",))
ENGINES = {each.id: each for each in (HOURLY, SECRET, replace(SECRET, id="secret-motor"))}


@pytest.fixture(scope="module")
def watched() -> Watched:
    """Both secret services burn, and so does the archive; then nobody has looked for half a day."""
    watched = Watched("2026-03-01 00:00", services=replace(SERVICES, services=ENGINES))
    for id in ENGINES:
        watched.down(id, "2026-03-10 10:00", "2026-03-10 18:00")
    watched.until("2026-03-10 17:00")
    alarms.look(watched.desk, watched.now)
    watched.clock.forward(hours=12)
    return watched


def test_strangers_read_how_many_services_that_are_not_public_have_something(watched: Watched) -> None:
    answer = ask(watched.desk, "GET", "/api/health")
    assert answer.status == 503 and b"secret" not in answer.body
    assert of_the_watch(answer) == [
        "the service archive has been unknown for 39600 s",
        "2 services that are not public have been unknown for too long",
        "the error budget of archive under data-centre burns too fast (fast, slow, steady)",
        "the error budgets of 2 services that are not public burn too fast",
    ]
    raised = [f"archive/data-centre: {alarm}" for alarm in ("fast", "slow", "steady", "gap")]
    assert answer.json["alarms"] == [*raised, "8 of services that are not public"]


@pytest.mark.parametrize("who", ["sandro", "carla", "omar"])
def test_staff_read_which(watched: Watched, who: str) -> None:
    answer = as_staff(watched.desk, who, "GET", "/api/health")
    assert answer.status == 503 and not any("not public" in problem for problem in answer.json["problems"])
    assert "the service secret-motor has been unknown for 39600 s" in answer.json["problems"]
    assert "secret-engine/data-centre: slow" in answer.json["alarms"]


def test_a_customers_person_is_told_what_a_stranger_is(watched: Watched) -> None:
    told = as_staff(watched.desk, "anna", "GET", "/api/health")
    assert told.body == ask(watched.desk, "GET", "/api/health").body


def test_whoever_cannot_be_known_gets_the_strangers_answer(watched: Watched) -> None:
    def nobody_of_ours(*_: Any) -> Any:
        raise NotPermitted("You are signed in, but you are not staff of the desk.")

    answer = ask(replace(watched.desk, identify=nobody_of_ours), "GET", "/api/health")
    assert answer.status == 503 and answer.json["problems"] and b"secret" not in answer.body


def test_one_service_that_is_not_public_is_said_as_one() -> None:
    watched = Watched("2026-03-01 00:00", services=replace(SERVICES, services={"archive": HOURLY, "secret-engine": SECRET}))
    watched.down("secret-engine", "2026-03-10 10:00", "2026-03-10 18:00")
    watched.until("2026-03-10 17:00")
    alarms.look(watched.desk, watched.now)
    found = ask(watched.desk, "GET", "/api/health")
    assert of_the_watch(found) == ["the error budget of a service that is not public burns too fast"]


def of_the_watch(answer: Answer) -> list[str]:
    return [problem for problem in answer.json["problems"] if "service" in problem or "budget" in problem]
