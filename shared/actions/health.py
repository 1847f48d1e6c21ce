"""Whether the desk works: its dependencies, its timers, and what should have been done by now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.actions import agenda, heartbeat
from shared.actions.custody import access_filing
from shared.actions.desk import Desk
from shared.actions.heartbeat import Heartbeat
from shared.actions.ports import Table
from shared.actions.watch import alarms, unseen

OVERDUE_TOO_LONG = timedelta(minutes=5)
"""An agenda row that has been due for so long means that nobody works it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`problems`: sentences, one for each thing that should page somebody; none: all is well."""

    problems: tuple[str, ...]
    dependencies: dict[str, str] = field(default_factory=dict)
    timers: dict[str, dict[str, object]] = field(default_factory=dict)
    agenda: dict[str, object] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()
    given_up_notices: int = 0
    failing_tickets: int = 0
    quarantined: int = 0


def check(desk: Desk, now: datetime) -> Health:
    """Looks at everything once; a dependency that does not answer is a problem, never an exception."""
    problems: list[str] = []
    dependencies = {
        "tables": _tried(lambda: desk.rows.get(Table.SYSTEM, "health", "probe")),
        "blobs": _tried(lambda: desk.blobs.get("health/probe")),
        "catalogue": _tried(lambda: desk.catalogue()),
    }
    problems += [f"{name}: {answer}" for name, answer in dependencies.items() if answer != "ok"]
    if dependencies["tables"] != "ok":
        return Health(problems=tuple(problems), dependencies=dependencies)
    beats = heartbeat.heartbeats(desk)
    dependencies["mail"] = _mail(beats)
    if dependencies["mail"] != "ok":
        problems.append(f"mail: {dependencies['mail']}")
    timers = _timers(desk, beats, now, problems)
    problems += unseen.problems(desk, now)
    standing = alarms.every(desk) if desk.services().services else []
    problems += alarms.problems(standing)
    overdue = _overdue(desk, now, problems)
    failing, given_up = _count(desk, "x"), _count(desk, "f")
    if failing:
        problems.append(f"{failing} tickets fail in the sweep")
    if given_up:
        problems.append(f"{given_up} notices were given up")
    quarantined = len(desk.rows.scan(Table.SYSTEM, "quarantine"))
    return Health(
        problems=tuple(problems),
        dependencies=dependencies,
        timers=timers,
        agenda=overdue,
        alarms=tuple(alarms.shown(standing)),
        given_up_notices=given_up,
        failing_tickets=failing,
        quarantined=quarantined,
    )


def _tried(ask: Callable[[], object]) -> str:
    try:
        ask()
    except Exception as failure:
        return f"{type(failure).__name__}: {failure}"[:300]
    return "ok"


def _mail(beats: Mapping[str, Heartbeat]) -> str:
    """What the mail service said last: it is asked by the deliveries, not by every look at the desk's health."""
    report = beats["deliver"].report if "deliver" in beats else None
    if isinstance(report, dict) and report["postponed"] and not report["sent"]:
        return f"the last delivery sent nothing and postponed {report['postponed']} mails"
    return "ok"


def _timers(desk: Desk, beats: Mapping[str, Heartbeat], now: datetime, problems: list[str]) -> dict[str, dict[str, object]]:
    ages: dict[str, dict[str, object]] = {}
    for timer, limit in heartbeat.EXPECTED.items():
        if timer in heartbeat.WATCHING and not desk.services().services:
            continue
        age = max(now - beats[timer].at, timedelta(0)) if timer in beats else None
        if age is None:
            problems.append(f"the timer {timer} has never run")
        elif age > limit:
            problems.append(f"the timer {timer} last ran {int(age.total_seconds())} s ago")
        ages[timer] = {"age_s": age.total_seconds() if age is not None else None, "limit_s": limit.total_seconds()}
    return ages


def _overdue(desk: Desk, now: datetime, problems: list[str]) -> dict[str, object]:
    rows = [row for kind in ("s", "d", "w", "m", "p") for page in agenda.due(desk, kind, now) for row in page]
    oldest = max((now - row.at for row in rows), default=timedelta(0))
    if oldest > OVERDUE_TOO_LONG:
        problems.append(f"the oldest overdue agenda row is {int(oldest.total_seconds())} s old")
    unfiled = sum(access_filing.is_list(row) and now - row.at > OVERDUE_TOO_LONG for row in rows)
    if unfiled:
        problems.append(f"{unfiled} records of who read which list are overdue for filing")
    return {"overdue": len(rows), "oldest_overdue_s": oldest.total_seconds(), "unfiled_list_records": unfiled}


def _count(desk: Desk, kind: str) -> int:
    return sum(len(desk.rows.scan(Table.AGENDA, shard, after=f"{kind}|", before=f"{kind}|~")) for shard in agenda.shards(desk))
