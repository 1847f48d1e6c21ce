"""The stored holiday tables say what the pinned package says, and spare every request from importing it."""

import subprocess
import sys
from datetime import date

import holidays
import pytest

from dev.refresh_holidays import from_package
from shared.catalogue.holiday_tables import FOLDER, country_holidays, english_name, stored_countries
from shared.domain.errors import InvalidInput

YEARS = range(2020, 2036)
ITALY = holidays.country_holidays("IT")


def test_the_stored_table_of_italy_is_the_packages() -> None:
    stored = {day: name for day, name in country_holidays("IT").items() if day.year in YEARS}
    assert stored == dict(holidays.country_holidays("IT", years=YEARS)) and len(stored) > 150


@pytest.mark.parametrize("subdivision", ITALY.subdivisions)
def test_the_stored_table_of_each_province_is_the_packages(subdivision: str) -> None:
    stored = {day: name for day, name in country_holidays("IT", subdivision).items() if day.year in YEARS}
    assert stored == dict(holidays.country_holidays("IT", subdiv=subdivision, years=YEARS))


def test_the_table_goes_on_to_2200_where_the_package_ends() -> None:
    assert country_holidays("IT") == from_package("IT")
    assert country_holidays("IT")[date(2199, 12, 25)] == "Natale"
    assert country_holidays("IT")[date(2200, 4, 6)] == "Pasqua"
    assert min(country_holidays("IT")).year == 1990


def test_a_province_may_be_called_by_its_name() -> None:
    assert country_holidays("IT", "Milano") == country_holidays("IT", "MI")
    assert country_holidays("IT", "MI")[date(2026, 12, 7)] == "Sant'Ambrogio"


def test_two_holidays_on_one_date_are_both_named() -> None:
    assert country_holidays("IT")[date(2038, 4, 25)] == "Anniversario della Liberazione; Pasqua"


def test_holidays_have_english_names() -> None:
    assert english_name("Natale") == "Christmas Day"
    assert english_name("Anniversario della Liberazione; Pasqua") == "Easter Sunday; Liberation Day"
    assert english_name("San Cetteo, patrono di un altro posto") == "San Cetteo, patrono di un altro posto"
    untranslated = {name for name in country_holidays("IT").values() if "; " not in name and english_name(name) == name}
    assert untranslated == set()


def test_an_unknown_subdivision_is_refused_with_those_that_exist() -> None:
    with pytest.raises(InvalidInput, match=r"IT has no subdivision 'XX' .* allowed: AG, AL,"):
        country_holidays("IT", "XX")


def test_a_country_without_a_table_comes_from_the_package_after_all() -> None:
    assert country_holidays("DE", "BY")[date(2026, 1, 6)] == "Heilige Drei Könige"


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("it", None), ("../IT", None), ("DE", "XX")])
def test_an_unknown_country_is_refused(country: str, subdivision: str | None) -> None:
    with pytest.raises(InvalidInput, match="No holidays are known for"):
        country_holidays(country, subdivision)


def test_italian_holidays_are_read_without_the_package() -> None:
    code = (
        "import sys; from shared.catalogue.holiday_tables import country_holidays\n"
        "assert len(country_holidays('IT', 'RM')) > 2000\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('holidays', 'dateutil')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_stored_table_is_of_the_country_its_file_names() -> None:
    assert "IT" in stored_countries() and {path.stem for path in FOLDER.iterdir()} == stored_countries()
