"""Closures announced after publication: each makes the next version of the calendars it names, and edits nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shared.catalogue import parser
from shared.domain.contract import Contract
from shared.domain.errors import CatalogueError
from shared.domain.worktime.reason import ReasonKind

SHIPPED = Path(parser.__file__).parents[1]
ROME = ZoneInfo("Europe/Rome")

SUMMER = """
announces = "zenshare-support"
calendars = ["office", "zucchetti"]
announced_at = 2026-06-15T10:00:00+02:00
author = "C. Rossi"
reason = { it = "Chiusura estiva", en = "Summer closure" }
closures = [{ first_day = 2026-08-10, last_day = 2026-08-21 }]
openings = [{ starts = 2026-08-12T09:00:00, ends = 2026-08-12T11:00:00, reason = { it = "Reperibilità", en = "On call" } }]
"""
CHRISTMAS = """
announces = "zenshare-support"
calendars = ["office"]
announced_at = 2026-05-01T09:00:00Z
author = "C. Rossi"
reason = { it = "Chiusura natalizia", en = "Christmas closure" }
closures = [{ first_day = 2026-12-24, last_day = 2027-01-06 }]
"""


def published_with(folder: Path, *announcements: str) -> Contract:
    (folder / "announcements").mkdir()
    for number, text in enumerate(announcements):
        (folder / "announcements" / f"{number}.toml").write_text(text, encoding="utf-8")
    shipped = SHIPPED / "zenshare-support-2026.toml"
    (folder / shipped.name).write_bytes(shipped.read_bytes())
    return parser.load([folder]).contracts[0]


def test_an_announcement_makes_the_next_version_of_the_calendars_it_names(tmp_path: Path) -> None:
    contract = published_with(tmp_path, SUMMER)
    assert {name: len(history.versions) for name, history in contract.calendars.items()} == {
        "office": 2,
        "zucchetti": 2,
        "email": 1,
    }
    first, second = contract.calendars["office"].versions
    assert (first.number, second.number) == (1, 2)
    assert second.announced_at == datetime(2026, 6, 15, 8, tzinfo=UTC)
    assert (second.author, second.reason) == ("C. Rossi", {"it": "Chiusura estiva", "en": "Summer closure"})
    closed_week = datetime(2026, 8, 10, tzinfo=ROME), datetime(2026, 8, 22, tzinfo=ROME)
    assert first.calendar.elapsed(*closed_week) == timedelta(hours=80)
    assert second.calendar.elapsed(*closed_week) == timedelta(hours=2)


def test_each_announcement_joins_those_before_it_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    office = published_with(tmp_path, SUMMER, CHRISTMAS).calendars["office"].versions
    assert [version.reason["en"] for version in office[1:]] == ["Christmas closure", "Summer closure"]
    new_years_eve, august = datetime(2026, 12, 31, 10, tzinfo=ROME), datetime(2026, 8, 13, 10, tzinfo=ROME)
    assert [version.calendar.is_open(new_years_eve) for version in office] == [True, False, False]
    assert [version.calendar.is_open(august) for version in office] == [True, True, False]


def test_a_clock_that_runs_across_an_announcement_keeps_the_time_it_used(tmp_path: Path) -> None:
    announced = SUMMER.replace("2026-06-15T10:00:00", "2026-08-10T10:00:00")
    history = published_with(tmp_path, announced).calendars["office"]
    start = datetime(2026, 8, 10, 9, tzinfo=ROME)
    later = history.running(start, datetime(2026, 8, 10, 12, tzinfo=ROME))
    # An hour on Monday before it was known, two on call on Wednesday; the last is after the closure, on Monday the 24th.
    assert later.add(start, timedelta(hours=4)) == datetime(2026, 8, 24, 10, tzinfo=ROME)
    assert history.running(start, start).add(start, timedelta(hours=4)) == datetime(2026, 8, 10, 13, tzinfo=ROME)


def test_what_was_announced_before_a_contract_took_effect_is_known_from_its_first_day(tmp_path: Path) -> None:
    contract = published_with(tmp_path, CHRISTMAS.replace("2026-05-01", "2019-05-01"))
    history = contract.calendars["office"]
    assert [version.number for version in history.versions] == [1, 2]
    assert history.known_at(contract.effective_from).number == 2
    assert history.versions[0].announced_at <= history.versions[1].announced_at


def test_the_reason_of_a_closed_stretch_is_told_in_the_readers_language(tmp_path: Path) -> None:
    contract = published_with(tmp_path, SUMMER)
    calendar = contract.calendars["office"].versions[-1].calendar
    stretches = calendar.stretches(datetime(2026, 8, 10, 9, tzinfo=ROME), datetime(2026, 8, 10, 10, tzinfo=ROME))
    (reason,) = [stretch.reason for stretch in stretches]
    assert reason is not None
    assert reason.kind is ReasonKind.CLOSURE
    assert contract.name_in(reason.name, "en") == "Summer closure"
    assert contract.name_in(reason.name, "it") == "Chiusura estiva"


def test_an_announcement_leaves_the_published_digest_as_it_was(tmp_path: Path) -> None:
    assert published_with(tmp_path, SUMMER).digest == parser.load([SHIPPED]).version("zenshare-support", "2026-1").digest


def test_an_announcement_reaches_every_version_of_the_contract(tmp_path: Path) -> None:
    published_with(tmp_path, SUMMER)
    older = Path(__file__).parents[1] / "catalogues" / "zenshare-support-2015.toml"
    catalogue = parser.load([tmp_path, older])
    assert [len(contract.calendars["office"].versions) for contract in catalogue.contracts] == [2, 2]


def test_an_announcement_leaves_other_contracts_alone(tmp_path: Path) -> None:
    published_with(tmp_path, SUMMER)
    catalogue = parser.load([tmp_path, Path(__file__).parents[1] / "catalogues" / "northwind-hosting.toml"])
    assert len(catalogue.version("northwind-hosting", "7").calendars["office"].versions) == 1


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            '"zenshare-support"',
            '"zenshare"',
            "announces names 'zenshare', which is not among the contracts; allowed: zenshare-support.",
        ),
        (
            '"zucchetti"',
            '"ifin"',
            "calendars[2] names 'ifin', which is not among the calendars; allowed: office, zucchetti, email.",
        ),
        ('"zucchetti"', '"office"', "calendars names something twice; each may stand once."),
        (
            "T10:00:00+02:00",
            "T10:00:00",
            "announced_at must be a date-time with an offset, such as 2026-06-15T10:00:00+02:00, not",
        ),
        ('author = "C. Rossi"', "", "author is missing. Who announced it."),
        (', en = "Summer closure"', "", "reason lacks the language en; the contract's languages are it, en."),
        ("last_day = 2026-08-21", "last_day = 2026-08-09", "closures[1] ends before it begins"),
        (
            "closures =",
            "closed =",
            "closed is not a key that may stand here; allowed: announces, calendars, announced_at, author, reason,",
        ),
    ],
)
def test_a_mistake_in_an_announcement(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in SUMMER
    with pytest.raises(CatalogueError) as caught:
        published_with(tmp_path, SUMMER.replace(old, new))
    assert caught.value.detail.startswith(f"{tmp_path / 'announcements' / '0.toml'}: {sentence}")
    assert caught.value.detail.count("\n") == 0


def test_an_announcement_of_nothing_is_a_mistake(tmp_path: Path) -> None:
    nothing = "\n".join(line for line in SUMMER.splitlines() if not line.startswith(("closures", "openings")))
    with pytest.raises(CatalogueError, match="The file announces nothing; it needs closures or openings"):
        published_with(tmp_path, nothing)
