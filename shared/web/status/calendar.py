"""Announced maintenance as a calendar (RFC 5545): subscribed to once, it follows what is announced and what is cancelled."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from shared.domain.text import Text
from shared.domain.watch.maintenance import Window
from shared.web.status import paths
from shared.web.status.words import Words, words_in

MEDIA_TYPE = "text/calendar"
OCTETS = 75
"""Of a line, without its end (RFC 5545, 3.1)."""


def calendar(windows: Iterable[Window], names: dict[str, Text], public_url: str, language: str | None, zone: str) -> bytes:
    """`names`: of the public services, by id; others are not named. UID and SEQUENCE follow from the window alone."""
    words = words_in(language, zone)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Sportello//Status//{words.language.upper()}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_escaped(words.says['maintenance_ahead'])}",
        f"X-WR-CALNAME:{_escaped(words.says['maintenance_ahead'])}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for window in windows:
        lines += _event(window, names, public_url, words)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line)).encode()


def folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, each but the first with a space before it; no character is cut in two."""
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + character, size + octets
    yield part


def _event(window: Window, names: dict[str, Text], public_url: str, words: Words) -> list[str]:
    services = ", ".join(words.of(names[id]) for id in window.services if id in names)
    host = urlsplit(public_url).hostname or "localhost"
    changed = window.cancelled_at or window.announced_at
    return [
        "BEGIN:VEVENT",
        f"UID:maintenance-{window.id}@{host}",
        f"DTSTAMP:{_utc(changed)}",
        f"CREATED:{_utc(window.announced_at)}",
        f"LAST-MODIFIED:{_utc(changed)}",
        f"SEQUENCE:{1 if window.cancelled_at else 0}",
        f"DTSTART:{_utc(window.starts_at)}",
        f"DTEND:{_utc(window.ends_at)}",
        f"SUMMARY:{_escaped(words.says['maintenance_ahead'] + ': ' + services)}",
        f"DESCRIPTION:{_escaped(words.of(window.reason))}",
        f"STATUS:{'CANCELLED' if window.cancelled_at else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        f"URL:{public_url}{paths.page(words.language)}",
        "END:VEVENT",
    ]


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """As TEXT (RFC 5545, 3.3.11); other control characters may not be there at all."""
    clean = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or (c >= " " and c != "\x7f"))
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
