"""Incidents that managers write: in both languages, entry by entry, once each, and told to whoever subscribed."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.actions.desk import Desk
from shared.actions.ports import Blobs, Row, Rows, Table, Write
from shared.actions.watch import timeline
from shared.adapters.memory import MemoryRows
from tests.support.desks import Clock, a_desk, rome
from tests.support.doors import Answer, as_staff, ask
from tests.support.monitor import minutes, watched
from tests.support.watching import SERVICE

TITLE = {"it": "Accesso lento", "en": "Slow access"}
TEXT = {"it": "Cerchiamo la causa.", "en": "We are looking."}
BODY = {"title": TITLE, "text": TEXT, "services": ["archive"], "outages": ["archive.1"]}


@pytest.fixture
def desk(empty_store: tuple[Rows, Blobs]) -> Desk:
    return a_desk(Clock(rome("2026-03-10 20:00")), rows=empty_store[0], blobs=empty_store[1], services=watched(SERVICE))


def opened(desk: Desk, who: str = "carla", key: str = "k1", **changes: object) -> Answer:
    return as_staff(desk, who, "POST", "/api/incidents", {**BODY, **changes}, idempotency_key=key)


def test_an_incident_is_opened_told_on_and_read(desk: Desk) -> None:
    made = opened(desk)
    assert made.status == 201 and made.headers["Location"] == f"/api/incidents/{made.json['id']}"
    url = made.headers["Location"]
    more = as_staff(desk, "sandro", "POST", f"{url}/entries", {"text": TEXT, "phase": "resolved", "corrects": 1})
    assert more.status == 200, more.body
    told = [(entry["number"], entry["phase"], entry["corrects"]) for entry in more.json["entries"]]
    assert told == [(1, "investigating", None), (2, "resolved", 1)]
    assert as_staff(desk, "carla", "GET", url).json == more.json
    assert as_staff(desk, "carla", "GET", "/api/incidents").json == {"incidents": [more.json]}
    shown = ask(desk, "GET", "/api/status").json["incidents"]
    assert [(each["id"], each["phase"]) for each in shown] == [(made.json["id"], "resolved")]
    page = ask(desk, "GET", "/api/status/page?lang=it").body.decode()
    assert "Accesso lento" in page and "carla" not in page


def test_the_same_key_opens_it_once_and_another_request_under_it_is_refused(desk: Desk) -> None:
    first, again = opened(desk), opened(desk)
    assert again.json == first.json and again.headers["Idempotent-Replayed"] == "true"
    assert opened(desk, title={"it": "Altro", "en": "Other"}).status == 422
    url = f"{first.headers['Location']}/entries"
    for _ in range(2):
        told = as_staff(desk, "carla", "POST", url, {"text": TEXT, "phase": "monitoring"}, idempotency_key="k2")
    assert len(told.json["entries"]) == 2 and told.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": {"it": "Solo italiano"}}, b"text.en"),
        ({"title": {"it": " ", "en": "x"}}, b"title.it"),
        ({"services": ["nobody"]}, b"archive"),
        ({"outages": ["nobody.1"]}, b"nobody.1"),
        ({"started_at": "2026-03-10T20:01:00+01:00"}, b"future"),
        ({"phase": "over"}, b"phase"),
    ],
)
def test_what_is_wrong_is_named(desk: Desk, changes: dict[str, Any], field: bytes) -> None:
    answer = opened(desk, **changes)
    assert answer.status == 422 and field in answer.body


def test_only_managers_write(desk: Desk) -> None:
    assert [opened(desk, who).status for who in ("omar", "anna")] == [403, 403]
    assert ask(desk, "GET", "/api/incidents").status == 401


def test_entries_are_rows_that_nothing_replaces(desk: Desk) -> None:
    made = opened(desk)
    url = f"{made.headers['Location']}/entries"
    as_staff(desk, "carla", "POST", url, {"text": TEXT, "phase": "monitoring"})
    rows = desk.rows.scan(Table.WATCH, timeline.PARTITION, after="entry|", before="entry|~")
    assert [row.key[-4:] for row in rows] == ["0001", "0002"]


def test_an_announcement_stays_one(desk: Desk) -> None:
    made = opened(desk, phase="announcement", outages=[])
    answer = as_staff(desk, "carla", "POST", f"{made.headers['Location']}/entries", {"text": TEXT, "phase": "resolved"})
    assert answer.status == 422
    assert as_staff(desk, "carla", "POST", "/api/incidents/nothing/entries", {"text": TEXT, "phase": "resolved"}).status == 404


def test_one_that_began_long_ago_is_shown_by_when_it_was_told(desk: Desk) -> None:
    """Half a year: an incident that is told of late, and one that is told of again and again, are on the page all the time."""
    assert isinstance(desk.clock, Clock)
    late = opened(desk, started_at="2025-09-01T10:00:00+02:00", title={"it": "x", "en": "LATE"}).json["id"]
    assert [each["id"] for each in ask(desk, "GET", "/api/status").json["incidents"]] == [late]
    assert b"LATE" in ask(desk, "GET", f"/api/status/page?incident={late}&lang=en").body
    for number in range(2, 8):
        desk.clock.forward(days=30)
        entry = {"text": TEXT, "phase": "monitoring"}
        assert as_staff(desk, "carla", "POST", f"/api/incidents/{late}/entries", entry).status == 200
        [shown] = ask(desk, "GET", "/api/status").json["incidents"]
        assert (shown["id"], len(shown["entries"]), shown["started_at"][:10]) == (late, number, "2025-09-01")
    [row] = [row for row in timeline.since(desk, desk.clock() - timedelta(days=1000)) if timeline.kind_of(row) == "i"]
    assert row.values["at"] == desk.clock(), "it is there once, where it was told of last"
    assert len(as_staff(desk, "carla", "GET", "/api/incidents").json["incidents"]) == 1


def test_it_is_found_while_somebody_else_adds_an_entry_and_of_two_at_once_one_is_refused() -> None:
    class Moving(MemoryRows):
        """Somebody adds an entry after the pointer was read, or before the commit."""

        meanwhile: list[tuple[str, Callable[[], object]]] = []

        def get(self, table: Table, partition: str, key: str) -> Row | None:
            found = super().get(table, partition, key)
            if self.meanwhile and self.meanwhile[0][0] == "read" and key.startswith("incident|"):
                self.meanwhile.pop()[1]()
            return found

        def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
            if self.meanwhile and self.meanwhile[0][0] == "write" and partition == timeline.PARTITION:
                self.meanwhile.pop()[1]()
            super().commit(table, partition, writes)

    rows = Moving()
    desk = a_desk(clock := Clock(rome("2026-03-10 20:00")), rows=rows, services=watched(SERVICE))
    url = opened(desk).headers["Location"]

    def add() -> Answer:
        clock.forward(minutes=1)
        return as_staff(desk, "carla", "POST", f"{url}/entries", {"text": TEXT, "phase": "monitoring"})

    rows.meanwhile = [("read", add)]
    assert len(as_staff(desk, "carla", "GET", url).json["entries"]) == 2
    rows.meanwhile = [("write", add)]
    assert add().status == 409
    assert len(as_staff(desk, "carla", "GET", url).json["entries"]) == 3


def test_an_outage_that_is_spoken_of_is_not_told_twice_on_the_page(desk: Desk) -> None:
    from shared.adapters.memory import MemoryProber

    assert isinstance(desk.prober, MemoryProber)
    desk.prober.down("archive", rome("2026-03-10 20:01"), rome("2026-03-10 21:00"))
    minutes(desk, 3)
    assert len(ask(desk, "GET", "/api/status").json["interruptions"]) == 1
    opened(desk)
    value = ask(desk, "GET", "/api/status").json
    assert (len(value["interruptions"]), value["incidents"][0]["outages"]) == (0, ["archive.1"])
