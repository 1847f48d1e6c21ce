"""What the tests of letters and pages share: the facts of a request, a hostile text, and how to read HTML."""

from collections.abc import Mapping
from html.parser import HTMLParser

from shared.domain.evidence import stamp
from tests.support.desks import rome

DUE: Mapping[str, object] = {
    "promise": "response",
    "name": {},
    "target": {"working_hours": 4},
    "started_at": stamp(rome("2026-08-07 17:50")),
    "due_at": stamp(rome("2026-08-10 12:20")),
    "why": [
        {"first": "2026-08-07", "last": "2026-08-07", "counted_s": 2400.0, "reason": None, "name": ""},
        {"first": "2026-08-08", "last": "2026-08-09", "counted_s": 0.0, "reason": "weekend", "name": ""},
        {"first": "2026-08-10", "last": "2026-08-10", "counted_s": 12000.0, "reason": None, "name": ""},
    ],
}
FACTS: Mapping[str, object] = {
    "ticket": "ACME-42",
    "subject": "Il protocollo non assegna il numero",
    "product": {"it": "Conservazione digitale", "en": "Digital preservation"},
    "vendor": "Interzen",
    "zone": "Europe/Rome",
    "support_email": "support@interzen.example",
    "received_at": stamp(rome("2026-08-07 17:50")),
    "deadlines": [DUE],
}

CARD: Mapping[str, object] = {
    "kind": "intervention",
    "version": 2,
    "commitment": "c0ffee",
    "state": "sent",
    "intervention": "Nuovo report",
    "days": "2",
    "hours": "4",
    "hours_per_day": "8",
    "effort": "20",
    "rate": "80.5",
    "currency": "EUR",
    "net": "1610.00",
    "vat_percent": "22",
    "vat": "354.20",
    "gross": "1964.20",
    "overdraft": "0",
    "conditions": "A corpo.",
    "valid_until": stamp(rome("2026-09-09 12:00")),
    "decided_at": None,
}
PACKAGE: Mapping[str, object] = {
    **CARD,
    "kind": "package",
    "package": 3,
    "intervention": "Pacchetto da 20 ore",
    "days": "0",
    "hours": "20",
    "overdraft": "1.5",
}

HOSTILE = "<script>alert(1)</script>\"'>&\r\nBcc: victim@example.org\n\n@link\n\n{{ 7 * 7 }} {% raw %}\u2028\u202e\x00\ud800"
"""Tries to be markup, a header, a part of a letter, a template, a line, and to turn the text round."""


def flat(text: str) -> str:
    return " ".join(text.split())


class Page(HTMLParser):
    """What a page says, and its elements with their attributes."""

    INLINE = frozenset({"a", "span", "strong", "time"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self.said += "" if tag in self.INLINE else " "

    def handle_data(self, data: str) -> None:
        self.said += data
