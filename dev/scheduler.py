"""Timers by NCRONTAB on the settable clock, with the real host's habits.

A tick that comes while the timer's last run is still going vanishes. However many ticks a jump of the clock passes, each
timer fires once. `IsPastDue` is true only at start.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from dev.clock import SettableClock
from dev.ncrontab import Schedule

LONGEST_WAIT = timedelta(seconds=60)

log = logging.getLogger("local.timers")

Fire = Callable[[str], None]
"""Runs a timer's function to its end on the TimerInfo given as JSON; raises what the function raised."""


class Timer:
    """One timer trigger: its name, when it fires, and a lock that lets one run at a time."""

    def __init__(self, name: str, schedule: Schedule, fire: Fire) -> None:
        self.name = name
        self.schedule = schedule
        self._fire = fire
        self._running = threading.Lock()
        self._last: datetime | None = None

    def run(self, now: datetime, *, past_due: bool = False) -> None:
        """Runs to the end, after a run that is still going. Raises what the function raised."""
        with self._running:
            self._run(now, past_due)

    def tick(self, now: datetime) -> None:
        """Runs unless the last run is still going; a failure is logged, the schedule goes on."""
        if not self._running.acquire(blocking=False):
            log.warning("%s is still running: this tick vanishes.", self.name)
            return
        try:
            self._run(now, past_due=False)
        except Exception as error:
            log.error("%s failed: %s", self.name, error)
        finally:
            self._running.release()

    def _run(self, now: datetime, past_due: bool) -> None:
        last, self._last = self._last, now
        status = {
            "Last": (last or now).isoformat(),
            "Next": self.schedule.after(now).isoformat(),
            "LastUpdated": (last or now).isoformat(),
        }
        self._fire(json.dumps({"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": past_due}))


class Scheduler:
    """Fires timers as the clock passes their ticks. Timers that fall due together catch up in the order given."""

    def __init__(self, timers: Iterable[Timer], clock: SettableClock) -> None:
        self.timers = {timer.name: timer for timer in timers}
        self._clock = clock
        self._changed = threading.Condition()
        self._next = {name: timer.schedule.after(clock.now()) for name, timer in self.timers.items()}
        self._stopped = False
        self._thread = threading.Thread(target=self._keep_ticking, name="scheduler", daemon=True)

    def start(self) -> None:
        """Fires every timer once, past due, one after the other; from then on by schedule, in the background."""
        self._catch_up(self.timers.values(), past_due=True)
        with self._changed:
            self._plan(self.timers)
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def fire(self, name: str) -> None:
        """Runs a timer now and waits for it. Raises KeyError for an unknown name, and what the function raised."""
        self.timers[name].run(self._clock.now())

    def move(self, change: Callable[[], None]) -> None:
        """Lets `change` set the clock, then fires each timer whose tick was passed once, and waits for them."""
        with self._changed:
            change()
            due = self._take_due()
            self._plan(self.timers)
            self._changed.notify()
        self._catch_up(due, past_due=False)

    def _catch_up(self, timers: Iterable[Timer], *, past_due: bool) -> None:
        for timer in timers:
            try:
                timer.run(self._clock.now(), past_due=past_due)
            except Exception as error:
                log.error("%s failed: %s", timer.name, error)

    def _keep_ticking(self) -> None:
        while True:
            with self._changed:
                if self._stopped:
                    return
                for timer in self._take_due():
                    threading.Thread(target=timer.tick, args=[self._clock.now()], name=timer.name, daemon=True).start()
                self._changed.wait(self._until_next().total_seconds())

    def _take_due(self) -> list[Timer]:
        now = self._clock.now()
        due = [name for name, at in self._next.items() if at <= now]
        self._plan(due)
        return [self.timers[name] for name in due]

    def _plan(self, names: Iterable[str]) -> None:
        for name in names:
            self._next[name] = self.timers[name].schedule.after(self._clock.now())

    def _until_next(self) -> timedelta:
        if not self._next:
            return LONGEST_WAIT
        return max(timedelta(0), min(min(self._next.values()) - self._clock.now(), LONGEST_WAIT))
