"""What an instance keeps for a moment, to save reading it again and again: announced maintenance, and outages that go on.

A window cannot begin before it was announced, so what was announced within that minute has excluded hardly anything yet. Time
that is over is always read afresh.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from shared.domain.watch.maintenance import Window
from shared.domain.watch.tie import Tie
from shared.domain.worktime.span import Span

KEPT_FOR = timedelta(minutes=1)
OUTAGES_KEPT_FOR = timedelta(seconds=20)


class KeptWindows:
    """One time at once, which is the one that is asked for again and again."""

    def __init__(self) -> None:
        self._read: tuple[datetime, Span, list[Window]] | None = None

    def of(self, span: Span, now: datetime, read: Callable[[], list[Window]]) -> list[Window]:
        """The windows of some time, which `read` reads."""
        if span[1] <= now:
            return read()
        kept = self._read
        if kept is None or kept[1] != span or not timedelta(0) <= now - kept[0] < KEPT_FOR:
            kept = self._read = (now, span, read())
        return kept[2]

    def forget(self) -> None:
        """Something was announced or cancelled here."""
        self._read = None


class KeptOutages:
    """The outages that go on, so that a request that comes in costs no look for them."""

    def __init__(self) -> None:
        self._read: tuple[datetime, list[Tie]] | None = None

    def open(self, now: datetime, read: Callable[[], list[Tie]]) -> list[Tie]:
        kept = self._read
        if kept is None or not timedelta(0) <= now - kept[0] < OUTAGES_KEPT_FOR:
            kept = self._read = (now, read())
        return kept[1]

    def forget(self) -> None:
        """One began or ended here."""
        self._read = None
