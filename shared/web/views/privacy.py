"""What is held on a contact, as one JSON document and as an archive with the files it names; and what was erased."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.custody.access import contact_token
from shared.domain.custody.confidence import withheld_from_contact
from shared.domain.custody.held import Erased, Held, HeldTicket, HeldWords, Refused
from shared.domain.custody.left import QUOTED
from shared.domain.evidence import Event, stamp
from shared.domain.notice import Notice
from shared.domain.people import Correspondent
from shared.domain.ticket import Content
from shared.web.views import record
from shared.web.views.moments import optional

FORMAT = "sportello-contact-export/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the archive. `path` is made of ticket numbers, figures and hashes alone: safe on any disk."""

    path: str
    content: bytes


def export(held: Held, now: datetime) -> dict[str, object]:
    """All of it. Instants are ISO 8601 in UTC, money and hours are text; `files` says what the archive has besides."""
    return {
        "format": FORMAT,
        "exported_at": stamp(now),
        "customer": {"id": held.customer.id, "name": held.customer.name},
        "contact": {
            "email": held.email,
            "names": sorted({*(t.name for t in held.tickets), *_names_elsewhere(held), *_named(held)}),
        },
        "tickets": [_ticket(each, held.email) for each in held.tickets],
        "elsewhere": [_elsewhere(each) for each in held.elsewhere],
        "written_to": _written_to(held),
        "quarantined": [{**each.entry, "is_kept": each.content is not None} for each in held.refused],
        "readings": list(held.readings),
        "files": [
            {"path": f.path, "bytes": len(f.content), "sha256": hashlib.sha256(f.content).hexdigest()} for f in files(held)
        ],
    }


def files(held: Held) -> list[File]:
    """The raw requests, byte for byte; each version of each card; every ticket's history as the chain has it."""
    return [file for each in (*(_of_ticket(t, held.email) for t in held.tickets), _of_quarantine(held.refused)) for file in each]


def archive(document: Mapping[str, object], contents: Sequence[File], now: datetime) -> bytes:
    """A ZIP with export.json and the files it lists under files/."""
    packed = io.BytesIO()
    moment = (now.year, now.month, now.day, now.hour, now.minute, now.second)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in (("export.json", _json(document)), *((file.path, file.content) for file in contents)):
            entry = zipfile.ZipInfo(path, date_time=moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def file_name(customer: str, now: datetime) -> str:
    """What a browser calls the archive: nobody is named by it."""
    safe = "".join(c for c in customer if c.isascii() and c.isalnum())
    return f"sportello-{safe}-contact-{now:%Y-%m-%d}.zip"


def erased(result: Erased, customer: str, now: datetime) -> dict[str, object]:
    """What went in this run; nothing at all when there was nothing left."""
    return {
        "customer": customer,
        "erased_at": stamp(now),
        "tickets": [
            {"ticket": each.ticket, "texts": each.texts, "notices": each.notices, "files": each.files} for each in result.tickets
        ],
        "quarantined": list(result.refused),
        "written_to": result.written_to,
    }


def addressees(customer: str, found: Sequence[Correspondent]) -> dict[str, object]:
    """Whom a customer has written to about their services."""
    return {"customer": customer, "addressees": [_addressee(customer, each) for each in found]}


def _addressee(customer: str, one: Correspondent) -> dict[str, object]:
    return {"id": contact_token(customer, one.email), "email": one.email, "name": one.name, "language": one.language}


def _written_to(held: Held) -> dict[str, object]:
    one = held.subscription
    return {
        "named": None if held.named is None else _addressee(held.customer.id, held.named),
        "subscription": None
        if one is None
        else {
            "email": one.email,
            "language": one.language,
            "asked_at": stamp(one.asked_at),
            "confirmed_at": optional(one.confirmed_at),
        },
    }


def _ticket(held: HeldTicket, email: str) -> dict[str, object]:
    withheld = withheld_from_contact(held.events, held.contents, email)
    return {
        "id": held.id,
        "ticket": held.head,
        "events": [record.event(each) for each in held.events],
        "texts": [_text(each, held.events, is_withheld=each.commitment in withheld) for each in held.contents],
        "notices": [_notice(each) for each in held.notices],
        "requests": [{"raw": raw.name, "seen_at": raw.seen_at, "is_kept": raw.content is not None} for raw in held.raws],
    }


def _named(held: Held) -> set[str]:
    return {held.named.name} if held.named else set()


def _names_elsewhere(held: Held) -> set[str]:
    return {each.name for words in held.elsewhere for each in words.left if each.name}


def _elsewhere(held: HeldWords) -> dict[str, object]:
    """What they wrote, and who they said they were; of the messages that carried it nothing else: that is other people's."""
    events = [each.event for each in held.left]
    return {
        "id": held.id,
        "texts": [_text(content, events) for each in held.left for content in each.contents],
        "notices": [
            {
                "kind": notice.kind.value,
                "state": notice.state.value,
                "sent_at": optional(notice.sent_at),
                "facts": {name: fact for name, fact in notice.facts.items() if name in QUOTED},
            }
            for notice in held.notices
        ],
    }


def _text(content: Content, events: Sequence[Event], *, is_withheld: bool = False) -> dict[str, object]:
    """A text and where it was said: the events that hold its commitment, and as what. Of one withheld, that there is one."""
    is_gone = bool(content.erased) or is_withheld
    said = [{"event": event.number, "as": name} for event in events for name in _naming(event.data, content.commitment)]
    return {
        "text": None if is_gone else content.text,
        "commitment": content.commitment,
        "salt": None if is_gone else content.salt,
        "said_in": said,
    }


def _naming(data: object, commitment: str, path: str = "") -> Iterator[str]:
    """The names under which an event's data holds a commitment."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _naming(value, commitment, f"{path}.{name}" if path else str(name))
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _naming(value, commitment, path)
    elif data == commitment:
        yield path


def _notice(notice: Notice) -> dict[str, object]:
    return {**record.notice(notice), "name": notice.recipient.name, "facts": dict(notice.facts)}


def _of_ticket(held: HeldTicket, email: str) -> Iterator[File]:
    withheld = withheld_from_contact(held.events, held.contents, email)
    folder = f"files/{held.id}"
    for number, raw in enumerate(held.raws, start=1):
        if raw.content is not None:
            yield File(path=f"{folder}/request-{number}.{_ending(raw.content)}", content=raw.content)
    for content in held.contents:
        if content.commitment not in withheld and (card := _card(content)) is not None:
            name = f"{card['kind']}-{card['version']}"
            yield File(path=f"{folder}/card-{name}.json", content=content.text.encode())
    yield File(path=f"{folder}/history.json", content=_json(record.history(held.events, held.contents, withheld)))


def _of_quarantine(refused: Sequence[Refused]) -> Iterator[File]:
    for each in refused:
        if each.content is not None:
            yield File(path=f"files/quarantine/{each.id}.{_ending(each.content)}", content=each.content)


def _card(content: Content) -> Mapping[str, object] | None:
    """The card whose text this is (`domain/quotes/card.py`, `written`); None for what people wrote."""
    if not content.text.startswith("{"):
        return None
    try:
        read = json.loads(content.text)
    except (ValueError, RecursionError):
        return None
    is_card = read.get("kind") in ("intervention", "package") and isinstance(read.get("version"), int) and "conditions" in read
    return read if is_card else None


def _ending(content: bytes) -> str:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return "bin"
    return "json"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
