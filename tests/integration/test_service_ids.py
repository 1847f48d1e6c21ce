"""Whatever the file of services may call a service, every door takes: one rule for ids, in one place."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.catalogue.parser import scalars
from shared.domain.watch.service import Services
from shared.web.forms import reading, status
from tests.support.doors import as_staff, ask
from tests.support.watched import HOURLY, Watched

IDS = ["Archive_1", "archive_1", "a" * 64, "7", "A--"]
WINDOW = {"starts_at": "2026-03-12T09:00:00+01:00", "ends_at": "2026-03-12T15:00:00+01:00", "reason": {"it": "x", "en": "y"}}
WORDS = {"title": {"it": "x", "en": "x"}, "text": {"it": "t", "en": "t"}}

IN_FILES: TypeAdapter[str] = TypeAdapter(scalars.Id)
IN_FORMS: TypeAdapter[str] = TypeAdapter(reading.Id)
OF_OUTAGES: TypeAdapter[str] = TypeAdapter(status.OutageId)


def a_watch(id: str) -> Watched:
    watched = Watched(
        "2026-03-02 08:00", services=Services(contract="zenshare-support", desk="ACME", services={id: replace(HOURLY, id=id)})
    )
    watched.down(id, "2026-03-02 09:00", "2026-03-02 11:30")
    watched.until("2026-03-02 15:00")
    return watched


def takes(adapter: TypeAdapter[str], id: str) -> bool:
    try:
        adapter.validate_python(id)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("id", IDS)
def test_every_door_takes_every_id_that_the_file_may_have(id: str) -> None:
    desk = (watched := a_watch(id)).desk
    window = as_staff(desk, "sandro", "POST", "/api/maintenance", {"services": [id], **WINDOW})
    assert (window.status, window.json["services"]) == (201, [id])
    judged = as_staff(desk, "sandro", "GET", f"/api/availability?period=2026-03&service={id}&guarantee=data-centre")
    assert judged.status == 200 and judged.json["services"][0]["services"] == [id]
    watched.clock.now += timedelta(seconds=1)
    incident = as_staff(desk, "sandro", "POST", "/api/incidents", {**WORDS, "services": [id], "outages": [f"{id}.1"]})
    assert (incident.status, incident.json["outages"]) == (201, [f"{id}.1"])
    for path in (f"status?service={id}", f"status/page?service={id}", f"status/badge/{id}.svg", f"status/export/{id}/2026-03"):
        assert ask(desk, "GET", f"/api/{path}").status == 200, path


@pytest.mark.parametrize("id", ["", "a" * 65, "-a", "à", "a b", "a.b", "a\n", "a|b"])
def test_what_is_no_id_is_told_with_what_is_one(id: str) -> None:
    desk = Watched("2026-03-02 08:00").desk
    asked = as_staff(desk, "sandro", "GET", f"/api/availability?period=2026-03&service={quote(id)}")
    assert asked.status == 422 and "letters without accents" in asked.json["detail"]
    wrong = as_staff(desk, "sandro", "POST", "/api/maintenance", {"services": [id], **WINDOW})
    assert wrong.status == 422 and "services.0: must be an id" in wrong.json["detail"]
    incident = as_staff(desk, "sandro", "POST", "/api/incidents", {**WORDS, "services": [id]})
    assert incident.status == 422 and "services.0: must be an id" in incident.json["detail"]


@pytest.mark.parametrize("id", ["archive", "archive.0", "archive.x", "archive.1\n", ".1", "archive.1234567890"])
def test_what_is_no_outage_is_told_with_what_is_one(id: str) -> None:
    answer = as_staff(Watched("2026-03-02 08:00").desk, "sandro", "POST", "/api/incidents", {**WORDS, "outages": [id]})
    assert answer.status == 422 and "zenshare-up.7" in answer.json["detail"]


@given(st.text(st.sampled_from("aZ9-_.à |\n"), max_size=70) | st.from_regex(r"[A-Za-z0-9_-]{1,66}", fullmatch=True))
def test_forms_and_files_have_the_same_ids(id: str) -> None:
    assert takes(IN_FORMS, id) == takes(IN_FILES, id)
    assert takes(OF_OUTAGES, f"{id}.7") == takes(IN_FILES, id)
