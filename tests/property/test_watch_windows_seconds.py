"""Excluded maintenance against a look at every single second, through the night in which Rome's clocks go forward."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.calendar import Calendar, Rules
from shared.domain.guarantee import MaintenanceRule
from shared.domain.guarantees.windows import Why, excluded, ledger
from shared.domain.watch.maintenance import Window
from shared.domain.worktime.rules import Shift

ROME = ZoneInfo("Europe/Rome")
START = datetime(2026, 3, 29, 0, 50, tzinfo=UTC)
LENGTH = 900
SECOND = timedelta(seconds=1)
CHANGED_AT = -50
"""From this second on another calendar is known."""


def _clock(text: str) -> int:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _shift(opens: str, closes: str) -> Shift:
    return _clock(opens), _clock(closes)


EARLIER = (_shift("01:52:10", "01:56:30"), _shift("01:59:00", "03:01:40"), _shift("03:03:00", "06:00:00"))
LATER = (_shift("00:00:00", "01:51:00"), _shift("01:55:00", "01:57:00"), _shift("03:02:00", "03:04:20"))

offsets = st.integers(-300, LENGTH + 60)


@st.composite
def windows(draw: st.DrawFn) -> list[Window]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        starts = draw(offsets)
        announced = draw(st.integers(starts - 400, starts + 100))
        found.append(
            Window(
                id=f"w{number}",
                services=("up",),
                starts_at=_at(starts),
                ends_at=_at(starts + draw(st.integers(1, 500))),
                announced_at=_at(announced),
                announced_by="sandro",
                reason={"it": "Aggiornamento", "en": "Update"},
                cancelled_at=_at(announced + 1) if draw(st.booleans()) and draw(st.booleans()) else None,
            )
        )
    return found


@st.composite
def rules(draw: st.DrawFn) -> MaintenanceRule:
    return MaintenanceRule(
        excluded=draw(st.integers(0, 9)) > 0,
        notice=draw(st.sampled_from([0, 1, 60, 200])) * SECOND,
        calendar=draw(st.sampled_from(["night", None])),
        cap=draw(st.none() | st.integers(0, 600).map(lambda seconds: seconds * SECOND)),
    )


@settings(max_examples=600, deadline=None)
@given(windows(), rules())
def test_every_second_is_excluded_or_counts_as_the_contract_says(windows: list[Window], rule: MaintenanceRule) -> None:
    hours = None if rule.calendar is None else _known_at
    period = _at(0), _at(LENGTH)
    out = excluded(windows, rule, hours, period)
    said = [any(start <= _at(second) < end for start, end in out) for second in range(LENGTH)]
    left = LENGTH if rule.cap is None else rule.cap // SECOND
    for second in range(LENGTH):
        allowed = any(_excludes(window, rule, second) for window in windows)
        assert said[second] == (allowed and left > 0), second
        left -= allowed
    _tells_of_every_second(windows, rule, said)


def _tells_of_every_second(windows: list[Window], rule: MaintenanceRule, said: list[bool]) -> None:
    """The ledger: each window's parts are all of it, and each second has the reason that it must have."""
    hours = None if rule.calendar is None else _known_at
    told = {each.window.id: each.parts for each in ledger(windows, rule, hours, (_at(0), _at(LENGTH)))}
    for window in windows:
        seconds = [s for s in range(LENGTH) if window.starts_at <= _at(s) < window.ends_at]
        assert bool(seconds) == (window.id in told)
        for second in seconds:
            (part,) = [part for part in told[window.id] if part.starts_at <= _at(second) < part.ends_at]
            assert part.why is _why(window, rule, second, said[second])
        assert all(window.starts_at <= part.starts_at < part.ends_at <= window.ends_at for part in told.get(window.id, ()))


def _why(window: Window, rule: MaintenanceRule, second: int, is_out: bool) -> Why:
    if window.cancelled_at is not None:
        return Why.CANCELLED
    if not rule.excluded:
        return Why.NEVER_EXCLUDED
    if not window.announced_at < window.starts_at:
        return Why.AFTERWARDS
    if window.announced_at + rule.notice > window.starts_at:
        return Why.NOTICE
    if not _excludes(window, rule, second):
        return Why.HOURS
    return Why.EXCLUDED if is_out else Why.CAP


def _excludes(window: Window, rule: MaintenanceRule, second: int) -> bool:
    return (
        window.starts_at <= _at(second) < window.ends_at
        and rule.excluded
        and window.cancelled_at is None
        and window.announced_at < window.starts_at
        and window.announced_at + rule.notice <= window.starts_at
        and (rule.calendar is None or _is_open(window.announced_at, _at(second)))
    )


def _is_open(known_at: datetime, at: datetime) -> bool:
    """By the clock on the wall: no shift opens or closes in the hour that is skipped."""
    wall = at.astimezone(ROME)
    clock = wall.hour * 3600 + wall.minute * 60 + wall.second
    return any(opens <= clock < closes for opens, closes in (EARLIER if known_at < _at(CHANGED_AT) else LATER))


def _known_at(at: datetime) -> Calendar:
    return _calendar(EARLIER if at < _at(CHANGED_AT) else LATER)


@cache
def _calendar(shifts: tuple[Shift, ...]) -> Calendar:
    return Calendar(Rules(zone="Europe/Rome", weekly=dict.fromkeys(range(7), shifts)))


def _at(second: int) -> datetime:
    return START + second * SECOND
