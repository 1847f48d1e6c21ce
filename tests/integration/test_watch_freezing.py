"""A month is frozen once, and corrected beside its record."""

from dataclasses import replace
from typing import Any

import pytest

from dev.bench.counting import CountingRows
from shared.actions.guarantees import amending, chains, freezing, known, reports
from shared.actions.guarantees.rejudging import judged_again
from shared.actions.ports import Delete, Replace, Table
from shared.adapters.memory import MemoryRows
from shared.domain.availability import State
from shared.domain.guarantees import frozen
from shared.domain.guarantees.correction import Correction
from shared.domain.guarantees.frozen import Frozen
from shared.proof.answers import Calculator
from shared.proof.calculate import answered
from tests.support.desks import CARLA, ROME, rome
from tests.support.doors import Answer, as_staff
from tests.support.faults import Crash, Fuse, FusedRows
from tests.support.watched import INNER, SERVICES, Watched

UNKNOWN = State.UNKNOWN
WRONG = Correction(starts_at=rome("2026-03-30 10:00"), ends_at=rome("2026-03-30 11:00"), state=State.UP)
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
    assert freezing.freeze(watched.desk, watched.now).months == 3, "each service under each guarantee, and both together"
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
    assert freezing.freeze(watched.desk, watched.now).waiting == 3
    watched.clock.now = rome("2026-04-01 01:00")
    watched.until("2026-04-01 04:00")
    assert freezing.freeze(watched.desk, watched.now) == freezing.Froze(months=3)
    held = known.services(watched.desk, (rome("2026-03-01 00:00"), rome("2026-04-01 00:00")), ROME, watched.now)
    watched.until("2026-04-03 00:00")
    again = known.services(watched.desk, (rome("2026-03-01 00:00"), rome("2026-04-01 00:00")), ROME, watched.now)
    assert held == again
    assert [link.corrections for link in chain(watched)] == [()]


def test_of_a_watch_that_sleeps_a_month_is_frozen_after_three_days_with_its_sleep_unknown() -> None:
    watched = Watched("2026-03-28 00:00")
    watched.until("2026-03-31 20:00")
    watched.clock.set("2026-04-03 23:59")
    assert freezing.freeze(watched.desk, watched.now) == freezing.Froze(waiting=3)
    watched.clock.set("2026-04-04 00:00")
    assert freezing.freeze(watched.desk, watched.now) == freezing.Froze(months=3)
    assert chain(watched)[0].raw.unknown_us == (27 * 24 + 4) * 3_600_000_000


def test_what_is_seen_after_the_sleep_contradicts_no_frozen_month() -> None:
    """The last look was good, an hour before the end; who wakes up to a bad service knows nothing of that hour."""
    watched = Watched("2026-03-01 00:00")
    watched.until("2026-03-31 23:00")
    watched.clock.set("2026-04-04 00:05")
    freezing.freeze(watched.desk, watched.now)
    (record,) = chain(watched)
    assert (record.contractual.maximum, record.contractual.verdict) == ("1/1", "INDETERMINATE")
    assert record.corrections == (
        Correction(starts_at=rome("2026-03-31 23:00"), ends_at=rome("2026-04-01 00:00"), state=UNKNOWN),
    )
    watched.down("archive", "2026-04-04 12:00", "2026-04-06 12:00")
    watched.clock.set("2026-04-05 10:00")
    watched.until("2026-04-08 12:00")
    (live,) = reports.judged(watched.desk, "2026-03", watched.now, service="archive").services
    assert frozen.figures(live.contractual) == record.contractual
    again, _ = judged_again(watched.desk, record, record.corrections, watched.now)
    assert frozen.evidence(again, []) == record.evidence, "what it follows from can be shown at any time"
    assert amended(watched).status == 201
    assert chain(watched)[1].corrections[0] == record.corrections[0], "what nobody knew stays unknown"


def test_months_that_nobody_froze_in_time_are_frozen_in_order() -> None:
    watched = march()
    freezing.freeze(watched.desk, watched.now)
    watched.until("2026-06-02 02:00")
    assert freezing.freeze(watched.desk, watched.now).months == 6
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
    assert freezing.freeze(watched.desk, watched.now).months == 3
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


def test_all_services_of_a_guarantee_are_frozen_as_one_and_follow_what_is_corrected() -> None:
    watched = march()
    freezing.freeze(watched.desk, watched.now)
    (report,) = reports.judged(watched.desk, "2026-03", watched.now).together
    (record,) = chain(watched, "together")
    assert record.services == ("archive", "portal") and record.contractual == frozen.figures(report.contractual)
    assert record.evidence == frozen.evidence(report, [])
    assert amended(watched, key="k").status == 201 and amended(watched, key="k").status == 200
    shown = as_staff(watched.desk, "sandro", "GET", "/api/frozen/data-centre/together").json
    link = shown["months"][1]
    assert (link["amends"], link["author"], link["follows"], link["services"]) == (1, "carla", "archive 2", ["archive", "portal"])
    assert link["contractual"]["down_us"] == 4_000_000 and shown["first_broken"] is None
    portal = {"from": "2026-03-30T20:00:00+02:00", "to": "2026-03-30T21:00:00+02:00", "state": "down"}
    url = "/api/frozen/data-centre/portal/amendments"
    assert as_staff(watched.desk, "carla", "POST", url, {**AMENDED, "corrections": [portal]}).status == 201
    last = chain(watched, "together")[-1]
    assert last.contractual.down_us == 3_604_000_000, "what was corrected of the other service still holds"
    assert as_staff(watched.desk, "carla", "POST", url.replace("portal", "together"), AMENDED).status == 422


@pytest.mark.parametrize("chain_of", ["archive", "portal", "together", "inner"])
def test_beside_each_link_is_where_its_states_are_and_they_give_its_figures_again(chain_of: str) -> None:
    """Also of a service that is not public, and after corrections that later ones have overtaken."""
    inner = replace(INNER, guarantees=("data-centre",), owner="Third")
    services = replace(SERVICES, services={**SERVICES.services, "inner": inner})
    watched = Watched("2026-03-28 00:00", services=services)
    began = {"archive": 10, "portal": 14, "inner": 18}
    for service, hour in began.items():
        watched.down(service, f"2026-03-30 {hour}:00", f"2026-03-30 {hour + 2}:00")
    watched.until("2026-04-01 02:00")
    freezing.freeze(watched.desk, watched.now)
    for number, service in enumerate(("archive", "inner", "archive", "portal")):
        watched.clock.forward(hours=1)
        hour = began[service] + (number < 2)
        up = {"from": f"2026-03-30T{hour}:00:00+02:00", "to": f"2026-03-30T{hour + 1}:00:00+02:00", "state": "up"}
        url = f"/api/frozen/data-centre/{service}/amendments"
        made = as_staff(watched.desk, "carla", "POST", url, {**AMENDED, "corrections": [up]})
        assert made.status == 201 and made.json["states_at"].endswith(f"&link={made.json['number']}")
    links = as_staff(watched.desk, "sandro", "GET", f"/api/frozen/data-centre/{chain_of}").json["months"]
    assert len(links) == {"archive": 3, "portal": 2, "together": 5, "inner": 2}[chain_of]
    for link in links:
        states = as_staff(watched.desk, "sandro", "GET", link["states_at"].replace("+", "%2B"))
        assert states.status == 200, states.body
        answers = [answered(Calculator(), line, number) for number, line in enumerate(states.body.splitlines(), 1)]
        figures = next(each for each in reversed(answers) if each is not None)
        told = link["contractual"]
        assert (figures["min"], figures["max"], figures["verdict"]) == (told["min_shown"], told["max_shown"], told["verdict"])
        assert [figures["down_s"], figures["unknown_s"]] == [told["down_us"] / 1_000_000, told["unknown_us"] / 1_000_000]
    assert len({link["contractual"]["down_us"] for link in links}) > 1


def test_a_number_that_no_figure_of_that_month_has_is_not_found() -> None:
    watched = march()
    freezing.freeze(watched.desk, watched.now)
    (link,) = as_staff(watched.desk, "sandro", "GET", "/api/frozen/data-centre/archive").json["months"]
    for was, now in (("link=1", "link=2"), ("from=2026-02-28", "from=2026-01-31"), ("guarantee=data-centre", "guarantee=other")):
        assert was in link["states_at"]
        assert as_staff(watched.desk, "sandro", "GET", link["states_at"].replace(was, now)).status == 404


def test_a_crash_of_an_amendment_leaves_all_of_it_or_nothing() -> None:
    for call in range(12):
        rows = MemoryRows()
        watched = march(rows=rows)
        freezing.freeze(watched.desk, watched.now)
        broken = replace(watched.desk, rows=FusedRows(rows, Fuse(call, False, Crash)))
        wanted = amending.Wanted(month="2026-03", reason="Wrong host", corrections=(WRONG,))
        try:
            amending.amend(broken, "data-centre", "archive", wanted, CARLA, watched.now)
        except Crash:
            pass
        assert len(chain(watched)) == len(chain(watched, "together"))


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
    for service in ("archive", "portal", "together"):
        links = chain(watched, service)
        assert len(links) == 1 and frozen.first_broken(links) is None


def test_nothing_to_do_is_one_request() -> None:
    watched = march()
    freezing.freeze(watched.desk, watched.now)
    counting = CountingRows(watched.desk.rows)
    freezing.freeze(replace(watched.desk, rows=counting), watched.now)
    assert counting.requests == 1
