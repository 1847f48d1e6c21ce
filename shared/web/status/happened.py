"""What happened and what is ahead, as the page tells it: interruptions that showed themselves, incidents, maintenance."""

from collections.abc import Mapping, Sequence
from html import escape

from shared.domain.status.incident import Entry, Incident, Phase
from shared.domain.status.standing import Spell, Standing
from shared.domain.watch.maintenance import Window
from shared.web.status import paths
from shared.web.status.feed import spell_words
from shared.web.status.words import Words

type Told = dict[str, object]
"""What the template has of one of them."""

MOST_WINDOWS = 20

LARGEST_ENTRIES = 24_000
"""Bytes of entries on a page of an incident's own; the longest entry has half of that."""

_LARGEST_NAMES = 600
_MARKUP = 200
"""About how many bytes are around what is told of an incident, an entry or a window."""


def spell(spell: Spell, standing: Standing, words: Words) -> dict[str, str]:
    """An interruption that nobody has written of."""
    title, text = spell_words(spell, standing, words)
    return {
        "title": title,
        "text": text,
        "again": words.says["spell_again"].format(count=spell.again) if spell.again else "",
        "state": "down" if spell.first_good is None else "up",
    }


def incidents(found: Sequence[Incident], standing: Standing, words: Words, most: int) -> tuple[list[Told], int]:
    """As many as make `most` bytes, and how many are left out. What is too long is told by its latest entry, or by its title
    alone, with a link to the whole: a third is for titles, then the newest are told as far as there is room."""
    shown: list[Told] = []
    left = most
    for incident in found:
        title = _incident(incident, standing, words, ())
        if left - size(title) < (most - most // 3 if shown else 0):
            break
        shown.append(title)
        left -= size(title)
    for cut in (_latest, _all):
        for number, incident in enumerate(found[: len(shown)]):
            more = _incident(incident, standing, words, cut(incident))
            if size(more) - size(shown[number]) <= left:
                left -= size(more) - size(shown[number])
                shown[number] = more
    for incident in found[len(shown) :]:
        cuts = (_incident(incident, standing, words, cut(incident)) for cut in (_all, _latest))
        if (told := next((each for each in cuts if size(each) <= left), None)) is None:
            break
        shown.append(told)
        left -= size(told)
    return shown, len(found) - len(shown)


def pages(incident: Incident, words: Words) -> list[Sequence[Entry]]:
    """All of its entries, the latest first, on as many pages as they need."""
    found: list[list[Entry]] = []
    left = 0
    for entry in reversed(incident.entries):
        needed = size(_entry(entry, words))
        if needed > left:
            found.append([])
            left = LARGEST_ENTRIES
        found[-1].append(entry)
        left -= needed
    return [*found]


def whole(incident: Incident, standing: Standing, words: Words, entries: Sequence[Entry]) -> Told:
    """With some of its entries, the latest first; the others are on further pages."""
    return {**_incident(incident, standing, words, entries), "href": ""}


def size(told: object) -> int:
    """About how many bytes it makes on the page, and never fewer: `&` is `&amp;`, and a new line `<br>`."""
    if isinstance(told, Mapping):
        return _MARKUP + sum(map(size, told.values()))
    if isinstance(told, str):
        return len(escape(told).encode()) + len("<br>")
    return sum(map(size, told)) if isinstance(told, Sequence) else 0


def _latest(incident: Incident) -> Sequence[Entry]:
    return incident.entries[-1:]


def _all(incident: Incident) -> Sequence[Entry]:
    return incident.entries[::-1]


def _incident(incident: Incident, standing: Standing, words: Words, entries: Sequence[Entry]) -> Told:
    says = words.says
    return {
        "title": words.of(incident.title),
        "phase": says[incident.phase],
        "state": {Phase.RESOLVED: "up", Phase.ANNOUNCEMENT: "said"}.get(incident.phase, "down"),
        "began": "" if incident.phase is Phase.ANNOUNCEMENT else says["began"].format(at=words.moment(incident.started_at)),
        "services": _names(incident.services, standing, words),
        "entries": [_entry(entry, words) for entry in entries],
        "href": "" if len(entries) == len(incident.entries) else paths.page(words.language, incident=incident.id),
    }


def _entry(entry: Entry, words: Words) -> Told:
    return {
        "phase": words.says[entry.phase],
        "at": words.moment(entry.at),
        "iso": entry.at.isoformat(),
        "text": words.of(entry.text).split("\n"),
        "corrects": words.says["corrects"].format(number=entry.corrects) if entry.corrects else "",
        "number": entry.number,
    }


def windows(found: Sequence[Window], standing: Standing, words: Words, most: int) -> tuple[list[Told], int]:
    """As many as make `most` bytes, in order of beginning, and how many are left out: those that were cancelled first."""
    chosen: list[tuple[Window, Told]] = []
    for each in sorted(found, key=lambda window: window.cancelled_at is not None)[:MOST_WINDOWS]:
        told = _window(each, standing, words)
        most -= size(told)
        if most < 0:
            break
        chosen.append((each, told))
    chosen.sort(key=lambda each: (each[0].starts_at, each[0].id))
    return [told for _, told in chosen], len(found) - len(chosen)


def _window(window: Window, standing: Standing, words: Words) -> Told:
    """Announced maintenance, cancelled or not."""
    says = words.says
    if window.cancelled_at is not None:
        mark = says["window_cancelled"]
    else:
        mark = says["window_now"] if window.starts_at <= standing.now else ""
    return {
        "mark": mark,
        "is_cancelled": window.cancelled_at is not None,
        "when": says["window"].format(starts=words.moment(window.starts_at), ends=words.moment(window.ends_at)),
        "services": _names(window.services, standing, words),
        "reason": words.of(window.reason),
        "announced": says["window_announced"].format(at=words.moment(window.announced_at)),
    }


def _names(services: Sequence[str], standing: Standing, words: Words) -> str:
    """Of the public ones among them; the others' names are nobody's business."""
    named = [words.of(line.name) for line in standing.lines if line.id in services]
    told = ", ".join(named)
    while len(told.encode()) > _LARGEST_NAMES and len(named) > 1:
        named = named[: len(named) // 2]
        told = ", ".join([*named, "…"])
    return words.says["affected"].format(services=told) if named else ""
