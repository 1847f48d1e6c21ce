"""Reads values out of an evidence file and says where one is not what it must be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.evidence import stamp
from shared.domain.worktime.horizon import FIRST_YEAR, LAST_YEAR


class Broken(Exception):
    """The first thing that does not hold: where it is, what must be there, what is there."""

    def __init__(self, where: str, expected: object, found: object) -> None:
        super().__init__(where)
        self.where, self.expected, self.found = where, expected, found


ABSENT = "nothing"
"""What is found where a key or an item is missing."""


@dataclass(frozen=True, slots=True)
class Part:
    """A value of the file with its place: `events[6].data.stage`. What cannot be read as asked is Broken."""

    value: object
    where: str

    def __getitem__(self, key: str) -> "Part":
        found = self.mapping()
        if key not in found:
            raise Broken(f"{self.where}.{key}".lstrip("."), "a value", ABSENT)
        return Part(found[key], f"{self.where}.{key}".lstrip("."))

    def mapping(self) -> Mapping[str, object]:
        if not isinstance(self.value, dict):
            raise Broken(self.where, "an object", self.value)
        return self.value

    def items(self) -> Iterator["Part"]:
        if not isinstance(self.value, list):
            raise Broken(self.where, "a list", self.value)
        return (Part(item, f"{self.where}[{number}]") for number, item in enumerate(self.value))

    def pairs(self) -> Iterator[tuple[str, "Part"]]:
        return ((key, self[key]) for key in self.mapping())

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise Broken(self.where, "a text", self.value)
        return self.value

    def number(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise Broken(self.where, "a whole number", self.value)
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise Broken(self.where, "true or false", self.value)
        return self.value

    def instant(self) -> datetime:
        text = self.text()
        try:
            at = datetime.fromisoformat(text)
            if at.tzinfo is not None and stamp(at) == text and FIRST_YEAR <= at.year < LAST_YEAR:
                return at
        except (ValueError, OverflowError):
            pass
        raise Broken(self.where, "an instant such as 2026-08-10T07:40:00.000000Z", self.value)

    def one_of[Choice](self, choices: Mapping[str, Choice]) -> Choice:
        if self.text() not in choices:
            raise Broken(self.where, f"one of {', '.join(sorted(choices))}", self.value)
        return choices[self.text()]

    @property
    def is_null(self) -> bool:
        return self.value is None

    def must_be(self, expected: object) -> None:
        """Exactly this value. A whole number is not a fraction of the same size, nor is true 1."""
        if (difference := _difference(expected, self.value, self.where)) is not None:
            raise difference

    def has_only(self, *keys: str) -> None:
        """These keys, all of them, and no other."""
        found = self.mapping()
        for key in keys:
            if key not in found:
                raise Broken(f"{self.where}.{key}".lstrip("."), "a value", ABSENT)
        for key in found:
            if key not in keys:
                raise Broken(f"{self.where}.{key}".lstrip("."), ABSENT, found[key])


def _difference(expected: object, found: object, where: str) -> Broken | None:
    """The first place at which two JSON values differ, or None."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in [*expected, *(key for key in found if key not in expected)]:
            here = f"{where}.{key}".lstrip(".")
            if key not in expected or key not in found:
                return Broken(here, expected.get(key, ABSENT), found.get(key, ABSENT))
            if (difference := _difference(expected[key], found[key], here)) is not None:
                return difference
        return None
    if isinstance(expected, list) and isinstance(found, list):
        for number in range(max(len(expected), len(found))):
            here = f"{where}[{number}]"
            if number >= len(expected) or number >= len(found):
                return Broken(here, *(items[number] if number < len(items) else ABSENT for items in (expected, found)))
            if (difference := _difference(expected[number], found[number], here)) is not None:
                return difference
        return None
    return None if type(expected) is type(found) and expected == found else Broken(where, expected, found)
