"""Makes the holiday tables of `shared/catalogue/holidays/` from the pinned `holidays` package, and checks that they say the same.

    python -m dev.refresh_holidays          every country that has a table
    python -m dev.refresh_holidays DE FR    these as well

The package ends some countries early (Italy: 2100). The tables go on to 2200 by the rules of its last years.
"""

import importlib.metadata
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path

import holidays

from shared.catalogue import holiday_tables
from shared.catalogue.holiday_tables import JOINT, Entry
from shared.domain.worktime.horizon import FIRST_YEAR, LAST_YEAR

PACKAGED = importlib.metadata.version("holidays")
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
LONG_ENOUGH = 5
"""So many years in a row on one day of the year are written as such, and not date by date."""

Names = dict[str, list[date]]


def main(countries: list[str]) -> None:
    for country in sorted({*holiday_tables.stored_countries(), *countries}):
        path = holiday_tables.FOLDER / f"{country}.json"
        _write(path, _table(country))
        print(f"{path.name}: {path.stat().st_size / 1024:.0f} KiB from holidays {PACKAGED}")
    for cached in (holiday_tables.stored_countries, holiday_tables._table, holiday_tables.country_holidays):
        cached.cache_clear()
    for country in sorted(holiday_tables.stored_countries()):
        _check(country)


def from_package(country: str, subdivision: str | None = None, *, language: str | None = None) -> Mapping[date, str]:
    """What the package says, its last years' rules carried on to 2200."""
    kind = type(holidays.country_holidays(country))
    carried_on = type(kind.__name__, (kind,), {"end_year": LAST_YEAR})
    return dict(carried_on(subdiv=subdivision, years=YEARS, language=language))


def _table(country: str) -> dict[str, object]:
    known = holidays.country_holidays(country)
    everywhere = _names(from_package(country))
    own = {code: _beyond(everywhere, _names(from_package(country, code))) for code in known.subdivisions}
    return {
        "country": country,
        "source": f"holidays {PACKAGED}",
        "everywhere": [entry for name, days in everywhere.items() for entry in _entries(name, days)],
        "subdivisions": {
            code: [entry for name, days in names.items() for entry in _entries(name, days)] for code, names in own.items()
        },
        "aliases": dict(sorted(known.subdivisions_aliases.items())),
        "english": dict(sorted(_english(country, [None, *known.subdivisions]).items())),
    }


def _names(known: Mapping[date, str]) -> Names:
    names: Names = defaultdict(list)
    for day, joint in sorted(known.items()):
        for name in joint.split(JOINT):
            names[name].append(day)
    return names


def _beyond(everywhere: Names, here: Names) -> Names:
    """What a subdivision has that the country has not."""
    own = {name: [day for day in days if day not in set(everywhere.get(name, []))] for name, days in here.items()}
    return {name: days for name, days in own.items() if days}


def _entries(name: str, days: list[date]) -> Iterator[Entry]:
    moving = set(days)
    for (month, day), same in groupby(sorted(days, key=lambda d: (d.month, d.day, d.year)), key=lambda d: (d.month, d.day)):
        for run in _runs([d.year for d in same]):
            if len(run) >= LONG_ENOUGH:
                yield {"name": name, "on": f"{month:02d}-{day:02d}", "years": (run[0], run[-1])}
                moving -= {date(year, month, day) for year in run}
    if moving:
        yield {"name": name, "dates": [day.isoformat() for day in sorted(moving)]}


def _runs(years: list[int]) -> Iterator[list[int]]:
    """Years in a row: 1990 1991 1993 are two runs."""
    for _, run in groupby(enumerate(years), key=lambda place: place[1] - place[0]):
        yield [year for _, year in run]


def _english(country: str, subdivisions: list[str | None]) -> dict[str, str]:
    """Local name to English, from the dates on which only one holiday falls."""
    english: dict[str, str] = {}
    for subdivision in subdivisions:
        translated = from_package(country, subdivision, language="en_US")
        for day, name in from_package(country, subdivision).items():
            if JOINT not in name and JOINT not in translated[day]:
                english[name] = translated[day]
    return english


def _write(path: Path, table: Mapping[str, object]) -> None:
    path.write_text(_entry_a_line(table) + "\n", encoding="utf-8")


def _entry_a_line(value: object, depth: int = 0) -> str:
    """JSON with an entry a line, so that a change shows as what it is."""
    if isinstance(value, dict) and "name" not in value and value:
        inner = [
            f"{' ' * (depth + 1)}{json.dumps(k, ensure_ascii=False)}: {_entry_a_line(v, depth + 1)}" for k, v in value.items()
        ]
        return "{\n" + ",\n".join(inner) + "\n" + " " * depth + "}"
    if isinstance(value, list) and value:
        inner = [f"{' ' * (depth + 1)}{json.dumps(item, ensure_ascii=False)}" for item in value]
        return "[\n" + ",\n".join(inner) + "\n" + " " * depth + "]"
    return json.dumps(value, ensure_ascii=False)


def _check(country: str) -> None:
    for subdivision in (None, *holidays.country_holidays(country).subdivisions):
        stored, packaged = holiday_tables.country_holidays(country, subdivision), from_package(country, subdivision)
        if dict(stored) != packaged:
            wrong = sorted(set(stored.items()) ^ set(packaged.items()))[:5]
            raise SystemExit(f"{country} {subdivision}: the table and the package differ on {wrong}")


if __name__ == "__main__":
    main(sys.argv[1:])
