"""The alerts on what the desk says, run on lines of the desk's own adapter: each fires when it should, and not before."""

import logging
from typing import Any

import pytest

from shared.actions.running.measuring import Measured
from shared.adapters.telemetry import LoggedTelemetry
from shared.domain.mail_report import NOT_RECEIVED
from tests.infra.bicep_text import INFRA
from tests.infra.kql_run import Refused, run

ALERTS = INFRA / "queries" / "alerts"
WELL: dict[str, Any] = dict.fromkeys(Measured.__slots__, 0)
BOUNCED: dict[str, Any] = {"ticket": "ACME-1", "notice": "000001:000001:receipt:customer", "operation": "o"}


def fires(name: str, *told: tuple[str, dict[str, Any]]) -> bool:
    """Whether an alert has something to say after these events, the last one told last."""
    lines: list[tuple[float, str]] = []

    class Relay(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append((len(lines), self.format(record)))

    log, handler = logging.getLogger("sportello.telemetry"), Relay()
    level, log.level = log.level, logging.INFO
    log.addHandler(handler)
    try:
        for event, fields in told:
            LoggedTelemetry().tell(event, **fields)
        log.info("a line that is none of ours")
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    assert len(lines) == len(told) + 1
    return bool(run((ALERTS / f"{name}.kql").read_text(), lines[::-1]))


def measured(**fields: int) -> tuple[str, dict[str, Any]]:
    return "desk.measured", {**WELL, **fields}


@pytest.mark.parametrize(
    ("name", "bad", "not_yet"),
    [
        ("agenda-overdue", {"overdue_rows": 1, "oldest_overdue_s": 301}, {"overdue_rows": 1000, "oldest_overdue_s": 300}),
        ("notices-waiting", {"oldest_notice_s": 901}, {"notices_due": 50, "oldest_notice_s": 900}),
        ("quarantine", {"quarantined": 1, "unread_reports": 1}, {"unread_reports": 1}),
        ("work-failing", {"failing_tickets": 1}, {"quarantined": 1}),
        ("work-failing", {"given_up_notices": 1}, {"open_breached": 1}),
    ],
)
def test_an_alert_on_what_was_measured_fires_and_resolves(name: str, bad: dict[str, int], not_yet: dict[str, int]) -> None:
    assert fires(name, measured(), measured(**bad))
    assert not fires(name, measured(**bad), measured()), "the last measuring counts"
    assert not fires(name, measured(**not_yet))
    assert not fires(name, ("timer.ran", {"timer": "sweep", "outcome": "failed"}))
    assert not fires(name)


def test_a_timer_whose_work_the_watchdog_does_again_and_again_alerts() -> None:
    ticks = [("tick.ran", {"timer": timer, "late_s": 200, "outcome": "ok"}) for timer in ("sweep", "deliver", "publish")]
    assert not fires("timers-dead", *ticks, *ticks), "after a restart a knock may find several rounds overdue, twice at the most"
    assert fires("timers-dead", *ticks, *ticks, ticks[0])
    assert not fires("timers-dead", *[("timer.ran", {"timer": "sweep", "ran_by": "tick", "outcome": "ok"})] * 3)


@pytest.mark.parametrize("status", sorted(NOT_RECEIVED))
def test_mail_that_nobody_has_read_alerts(status: str) -> None:
    delivered = ("mail.reported", {**BOUNCED, "status": "Delivered"})
    assert fires("mail-bounced", delivered, ("mail.reported", {**BOUNCED, "status": status}), delivered)


@pytest.mark.parametrize("kind", ["confirm", "already"])
def test_a_stranger_who_subscribes_a_dead_address_alerts_nobody(kind: str) -> None:
    letter = {"ticket": "letter", "notice": "n", "operation": "o", "status": "Bounced"}
    assert not fires("mail-bounced", ("mail.reported", {**letter, "kind": kind}))
    assert fires("mail-bounced", ("mail.reported", {**letter, "kind": "alarm_raised"}))


def test_mail_that_arrived_or_is_on_its_way_alerts_nobody() -> None:
    assert not fires("mail-bounced", *(("mail.reported", {**BOUNCED, "status": each}) for each in ("Delivered", "Expanded")))


def test_the_runner_refuses_what_it_does_not_understand() -> None:
    for query in ("AppTraces\n| summarize count()", "AppTraces\n| join x on y", "AppRequests\n| take 1"):
        with pytest.raises(Refused):
            run(query, [(0, "{}")])
