"""Whether the desk works: its dependencies, its timers, and what should have been done by now."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.actions.desk import Desk
from shared.actions.guarantees import alarms
from shared.actions.ports import Table
from shared.actions.running import backlog, heartbeat, rounds
from shared.actions.running.backlog import Backlog
from shared.actions.running.heartbeat import Beats
from shared.actions.watch import unseen


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


def check(desk: Desk, now: datetime, *, to_staff: bool = False) -> Health:
    """Looks at everything once; a dependency that does not answer is a problem, never an exception.

    `to_staff`: services that are not public are named too; otherwise it is said how many of them have something.
    """
    problems: list[str] = []
    dependencies = {
        "tables": _tried(lambda: desk.rows.get(Table.SYSTEM, "health", "probe")),
        "blobs": _tried(lambda: desk.blobs.get("health/probe")),
        "catalogue": _tried(lambda: desk.catalogue()),
        "services": _services(desk, to_staff),
    }
    problems += [f"{name}: {answer}" for name, answer in dependencies.items() if answer != "ok"]
    if dependencies["tables"] != "ok":
        return Health(problems=tuple(problems), dependencies=dependencies)
    beats = heartbeat.heartbeats(desk)
    dependencies["mail"] = _mail(beats)
    if dependencies["mail"] != "ok":
        problems.append(f"mail: {dependencies['mail']}")
    timers = _timers(desk, beats, now, problems)
    shown = _watch(desk, now, to_staff, problems) if dependencies["services"] == "ok" else []
    left = backlog.look(desk, now)
    problems += _left(left)
    return Health(
        problems=tuple(problems),
        dependencies=dependencies,
        timers=timers,
        agenda={
            "overdue": left.overdue,
            "oldest_overdue_s": left.oldest_overdue.total_seconds(),
            "unfiled_list_records": left.unfiled,
        },
        alarms=tuple(shown),
        given_up_notices=left.given_up_notices,
        failing_tickets=left.failing_tickets,
        quarantined=left.quarantined,
    )


def _tried(ask: Callable[[], object]) -> str:
    try:
        ask()
    except Exception as failure:
        return f"{type(failure).__name__}: {failure}"[:300]
    return "ok"


def _services(desk: Desk, to_staff: bool) -> str:
    """What is wrong with them may name one that is not public."""
    answer = _tried(lambda: desk.services())
    return answer if to_staff or answer == "ok" else "cannot be read"


def _watch(desk: Desk, now: datetime, to_staff: bool, problems: list[str]) -> list[str]:
    """The alarms about the watched services, as they are shown."""
    services = desk.services()

    def is_named(service: str) -> bool:
        return to_staff or services.is_public(service)

    problems += unseen.problems(desk, now, is_named)
    standing = alarms.every(desk) if services.services else []
    problems += alarms.problems(standing, is_named)
    return list(alarms.shown(standing, is_named))


def _mail(beats: Mapping[str, Beats]) -> str:
    """What the mail service said last: it is asked by the deliveries, not by every look at the desk's health."""
    report = beats["deliver"].report if "deliver" in beats else None
    if isinstance(report, dict) and report["postponed"] and not report["sent"]:
        return f"the last delivery sent nothing and postponed {report['postponed']} mails"
    return "ok"


def _timers(desk: Desk, beats: Mapping[str, Beats], now: datetime, problems: list[str]) -> dict[str, dict[str, object]]:
    """By what the timers themselves ran, in vain or not: what the watchdog runs in their place is done, but they are dead all the
    same. One that is alive and whose work is not done, by anybody, is told of as such."""
    ages: dict[str, dict[str, object]] = {}
    for timer, limit in ((each.name, each.silent) for each in rounds.of(desk)):
        known = beats.get(timer)
        age = max(now - known.timer_silent_since, timedelta(0)) if known else None
        if known is None or (age is not None and age > limit and known.fired is None):
            problems.append(f"the timer {timer} has never run")
        elif age is not None and age > limit:
            problems.append(f"the timer {timer} last ran {int(age.total_seconds())} s ago")
        elif known.undone_since is None:
            problems.append(f"the round {timer} fails, and has never done its work")
        elif (undone := now - known.undone_since) > limit:
            problems.append(f"the round {timer} fails: it last did its work {int(undone.total_seconds())} s ago")
        ages[timer] = {"age_s": age.total_seconds() if age is not None else None, "limit_s": limit.total_seconds()}
    return ages


def _left(left: Backlog) -> Iterator[str]:
    if left.oldest_overdue > backlog.LATE:
        yield f"the oldest overdue agenda row is {int(left.oldest_overdue.total_seconds())} s old"
    if left.unfiled:
        yield f"{left.unfiled} records of who read which list are overdue for filing"
    if left.failing_tickets:
        yield f"{left.failing_tickets} tickets fail in the sweep"
    if left.given_up_notices:
        yield f"{left.given_up_notices} notices were given up"
