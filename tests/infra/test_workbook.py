"""The workbook's arithmetic: what is left of the error budget of a month."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.infra.bicep_text import INFRA, project
from tests.infra.kql_run import extended

AVAILABILITY = (INFRA / "queries" / "workbook" / "availability.kql").read_text()
SLA_MET = (INFRA / "queries" / "workbook" / "sla-met.kql").read_text()
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "seen", "looks", "failed", "spent"),
    [
        (0, timedelta(days=30), 43200, 20, 20.0),
        (0, timedelta(days=2), 2880, 20, 20.0),  # of a month that has just begun: not a month's worth of failures
        (28, timedelta(days=2), 2880, 20, 20.0),  # of a month that is shown from its end only
        (0, timedelta(days=2), 2880, 0, 0.0),
    ],
)
def test_the_error_budget_is_spent_by_minutes_that_were_seen(
    first: int, seen: timedelta, looks: int, failed: int, spent: float
) -> None:
    since = NOVEMBER + timedelta(days=first)
    found = extended(AVAILABILITY, {"month": NOVEMBER, "looks": looks, "failed": failed, "since": since, "until": since + seen})
    assert found["budget_min"] == 21.6
    assert (found["spent_min"], found["left_min"]) == (spent, round(21.6 - spent, 1))
    assert found["availability"] == (1_000_000 * (looks - failed) // looks) / 10_000


def test_nothing_looks_better_than_it_was() -> None:
    found = extended(
        AVAILABILITY,
        {"month": NOVEMBER, "looks": 1_000_000_000, "failed": 1, "since": NOVEMBER, "until": NOVEMBER + timedelta(days=30)},
    )
    assert (found["availability"], found["spent_min"]) == (99.9999, 0.1)
    assert extended(SLA_MET, {"met": 99_999, "missed": 1, "Message": "{}"})["share_met"] == 99.99


def test_the_workbook_can_show_the_month_before_whole() -> None:
    offered = [
        int(found) for found in project()["modules/workbook.bicep"].split("durationMs: ")[1:] for found in [found.split(" ")[0]]
    ]
    assert max(offered) >= timedelta(days=62) / timedelta(milliseconds=1)
