"""The settable clock: machine time plus an offset that a demo or a test may change. Only the local host knows of it."""

import json
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
STEP = re.compile(r"([+-])((?:\d+(?:\.\d+)?[wdhms])+)")
PART = re.compile(r"(\d+(?:\.\d+)?)([wdhms])")
RANGE = f"the clock goes from {EARLIEST.year} to the end of {LATEST.year - 1}"
ALLOWED = 'an instant with its UTC offset, like "2026-08-07T17:50:00+02:00", or a step, like "+4h", "-30m" or "+1d4h" (w d h m s)'


class BadTime(ValueError):
    """What was asked for is no time; the sentence says what would be."""


def machine_time() -> datetime:
    return datetime.now(UTC)


class SettableClock:
    """Starts at machine time, or at the offset kept in `file`, and goes on ticking from wherever it is set to."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._offset = _offset_in(file)

    @property
    def offset(self) -> timedelta:
        return self._offset

    def now(self) -> datetime:
        return machine_time() + self._offset

    def set(self, moment: datetime) -> None:
        """Sets the clock to an aware instant. Raises BadTime outside the years that calendars are kept for."""
        self._set(moment, machine_time())

    def obey(self, text: str) -> None:
        """Sets the clock as a person says it: "+4h", "2026-08-07T17:50:00+02:00". Raises BadTime."""
        machine_now = machine_time()
        self._set(moment_from(text, machine_now + self._offset), machine_now)

    def _set(self, moment: datetime, machine_now: datetime) -> None:
        if not EARLIEST <= moment < LATEST:
            raise BadTime(f"{moment.isoformat()} is out of range: {RANGE}.")
        self._keep(moment - machine_now)

    def reset(self) -> None:
        """Back to machine time."""
        self._keep(timedelta(0))

    def _keep(self, offset: timedelta) -> None:
        with self._lock:
            self._offset = offset
            if self._file is not None:
                self._file.write_text(json.dumps({"offset_s": offset.total_seconds()}), encoding="utf-8")


def _offset_in(file: Path | None) -> timedelta:
    if file is None or not file.exists():
        return timedelta(0)
    return timedelta(seconds=json.loads(file.read_text(encoding="utf-8"))["offset_s"])


def moment_from(text: str, now: datetime) -> datetime:
    """The instant that "+4h" or "2026-08-07T17:50:00+02:00" names, seen from `now`. Raises BadTime."""
    text = text.strip()
    if step := STEP.fullmatch(text):
        return _stepped(now, step[1], step[2])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadTime(f"{text[:80]!r} is no time: send {ALLOWED}.") from None
    if moment.tzinfo is None:
        raise BadTime(f"{text!r} has no UTC offset: send {ALLOWED}.")
    return moment.astimezone(UTC)


def _stepped(now: datetime, sign: str, parts: str) -> datetime:
    try:
        step = sum((timedelta(**{UNITS[unit]: float(amount)}) for amount, unit in PART.findall(parts)), timedelta(0))
        return now + step if sign == "+" else now - step
    except OverflowError:
        raise BadTime(f"{sign}{parts} is out of range: {RANGE}.") from None
