"""Public holidays by country, read from the tables in `holidays/`, so that no request imports the `holidays` package.

A table is JSON: `everywhere` and `subdivisions` hold entries {"name", "on": "12-25", "years": [1990, 2200]} for what falls on one
day of the year, and {"name", "dates": […]} for what moves. Where entries share a date, so do the names: "A; B". `english`
translates names. `dev/refresh_holidays.py` makes the tables; for a country without one the package is imported after all.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict

from shared.domain.errors import InvalidInput
from shared.domain.worktime.horizon import FIRST_YEAR, LAST_YEAR

FOLDER = Path(__file__).parent / "holidays"
JOINT = "; "
"""Between the names of holidays that fall on one date."""


class Entry(TypedDict, total=False):
    """One holiday: on one day of the year, from the first year to the last inclusive, or on these dates."""

    name: str
    on: str
    years: tuple[int, int]
    dates: list[str]


class Table(TypedDict):
    """One country's file."""

    country: str
    source: str
    everywhere: list[Entry]
    subdivisions: dict[str, list[Entry]]
    aliases: dict[str, str]
    english: dict[str, str]


@lru_cache(maxsize=32)
def country_holidays(country: str, subdivision: str | None = None) -> Mapping[date, str]:
    """Date to local name, for the years 1990 to 2200, of a country (ISO 3166: "IT") and one of its subdivisions ("MI", "Milano").

    Raises InvalidInput for a country or a subdivision that nobody knows.
    """
    if country not in stored_countries():
        return MappingProxyType(_from_package(country, subdivision))
    table = _table(country)
    entries = list(table["everywhere"])
    if subdivision is not None:
        code = table["aliases"].get(subdivision, subdivision)
        if code not in table["subdivisions"]:
            allowed = ", ".join(sorted(table["subdivisions"]))
            raise InvalidInput(f"{country} has no subdivision {subdivision!r} with holidays of its own; allowed: {allowed}.")
        entries += table["subdivisions"][code]
    return MappingProxyType(_by_date(entries))


def english_name(name: str) -> str:
    """What a holiday is called in English; the name itself where no table says."""
    return JOINT.join(sorted(_english().get(part, part) for part in name.split(JOINT)))


@cache
def stored_countries() -> frozenset[str]:
    """The countries that have a table here."""
    return frozenset(path.stem for path in FOLDER.glob("*.json"))


@cache
def _table(country: str) -> Table:
    table: Table = json.loads((FOLDER / f"{country}.json").read_text(encoding="utf-8"))
    return table


@cache
def _english() -> Mapping[str, str]:
    return {name: english for country in sorted(stored_countries()) for name, english in _table(country)["english"].items()}


def _by_date(entries: Iterable[Entry]) -> dict[date, str]:
    names: dict[date, list[str]] = {}
    for entry in entries:
        for day in _dates(entry):
            names.setdefault(day, []).append(entry["name"])
    return {day: JOINT.join(sorted(names[day])) for day in sorted(names)}


def _dates(entry: Entry) -> Iterator[date]:
    if "dates" in entry:
        yield from map(date.fromisoformat, entry["dates"])
    else:
        first, last = entry["years"]
        month, day = map(int, entry["on"].split("-"))
        yield from (date(year, month, day) for year in range(first, last + 1))


def _from_package(country: str, subdivision: str | None) -> dict[date, str]:
    """What the package says of a country without a table. Slow to import: `python -m dev.refresh_holidays IE` stores one."""
    try:
        package = import_module("holidays")
    except ImportError:
        stored = ", ".join(sorted(stored_countries()))
        raise InvalidInput(f"There is no table of holidays for {country!r}, and no holidays package; stored: {stored}.") from None
    try:
        kind = type(package.country_holidays(country))
        carried_on = type(kind.__name__, (kind,), {"end_year": LAST_YEAR})  # the package ends in 2100: its last rules go on
        known = carried_on(subdiv=subdivision, years=range(FIRST_YEAR, LAST_YEAR + 1))
    except NotImplementedError:
        place = f"{country!r}" if subdivision is None else f"{country!r} with the subdivision {subdivision!r}"
        raise InvalidInput(f"No holidays are known for {place}; allowed are ISO 3166 codes such as IT, DE, US.") from None
    return dict(known)
