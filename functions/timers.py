"""Every schedule on one page. Timers tick in UTC; what must happen at a local hour is decided by the calendars, not here."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import azure.functions as func

if TYPE_CHECKING:
    from shared.actions.desk import Desk

bp = func.Blueprint()
log = logging.getLogger("sportello.timers")


@bp.function_name("probe")
@bp.timer_trigger(arg_name="timer", schedule="0 * * * * *")
def probe(timer: func.TimerRequest) -> None:
    """Every minute: how the watched services do. Where none are watched it asks the storage nothing, and has no heartbeat."""
    from shared import app
    from shared.actions.watch import minute, outages

    if not app.desk().services().services:
        log.info("probe: nothing is watched")
        return
    _run("probe", lambda desk, now: minute.run(desk, now, outages.act))


@bp.function_name("judge")
@bp.timer_trigger(arg_name="timer", schedule="30 */5 * * * *")
def judge(timer: func.TimerRequest) -> None:
    """Every five minutes: error budgets that burn, gaps, and the month that is over. Where none are watched, as `probe`."""
    from shared import app
    from shared.actions.watch.judging import judge

    if not app.desk().services().services:
        log.info("judge: nothing is watched")
        return
    _run("judge", judge)


@bp.function_name("sweep")
@bp.timer_trigger(arg_name="timer", schedule="0 * * * * *")
def sweep(timer: func.TimerRequest) -> None:
    """Every minute: what has fallen due on tickets."""
    from shared.actions.sweep import sweep

    _run("sweep", sweep)


@bp.function_name("deliver")
@bp.timer_trigger(arg_name="timer", schedule="*/20 * * * * *", use_monitor=False)
def deliver(timer: func.TimerRequest) -> None:
    """Every twenty seconds: the mail that is owed."""
    from shared.actions.deliver import deliver

    _run("deliver", deliver)


@bp.function_name("publish")
@bp.timer_trigger(arg_name="timer", schedule="*/20 * * * * *", use_monitor=False)
def publish(timer: func.TimerRequest) -> None:
    """Every twenty seconds: the events that are owed to other systems."""
    from shared.actions.hooks.publish import publish

    _run("publish", publish)


@bp.function_name("reconcile")
@bp.timer_trigger(arg_name="timer", schedule="0 30 2 * * *")
def reconcile(timer: func.TimerRequest) -> None:
    """Every night: open tickets, agenda and notices compared and mended."""
    from shared.actions.reconcile import reconcile

    _run("reconcile", reconcile)


def _run(name: str, work: "Callable[[Desk, datetime], object]") -> None:
    """Runs a timer's work and notes its heartbeat; a run that fails beats no heart."""
    from shared import app
    from shared.actions import heartbeat

    desk = app.desk()
    now = desk.clock()
    report = work(desk, now)
    heartbeat.beat(desk, name, now, report)
    log.info("%s: %s", name, report)
