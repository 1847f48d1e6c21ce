"""What the files define, known before they are validated, so that every reference is checked whatever else is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from shared.catalogue.parser.moments import zone_of

SECTIONS = ("calendars", "families", "procedures", "classifications", "tiers", "delivery", "activities", "clauses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Ids by section, the contract's zone (UTC when it is not a zone), its languages (None when they cannot be read).

    `public_url`: what ${PUBLIC_URL} means in a file of services.
    """

    zone: ZoneInfo
    languages: tuple[str, ...] | None
    defined: Mapping[str, tuple[str, ...]]
    public_url: str = ""

    @classmethod
    def of(cls, content: Mapping[str, object]) -> "Names":
        """The names in the raw content of one contract file."""
        defined = {section: tuple(_keys(content.get(section))) for section in SECTIONS}
        defined["classifications of the course closure"] = tuple(_closing(content.get("classifications")))
        return cls(zone=_zone(content.get("zone")), languages=_languages(content.get("languages", ["en"])), defined=defined)


def merged(several: Iterable[Names], contracts: Iterable[str]) -> Names:
    """The names of all the versions of a contract, for an announcement, and the ids of all `contracts`."""
    versions = tuple(several)
    languages = dict.fromkeys(language for version in versions for language in version.languages or ())
    calendars = dict.fromkeys(name for version in versions for name in version.defined["calendars"])
    return Names(
        zone=versions[-1].zone if versions else ZoneInfo("UTC"),
        languages=tuple(languages) or None,
        defined={"calendars": tuple(calendars), "contracts": tuple(dict.fromkeys(contracts))},
    )


def _keys(section: object) -> Iterable[str]:
    return section if isinstance(section, dict) else ()


def _closing(classifications: object) -> Iterable[str]:
    given = classifications if isinstance(classifications, dict) else {}
    return (id for id, each in given.items() if isinstance(each, dict) and each.get("course") == "closure")


def _zone(key: object) -> ZoneInfo:
    try:
        return zone_of(str(key))
    except ValueError:
        return ZoneInfo("UTC")


def _languages(value: object) -> tuple[str, ...] | None:
    if isinstance(value, list) and value and all(isinstance(language, str) for language in value):
        return tuple(value)
    return None
