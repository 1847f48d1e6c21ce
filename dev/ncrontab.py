"""NCRONTAB as the Functions host reads it: six fields, seconds first, in UTC; a day must match both day fields."""

import os
import re
from datetime import datetime

from croniter import CroniterBadDateError, croniter

NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat"
FIELD = re.compile(rf"(?:\d+|\*|[,/-]|{NAMES})+", re.IGNORECASE)


class BadSchedule(ValueError):
    """A schedule the host would refuse; the sentence says why."""


class Schedule:
    """When a timer fires. `text` may be "%SETTING%", which is looked up among the app settings as the host does."""

    def __init__(self, text: str) -> None:
        self.text = _setting(text)
        fields = self.text.split()
        if len(fields) != 6 or not all(map(FIELD.fullmatch, fields)):
            raise BadSchedule(
                f"{self.text!r} is no NCRONTAB: six fields (second minute hour day month weekday) of numbers, names and * , - /."
            )
        if re.search(r"(?<!/)7", fields[5]):
            raise BadSchedule(f"{self.text!r} has weekday 7: NCRONTAB counts from 0 (Sunday) to 6.")
        if not croniter.is_valid(self.text, second_at_beginning=True):
            raise BadSchedule(f"{self.text!r} is no NCRONTAB: a field is out of its range.")

    def after(self, moment: datetime) -> datetime:
        """The first firing strictly after `moment`, an aware UTC instant.

        Every minute, seen from 09:00:00: 09:01:00. Raises BadSchedule for a day that never comes (30 February).
        """
        ticks = croniter(self.text, moment, second_at_beginning=True, day_or=False)
        try:
            tick: datetime = ticks.get_next(datetime)
        except CroniterBadDateError:
            raise BadSchedule(f"{self.text!r} never comes.") from None
        return tick


def _setting(text: str) -> str:
    if not re.fullmatch(r"%[^%]+%", text):
        return text
    name = text.strip("%")
    if name not in os.environ:
        raise BadSchedule(f"The app setting {name!r}, which a timer's schedule names, is missing.")
    return os.environ[name]
