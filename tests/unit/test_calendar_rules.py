"""What a calendar may be made of; each mistake is a sentence."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.domain.calendar import Closing, Opening, Rules
from shared.domain.errors import InvalidInput


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "../Rome", "Europe", "/etc/passwd", "europe/rome\0", "zone.tab", "+01:00", None, 1]
)
def test_a_zone_that_does_not_exist_is_refused(zone: Any) -> None:
    with pytest.raises(InvalidInput, match=r"no time zone .* allowed are IANA names"):
        Rules(zone=zone, weekly={})


@pytest.mark.parametrize(
    ("shift", "says"),
    [
        ((86_400, 90_000), "opens from 00:00 to before 24:00 .* not at 24:00"),
        ((-60, 3_600), "opens from 00:00"),
        (
            (79_200, 21_600),
            r"opens at 22:00 closes after 22:00 and at most 48:00 \(30:00 is 06:00 the next morning\), not at 06:00",
        ),
        ((32_400, 32_400), "closes after 09:00"),
        ((32_400, 172_801), "at most 48:00 .* not at 48:00:01"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(shift: tuple[int, int], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        Rules(zone="Europe/Rome", weekly={0: (shift,)})


@pytest.mark.parametrize("weekday", [-1, 7, True, "mon"])
def test_a_weekday_is_a_number_from_monday_0_to_sunday_6(weekday: Any) -> None:
    with pytest.raises(InvalidInput, match=r"0 \(Monday\) to 6 \(Sunday\)"):
        Rules(zone="Europe/Rome", weekly={weekday: ()})


@pytest.mark.parametrize("kind", [Closing, Opening])
@pytest.mark.parametrize("ends", [datetime(2026, 8, 10), datetime(2026, 8, 9)])
def test_a_closure_and_an_opening_must_end_after_they_start(kind: type[Closing | Opening], ends: datetime) -> None:
    with pytest.raises(InvalidInput, match=r"An? (closure|opening) must end after it starts"):
        kind(starts=datetime(2026, 8, 10), ends=ends)


def test_a_closure_is_given_in_local_time() -> None:
    with pytest.raises(InvalidInput, match="without an offset"):
        Closing(starts=datetime(2026, 8, 10, tzinfo=UTC), ends=datetime(2026, 8, 11, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="local date-times"):
        Closing(starts=date(2026, 8, 10), ends=datetime(2026, 8, 11))  # type: ignore[arg-type]


def test_a_holiday_is_a_date_and_not_an_instant() -> None:
    with pytest.raises(InvalidInput, match="A holiday is a date"):
        Rules(zone="Europe/Rome", weekly={}, holidays={datetime(2026, 12, 25): "Natale"})
