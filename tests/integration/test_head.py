"""HEAD at the doors that anybody may look at: what GET would answer, without its content (RFC 9110, 9.3.2)."""

import pytest

from shared.web.api.operation import Who
from shared.web.api.operations import OPERATIONS
from tests.support.doors import Answer, ask, methods_by_door
from tests.support.watched import Watched

PATHS = {
    "health": "health",
    "status": "status?service=archive",
    "status_page": "status/page?lang=en",
    "status_feed": "status/feed",
    "status_maintenance": "status/maintenance.ics",
    "status_badge": "status/badge/archive.svg",
    "status_days": "status/days.csv",
    "status_frozen": "status/frozen/archive",
    "status_export": "status/export/archive/2026-03",
    "metrics": "metrics",
    "status_confirmation": "status/subscribers/confirmation",
    "status_unsubscription": "status/subscribers/unsubscription?token=a",
}


@pytest.fixture(scope="module")
def watched() -> Watched:
    watched = Watched("2026-03-02 08:00")
    watched.until("2026-03-02 12:00")
    return watched


def described(answer: Answer) -> tuple[object, ...]:
    return answer.status, {name.lower(): value for name, value in answer.headers.items() if name.lower() != "content-length"}


def test_every_door_of_the_status_area_and_of_health_takes_it() -> None:
    public = {name for name, each in OPERATIONS.items() if each.who is Who.ANYBODY and "GET" in each.methods}
    assert {name for name, methods in methods_by_door().items() if "HEAD" in methods} == PATHS.keys()
    assert {name for name in public if name.startswith("status") or name in ("health", "metrics")} <= PATHS.keys()


@pytest.mark.parametrize("door", PATHS)
def test_it_says_what_get_says_and_has_no_content(watched: Watched, door: str) -> None:
    got, looked = (ask(watched.desk, method, f"/api/{PATHS[door]}") for method in ("GET", "HEAD"))
    assert got.body and looked.body == b""
    assert described(looked) == described(got)
    assert looked.headers["Content-Length"] == str(len(got.body))


def test_what_is_not_there_and_what_has_not_changed_are_told_too(watched: Watched) -> None:
    missing = ask(watched.desk, "HEAD", "/api/status/badge/nothing.svg")
    assert (missing.status, missing.body) == (404, b"")
    etag = ask(watched.desk, "HEAD", "/api/status").headers["ETag"]
    unchanged = ask(watched.desk, "HEAD", "/api/status", headers={"if-none-match": etag})
    assert (unchanged.status, unchanged.body, unchanged.headers["ETag"]) == (304, b"", etag)
    assert "Content-Length" not in unchanged.headers, "it would have to be that of the 200"
