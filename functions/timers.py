"""Every schedule on one page. Timers tick in UTC; what must happen at a local hour is decided by the calendars, not here.

Waking up is what the desk costs, a second at least whatever there is to do: what goes every minute shares a timer.
"""

import azure.functions as func

bp = func.Blueprint()


@bp.function_name("probe")
@bp.timer_trigger(arg_name="timer", schedule="0 * * * * *")
def probe(timer: func.TimerRequest) -> None:
    """Every minute: how the watched services do. Where none are watched it asks the storage nothing, and has no heartbeat."""
    _run("probe")


@bp.function_name("judge")
@bp.timer_trigger(arg_name="timer", schedule="30 */5 * * * *")
def judge(timer: func.TimerRequest) -> None:
    """Every five minutes: error budgets that burn, gaps, and the month that is over, as `probe`; and how much there is to do."""
    _run("judge", "measure")


@bp.function_name("sweep")
@bp.timer_trigger(arg_name="timer", schedule="0 * * * * *")
def sweep(timer: func.TimerRequest) -> None:
    """Every minute: what has fallen due on tickets; then the mail that is owed; then what is owed to other systems; then
    what has become of mails that left."""
    _run("sweep", "deliver", "publish", "collect")


@bp.function_name("reconcile")
@bp.timer_trigger(arg_name="timer", schedule="0 30 2 * * *")
def reconcile(timer: func.TimerRequest) -> None:
    """Every night: open tickets, agenda and notices compared and mended."""
    _run("reconcile")


def _run(*names: str) -> None:
    """Runs the rounds, one after the other. Raises in the end if any failed, so that the host records a failed run."""
    from shared import app
    from shared.actions.running import rounds

    desk = app.desk()
    rounds.check(rounds.run(desk, names, desk.clock()))
