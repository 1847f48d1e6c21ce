"""What people say when something is wrong with the services: in both languages, entry by entry, and nothing is taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import takewhile

from shared.domain.errors import InvalidInput, NotAllowedNow
from shared.domain.text import Text

LANGUAGES = ("it", "en")
MOST_ENTRIES = 100
LONGEST_TITLE = 150
LONGEST_TEXT = 2000


class Phase(StrEnum):
    """How far we are. An announcement is no trouble: it says something, and that is all."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    ANNOUNCEMENT = "announcement"


_OVER = (Phase.RESOLVED, Phase.ANNOUNCEMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the timeline. `number`: from 1. `corrects`: the number of an earlier one that this puts right."""

    number: int
    at: datetime
    phase: Phase
    text: Text
    by: str
    corrects: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """`services`: ids; `outages`: ids of the outages that it speaks of. `entries`: in order, one at least."""

    id: str
    title: Text
    services: tuple[str, ...]
    started_at: datetime
    entries: tuple[Entry, ...]
    outages: tuple[str, ...] = ()

    @property
    def phase(self) -> Phase:
        return self.entries[-1].phase

    @property
    def is_open(self) -> bool:
        return self.phase not in _OVER

    @property
    def updated_at(self) -> datetime:
        return self.entries[-1].at

    @property
    def speaks_until(self) -> datetime | None:
        """What it says is about what was so up to then; None: it is open, and speaks of what goes on. What puts right the words
        of a resolution takes in nothing more."""
        over = takewhile(lambda entry: entry.phase in _OVER, reversed(self.entries))
        return min((entry.at for entry in over), default=None)

    @property
    def resolved_at(self) -> datetime | None:
        return self.updated_at if self.phase is Phase.RESOLVED else None


def opened(
    id: str,
    title: Text,
    text: Text,
    phase: Phase,
    services: Sequence[str],
    by: str,
    now: datetime,
    *,
    outages: Sequence[str] = (),
    started_at: datetime | None = None,
) -> Incident:
    """A new one. `started_at`: when it began, where that was earlier. Raises InvalidInput."""
    started_at = started_at or now
    if started_at > now:
        raise InvalidInput("An incident cannot begin in the future; what is planned is maintenance.", field="started_at")
    _in_both(title, "title", LONGEST_TITLE)
    first = Entry(number=1, at=now, phase=phase, text=_in_both(text, "text", LONGEST_TEXT), by=by)
    return Incident(
        id=id,
        title=title,
        services=tuple(dict.fromkeys(services)),
        started_at=started_at,
        entries=(first,),
        outages=tuple(dict.fromkeys(outages)),
    )


def told(
    incident: Incident,
    text: Text,
    phase: Phase,
    by: str,
    now: datetime,
    *,
    corrects: int | None = None,
    outages: Sequence[str] = (),
) -> Incident:
    """With one entry more. One that is resolved may be opened again by saying so; an announcement stays one."""
    if len(incident.entries) >= MOST_ENTRIES:
        raise NotAllowedNow(f"An incident has at most {MOST_ENTRIES} entries; open another.")
    if (phase is Phase.ANNOUNCEMENT) != (incident.phase is Phase.ANNOUNCEMENT):
        raise InvalidInput("An announcement stays one, and nothing else becomes one.", field="phase")
    if corrects is not None and not 1 <= corrects <= len(incident.entries):
        raise InvalidInput(f"There is no entry {corrects} to correct; there are {len(incident.entries)}.", field="corrects")
    number = len(incident.entries) + 1
    entry = Entry(number=number, at=now, phase=phase, text=_in_both(text, "text", LONGEST_TEXT), by=by, corrects=corrects)
    return replace(incident, entries=(*incident.entries, entry), outages=tuple(dict.fromkeys((*incident.outages, *outages))))


def _in_both(text: Text, field: str, longest: int) -> Text:
    missing = [language for language in LANGUAGES if not text.get(language, "").strip()]
    if missing:
        raise InvalidInput(f"{field} is missing in: {', '.join(missing)}. Customers read it in both languages.", field=field)
    if any(len(text[language]) > longest for language in LANGUAGES):
        raise InvalidInput(f"{field} has more than {longest} characters.", field=field)
    return {language: text[language].strip() for language in LANGUAGES}
