"""What a change of one ticket costs: three storage requests at the most, whatever is done, the record of who saw it included."""

from dataclasses import replace

import pytest

from dev.bench.counting import CountingBlobs, CountingRows
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from tests.support.desks import Clock, a_desk, taken_in
from tests.support.doors import as_staff

CARD: dict[str, object] = {"intervention": "Nuovo report", "days": "1", "hours": "2", "rate": "80.00"}
OFFER: dict[str, object] = {"intervention": "Pacchetto", "hours": "40", "rate": "75.00"}

type Step = tuple[str, str, str, dict[str, object]]

REPAIR: list[Step] = [
    ("carla", "POST", "acknowledgement", {}),
    ("carla", "PUT", "classification", {"classification": "bug"}),
    ("carla", "PUT", "priority", {"priority": 3}),
    ("carla", "PUT", "assignee", {"assignee": "omar"}),
    ("carla", "POST", "grants", {"operator": "olga", "text": "Conosce il caso."}),
    ("carla", "DELETE", "grants/1", {}),
    ("omar", "POST", "replies", {"text": "Ci stiamo lavorando."}),
    ("anna", "POST", "messages", {"text": "Grazie."}),
    ("omar", "POST", "hold", {"text": "Quale versione?"}),
    ("", "", "deliver", {}),
    ("anna", "POST", "messages", {"text": "La 7."}),
    ("omar", "POST", "hold", {"text": "Quale ufficio?"}),
    ("", "", "deliver", {}),
    ("omar", "POST", "answer", {"text": "Il terzo."}),
    ("anna", "POST", "disputes", {"about": "classification", "claim": "vulnerability", "text": "Per me è grave."}),
    ("carla", "POST", "disputes/1/verdict", {"upheld": False, "text": "Non lo è."}),
    ("omar", "POST", "work", {"hours": "0.5", "on": "2026-03-02", "text": "Analisi"}),
    ("omar", "POST", "resolution", {"text": "Corretto."}),
    ("anna", "POST", "reopening", {"text": "Non va."}),
    ("carla", "POST", "closure", {"classification": "not-competent", "text": "È la stampante."}),
]
QUOTE: list[Step] = [
    ("carla", "POST", "acknowledgement", {}),
    ("carla", "PUT", "classification", {"classification": "evolution"}),
    ("carla", "PUT", "estimate", CARD),
    ("carla", "POST", "estimate/sending", {}),
    ("anna", "POST", "estimate/refusal", {"version": 1, "text": "Troppo."}),
    ("carla", "PUT", "estimate", CARD),
    ("carla", "POST", "estimate/sending", {}),
    ("anna", "POST", "estimate/acceptance", {"version": 2}),
    ("carla", "PUT", "assignee", {"assignee": "omar"}),
    ("carla", "PUT", "package-offer", OFFER),
    ("carla", "POST", "package-offer/sending", {}),
    ("anna", "POST", "package-offer/acceptance", {"version": 1}),
    ("carla", "POST", "task", {}),
    ("omar", "POST", "work", {"hours": "1.5", "on": "2026-03-02", "text": "Analisi"}),
    ("omar", "POST", "resolution", {"text": "Fatto."}),
]
VULNERABILITY: list[Step] = [
    ("carla", "POST", "acknowledgement", {}),
    ("carla", "PUT", "classification", {"classification": "vulnerability"}),
    ("carla", "PUT", "assignee", {"assignee": "omar"}),
    ("omar", "POST", "treatment", {"text": "Corretta."}),
    ("carla", "POST", "closure", {}),
]


@pytest.mark.parametrize("steps", [REPAIR, QUOTE, VULNERABILITY], ids=["repair", "quote", "vulnerability"])
def test_no_action_costs_more_than_three_requests(steps: list[Step]) -> None:
    desk = a_desk(Clock())
    taken_in(desk)
    rows, blobs = CountingRows(desk.rows), CountingBlobs(desk.blobs)
    counted = replace(desk, rows=rows, blobs=blobs)
    desk.directory(desk.clock())
    costs = {f"{number}. {step[2]}": _cost(counted, rows, blobs, step, f"key {number}") for number, step in enumerate(steps)}
    assert {step: cost for step, cost in costs.items() if cost > 3} == {}


def _cost(desk: Desk, rows: CountingRows, blobs: CountingBlobs, step: Step, key: str) -> int:
    who, method, noun, body = step
    if noun == "deliver":
        deliver(desk, desk.clock())
        return 0
    rows.reset()
    blobs.reset()
    answer = as_staff(desk, who, method, f"/api/tickets/ACME-1/{noun}", body or None, idempotency_key=key)
    assert answer.status == 200, (noun, answer.body)
    return rows.requests + blobs.requests


def test_reading_a_ticket_costs_two_requests_one_of_them_the_record() -> None:
    desk = a_desk(Clock())
    taken_in(desk)
    rows = CountingRows(desk.rows)
    desk.directory(desk.clock())
    assert as_staff(replace(desk, rows=rows), "carla", "GET", "/api/tickets/ACME-1").status == 200
    assert dict(rows.by_call) == {"get desk": 1, "commit desk": 1}
