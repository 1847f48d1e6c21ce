"""What happened to the services as an Atom feed (RFC 4287): incidents, interruptions that nobody has written of, maintenance.

An entry's id never changes, and is made of what it is about alone; `updated` is when its words last changed. So of an
interruption that goes on nothing is said that changes with every look.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from shared.domain.evidence import stamp
from shared.domain.status.incident import Incident, Phase
from shared.domain.status.standing import Spell, Standing
from shared.domain.watch.maintenance import Window
from shared.web.status import paths
from shared.web.status.words import Words, words_in

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""What a feed without entries was updated at; and the date in its tag URIs (RFC 4151), which never changes."""


def feed(standing: Standing, vendor: str, public_url: str, language: str | None) -> bytes:
    """The feed, the newest entry first."""
    words = words_in(language, standing.zone)
    authority = urlsplit(public_url).hostname or "localhost"
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": words.language})
    entries = sorted(_entries(standing, words, authority, public_url), key=lambda entry: entry[0], reverse=True)
    _text(root, "id", f"tag:{authority},2026:status:{words.language}")
    _text(root, "title", " · ".join(part for part in (words.says["title"], vendor) if part))
    _text(root, "updated", stamp(max((at for at, _ in entries), default=EPOCH)))
    ET.SubElement(root, "link", {"rel": "self", "type": MEDIA_TYPE, "href": public_url + paths.feed(words.language)})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": public_url + paths.page(words.language)})
    _text(ET.SubElement(root, "author"), "name", vendor or "Sportello")
    root.extend(entry for _, entry in entries)
    ET.indent(root, "")
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _entries(standing: Standing, words: Words, authority: str, public_url: str) -> Iterator[tuple[datetime, ET.Element]]:
    for incident in standing.incidents:
        link = public_url + paths.page(words.language, incident=incident.id)
        id = f"tag:{authority},2026:incident:{incident.id}"
        yield _entry(incident.updated_at, incident.entries[0].at, id, incident_words(incident, words), link)
    for spell in standing.spells:
        at = spell.first_good or spell.since
        link = public_url + paths.page(words.language, service=spell.service)
        id = f"tag:{authority},2026:outage:{spell.outage}"
        yield _entry(at, spell.first_bad, id, spell_words(spell, standing, words, is_lasting=True), link)
    for window in standing.windows:
        at = window.cancelled_at or window.announced_at
        id = f"tag:{authority},2026:maintenance:{window.id}"
        link = public_url + paths.page(words.language)
        yield _entry(at, window.announced_at, id, _window(window, standing, words), link)


def incident_words(incident: Incident, words: Words) -> tuple[str, str]:
    """Its title, and its entries from the newest to the oldest."""
    lines = [
        f"{words.says[entry.phase]}, {words.in_zone(entry.at)}: {words.of(entry.text)}" for entry in reversed(incident.entries)
    ]
    mark = "" if incident.phase is Phase.ANNOUNCEMENT else f" ({words.says[incident.phase]})"
    return f"{words.of(incident.title)}{mark}", "\n\n".join(lines)


def spell_words(spell: Spell, standing: Standing, words: Words, *, is_lasting: bool = False) -> tuple[str, str]:
    """What is certain of an interruption, and between which moments it began and ended. `is_lasting`: only what holds until it
    ends, or comes back."""
    says, name = words.says, words.of(standing.name_of(spell.service))
    parts = [says["spell_from"].format(service=name, first_bad=words.moment(spell.first_bad))]
    if spell.last_good:
        parts.append(says["spell_bracket"].format(last_good=words.moment(spell.last_good)))
    again = says["spell_again"].format(count=spell.again) if spell.again and is_lasting else ""
    if spell.first_good is None and is_lasting:
        return says["spell_open"], f"{' '.join(parts)}. {again}".strip()
    if spell.first_good is None:
        parts.append(says["spell_going_on"].format(last_bad=words.moment(spell.last_bad)))
    else:
        until = says["spell_until"].format(last_bad=words.moment(spell.last_bad), first_good=words.moment(spell.first_good))
        parts.append(until)
    lost = says["spell_lost"].format(down=words.length(spell.down), most=words.length(spell.down + spell.unknown))
    return says["spell_open" if spell.first_good is None else "spell"], f"{' '.join(parts)}. {lost} {again}".strip()


def _window(window: Window, standing: Standing, words: Words) -> tuple[str, str]:
    names = ", ".join(words.of(line.name) for line in standing.lines if line.id in window.services)
    when = words.says["window"].format(starts=words.moment(window.starts_at), ends=words.moment(window.ends_at))
    mark = f" ({words.says['window_cancelled']})" if window.cancelled_at else ""
    return f"{words.says['maintenance_ahead']}: {names}{mark}", f"{when}. {words.of(window.reason)}"


def _entry(updated: datetime, published: datetime, id: str, said: tuple[str, str], link: str) -> tuple[datetime, ET.Element]:
    entry = ET.Element("entry")
    title, content = said
    _text(entry, "id", id)
    _text(entry, "title", title)
    _text(entry, "published", stamp(published))
    _text(entry, "updated", stamp(updated))
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": link})
    _text(entry, "content", content).set("type", "text")
    return updated, entry


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    """An element with a text; what XML cannot hold is left out."""
    found = ET.SubElement(parent, name)
    found.text = "".join(c for c in text if c in "\t\n" or (c >= " " and not ("\ud800" <= c <= "\udfff" or c in "\ufffe\uffff")))
    return found
