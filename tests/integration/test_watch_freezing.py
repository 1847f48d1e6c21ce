"""A month is frozen once, and corrected beside its record."""

from dataclasses import replace
from typing import Any

import pytest

from dev.bench.counting import CountingRows
from shared.actions.ports import Delete, Replace, Table
from shared.actions.watch import chains, freezing, known, reports
from shared.adapters.memory import MemoryRows
from shared.domain.watch import frozen
from shared.domain.watch.frozen import Frozen
from tests.support.desks import ROME, rome
from tests.support.doors import Answer, as_staff
from tests.support.faults import Crash, Fuse, FusedRows
from tests.support.watched import Watched

AMENDED: dict[str, Any] = {
    "month": "2026-03",
    "reason": "The probe looked at the wrong host.",
    "corrections": [{"from": "2026-03-30T10:00:00+02:00", "to": "2026-03-30T11:00:00+02:00", "state": "up"}],
}


def march(*, rows: MemoryRows | None = None) -> Watched:
    """The end of March, with an outage, and the first hours of April."""
    watched = Watched("2026-03-28 00:00", rows=rows)
    watched.down("archive", "2026-03-30 10:00", "2026-03-30 12:00")
    watched.until("2026-04-01 02:00")
    return watched


def chain(watched: Watched, service: str = "archive") -> list[Frozen]:
    return chains.chain(watched.desk, "data-centre", service)


def amended(watched: Watched, who: str = "carla", key: str = "", **changes: Any) -> Answer:
    headers = {"idempotency_key": key} if key else {}
    url = "/api/frozen/data-centre/archive/amendments"
    return as_staff(watched.desk, who, "POST", url, {**AMENDED, **changes}, **headers)


def test_a_month_that_is_over_is_frozen_once_with_what_was_shown() -> None:
    watched = march()
    assert freezing.freeze(watched.desk, watched.now).months == 2, "each service under each guarantee"
    for _ in range(3):
        watched.clock.forward(hours=7)
        assert freezing.freeze(watched.desk, watched.now) == freezing.Froze()
    (record,) = chain(watched)
    (report,) = reports.judged(watched.desk, "2026-03", watched.now, service="archive").services
    assert record.contractual == frozen.figures(report.contractual) and record.raw == frozen.figures(report.raw)
    assert (record.month, record.number, record.frozen_at) == ("2026-03", 1, rome("2026-04-01 02:00"))
    assert record.contract.startswith("zenshare-support@") and record.digest


def test_the_months_are_a_chain_that_any_change_breaks() -> None:
    watched = march()
    freezing.freeze(watched.desk, watched.now)
    watched.until("2026-05-01 02:00")
    freezing.freeze(watched.desk, watched.now)
    shown = as_staff(watched.desk, "sandro", "GET", "/api/frozen/data-centre/archive").json
    assert [month["month"] for month in shown["months"]] == ["2026-03", "2026-04"] and shown["first_broken"] is None
    assert shown["months"][1]["previous"] == shown["months"][0]["hash"]
    row = watched.desk.rows.get(Table.WATCH, "frozen", "link|data-centre|archive|000001")
    assert row is not None
    forged = replace(row, values={"doc": str(row.values["doc"]).replace('"MISSED"', '"MET"')})
    watched.desk.rows.commit(Table.WATCH, "frozen", [Replace(forged)])
    assert as_staff(watched.desk, "sandro", "GET", "/api/frozen/data-centre/archive").json["first_broken"] == 1
    refused = amended(watched)
    assert refused.status == 409 and "does not hold" in refused.json["detail"]


def test_a_month_waits_until_nothing_that_is_told_later_can_change_it() -> None:
    """At midnight the service did not answer: whether it was down before is known with the next good look."""
    watched = Watched("2026-03-28 00:00")
    watched.down("archive", "2026-04-01 00:00", "2026-04-01 03:00")
    watched.until("2026-03-31 23:00")
    watched.clock.forward(minutes=90)
    assert freezing.freeze(watched.desk, watched.now).waiting == 2
    watched.clock.now = rome("2026-04-01 01:00")
    watched.until("2026-04-01 04:00")
    assert freezing.freeze(watched.desk, watched.now) == freezing.Froze(months=2)
    held = known.states(watched.desk, ["archive"], (rome("2026-03-01 00:00"), rome("2026-04-01 00:00")), ROME, watched.now)
    watched.until("2026-04-03 00:00")
    again = known.states(watched.desk, ["archive"], (rome("2026-03-01 00:00"), rome("2026-04-01 00:00")), ROME, watched.now)
    assert held == again


def test_of_a_watch_that_sleeps_a_month_is_frozen_after_three_days_with_its_sleep_unknown() -> None:
    watched = Watched("2026-03-28 00:00")
    watched.until("2026-03-31 20:00")
    watched.clock.set("2026-04-03 23:59")
    assert freezing.freeze(watched.desk, watched.now) == freezing.Froze(waiting=2)
    watched.clock.set("2026-04-04 00:00")
    assert freezing.freeze(watched.desk, watched.now) == freezing.Froze(months=2)
    assert chain(watched)[0].raw.unknown_us == (27 * 24 + 3) * 3_600_000_000


def test_months_that_nobody_froze_in_time_are_frozen_in_order() -> None:
    watched = march()
    freezing.freeze(watched.desk, watched.now)
    watched.until("2026-06-02 02:00")
    assert freezing.freeze(watched.desk, watched.now).months == 4
    assert [link.month for link in chain(watched)] == ["2026-03", "2026-04", "2026-05"]


def test_what_is_not_guaranteed_or_was_never_watched_is_not_frozen() -> None:
    watched = march()
    freezing.freeze(watched.desk, watched.now)
    assert as_staff(watched.desk, "carla", "GET", "/api/frozen/data-centre/inner").status == 404
    quiet = Watched("2026-04-01 02:00")
    quiet.until("2026-04-01 05:00")
    assert freezing.freeze(quiet.desk, quiet.now) == freezing.Froze()


def test_a_correction_stands_beside_the_record_with_author_and_reason() -> None:
    watched = march()
    freezing.freeze(watched.desk, watched.now)
    answer = amended(watched)
    assert answer.status == 201
    record, link = chain(watched)
    assert (link.amends, link.author, link.reason) == (1, "carla", AMENDED["reason"])
    assert record.contractual.down_us > 0 and link.contractual.down_us == 4_000_000, "the last looks were after 11:00"
    assert frozen.first_broken([record, link]) is None
    second = {"from": "2026-03-30T11:00:00+02:00", "to": "2026-03-30T12:00:00+02:00", "state": "up"}
    assert amended(watched, corrections=[second]).status == 201
    third = chain(watched)[2]
    assert third.contractual.down_us == 0 and len(third.corrections) == 2, "what was corrected before stays corrected"
    watched.until("2026-05-01 02:00")
    assert freezing.freeze(watched.desk, watched.now).months == 2
    assert [(one.month, one.amends) for one in chain(watched)][-1] == ("2026-04", None)
    assert amended(watched, month="2026-03").status == 201
    watched.desk.rows.commit(Table.WATCH, "frozen", [Delete("done|2026-04")])
    assert freezing.freeze(watched.desk, watched.now) == freezing.Froze(), "an old month's amendment thaws no later one"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"month": "2026-02"}, 404),
        ({"reason": ""}, 422),
        ({"corrections": []}, 422),
        ({"corrections": [{"from": "2026-03-31T23:00:00Z", "to": "2026-04-01T01:00:00Z", "state": "up"}]}, 422),
        ({"corrections": [{"from": "2026-03-30T12:00:00Z", "to": "2026-03-30T12:00:00Z", "state": "up"}]}, 422),
        ({"corrections": [{"from": "2026-03-30T12:00:00Z", "to": "2026-03-30T13:00:00Z", "state": "excluded"}]}, 422),
    ],
)
def test_an_amendment_names_a_frozen_month_a_reason_and_times_within_it(changes: dict[str, Any], status: int) -> None:
    watched = march()
    freezing.freeze(watched.desk, watched.now)
    assert amended(watched, **changes).status == status
    assert len(chain(watched)) == 1


def test_the_same_key_amends_once() -> None:
    watched = march()
    freezing.freeze(watched.desk, watched.now)
    first, again = amended(watched, key="k"), amended(watched, key="k")
    assert (first.status, again.status) == (201, 200) and again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true" and len(chain(watched)) == 2
    assert amended(watched, key="k", reason="Another").status == 422


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("call", range(10))
def test_a_crash_while_freezing_leaves_each_month_frozen_once(call: int, after_effect: bool) -> None:
    rows = MemoryRows()
    watched = march(rows=rows)
    fuse = Fuse(call, after_effect, Crash)
    try:
        freezing.freeze(replace(watched.desk, rows=FusedRows(rows, fuse)), watched.now)
    except Crash:
        pass
    freezing.freeze(watched.desk, watched.now)
    for service in ("archive", "portal"):
        links = chain(watched, service)
        assert len(links) == 1 and frozen.first_broken(links) is None


def test_nothing_to_do_is_one_request() -> None:
    watched = march()
    freezing.freeze(watched.desk, watched.now)
    counting = CountingRows(watched.desk.rows)
    freezing.freeze(replace(watched.desk, rows=counting), watched.now)
    assert counting.requests == 1
