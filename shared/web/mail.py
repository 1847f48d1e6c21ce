"""What goes out by mail: a notice becomes a letter, as text and as HTML, in the language of the one who reads it.

A letter is written once a kind, language and audience (`templates/mail/it/customer/receipt.txt`): a subject and plain paragraphs,
with `@request`, `@outage`, `@deadlines`, `@card`, `@text` and `@link` where those go. Two layouts, `letter.txt` and
`letter.html`, set the same ones.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from shared.domain.mail import Mail
from shared.domain.notice import Notice, NoticeKind
from shared.domain.quotes.card import CardState
from shared.domain.ticket import State
from shared.web import cards, i18n, outages
from shared.web import facts as read
from shared.web.facts import Deadline, Facts
from shared.web.links import Links
from shared.web.reasons import why
from shared.web.rendering import engine
from shared.web.wording import Wording

CUSTOMER = "customer"
"""The recipient's id in a notice to the customer; any other is a member of staff."""

SUBJECT = 150
EVENT_HEADER = "X-Sportello-Event"
"""Which event a letter is about, and its hash in the ticket's chain: proof outside the house of what was known when."""

PARTS = {"request": "about", "outage": "outage", "deadlines": "deadlines", "card": "card", "text": "text", "link": "link"}
"""What a letter says where it has one of these words after an @ in a paragraph of its own; where that is empty, nothing."""

TO_BE_DECIDED = frozenset({NoticeKind.ESTIMATE, NoticeKind.OFFER, NoticeKind.REMINDER})
"""Letters whose link leads to a card rather than to the request."""

NEVER = datetime.max.replace(tzinfo=UTC)
WRITTEN_BY_PEOPLE = frozenset(
    {NoticeKind.REPLY, NoticeKind.QUESTION, NoticeKind.RESOLVED, NoticeKind.CLOSED, NoticeKind.DISPUTE_ANSWERED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """`links` make the customers' links; staff are sent to the API under `public_url`."""

    links: Links
    public_url: str

    def __call__(self, notice: Notice) -> Mail:
        return self.render(notice)

    def render(self, notice: Notice) -> Mail:
        """The letter of a notice. A recipient whose language we do not speak is written to in English."""
        words = _wording(notice)
        to = {"name": notice.recipient.name, "email": notice.recipient.email, "ticket": notice.ticket}
        values = self._values(notice, words)
        subject, body = _written(notice, words, values)
        parts = {**values, "blocks": body, "title": subject, "lang": words.language, "phrases": words.phrases}
        return Mail(
            key=notice.effect,
            to=read.line(to, "email"),
            to_name=read.line(to, "name"),
            subject=textwrap.shorten(f"[{read.line(to, 'ticket')}] {subject}", SUBJECT, placeholder=" …"),
            text=engine().get_template("mail/letter.txt").render(parts).strip() + "\n",
            html=engine().get_template("mail/letter.html").render(parts),
            headers=self._headers(notice),
        )

    def _values(self, notice: Notice, words: Wording) -> dict[str, object]:
        """What the templates may name: every name is always there, and empty where the facts are silent."""
        facts, label = notice.facts, words.phrases["label"]
        deadlines = read.deadlines(facts)
        first = min(deadlines, key=lambda each: each.due_at or NEVER, default=None)
        at = read.instant(facts, "at")
        reopen_until = read.instant(facts, "reopen_until")
        until = read.instant(facts, "until")
        return {
            "ticket": read.line({"ticket": notice.ticket}, "ticket"),
            "name": read.line({"name": notice.recipient.name}, "name") or label["customer_name"],
            "subject": read.subject(facts, label["erased"]),
            "customer": read.line(facts, "customer") or notice.ticket.rpartition("-")[0],
            "vendor": read.line(facts, "vendor") or label["support"],
            "about": _about(notice, words),
            "deadlines": [_shown(each, words) for each in deadlines],
            "promise": words.promise(first) if first else label["due"],
            "due": words.moment(first.due_at) if first and first.due_at else "",
            "due_short": words.short(first.due_at) if first and first.due_at else "",
            "overdue": bool(first and first.due_at and at and (at >= first.due_at or notice.owed_at > first.due_at)),
            "percent": read.line(facts, "percent"),
            "status": read.line(facts, "status"),
            "into": read.line(facts, "into"),
            "author": read.line(facts, "author"),
            "contact": read.line(facts, "contact"),
            "classification": read.worded(facts, "classification", words.language),
            "is_over": read.line(facts, "state") == State.RESOLVED,
            **_contested(facts, words),
            **_card(facts, words),
            **outages.values(facts, words.language, words.zone.key, self.public_url),
            "text": read.block(facts, "text"),
            "reopen_until": words.moment(reopen_until) if reopen_until else "",
            "until": words.moment(until) if until else "",
            "can_reply": _reply_to(notice) is not None,
            "link": self._link(notice),
            "link_name": label["open_ticket"] if words.for_staff else self._link_name(notice, words),
        }

    def _link(self, notice: Notice) -> str:
        if notice.recipient.id == CUSTOMER:
            return self._card_link(notice) or self.links.ticket(notice.ticket)
        return f"{self.public_url.rstrip('/')}/api/tickets/{quote(notice.ticket, safe='')}"

    def _card_link(self, notice: Notice) -> str:
        """Where the customer decides, in a letter that asks them to; "" in any other."""
        card = read.mapping(notice.facts, "card")
        version = read.number(card, "version")
        if notice.kind not in TO_BE_DECIDED or version is None:
            return ""
        return self.links.card(notice.ticket, read.line(card, "kind"), version, read.line(card, "commitment"))

    def _link_name(self, notice: Notice, words: Wording) -> str:
        return cards.named(notice.facts, words)["open"] if self._card_link(notice) else words.phrases["label"]["open_request"]

    def _headers(self, notice: Notice) -> Mapping[str, str]:
        """What threads a ticket's letters, leads an answer back to it, and keeps robots from answering robots (RFC 3834)."""
        thread = f"<{_token(notice.ticket)}@{urlsplit(self.public_url).hostname or 'localhost'}>"
        headers = {"In-Reply-To": thread, "References": thread}
        if notice.kind not in WRITTEN_BY_PEOPLE:
            headers["Auto-Submitted"] = "auto-generated"
        if event := read.line(notice.facts, "event"):
            headers[EVENT_HEADER] = event
        if (reply_to := _reply_to(notice)) is not None:
            headers["Reply-To"] = reply_to
        return headers


def _wording(notice: Notice) -> Wording:
    return Wording(
        language=i18n.spoken(notice.recipient.language),
        zone=ZoneInfo(read.line(notice.facts, "zone") or "UTC"),
        for_staff=notice.recipient.id != CUSTOMER,
    )


def _written(notice: Notice, words: Wording, values: Mapping[str, object]) -> tuple[str, list[list[str]]]:
    """The letter's subject, and its paragraphs as lines."""
    audiences = ("staff", "customer") if words.for_staff else ("customer", "staff")
    names = [f"mail/{words.language}/{audience}/{notice.kind.value}.txt" for audience in audiences]
    head, _, body = engine().select_template(names).render(values).partition("\n")
    parts = {f"@{name}": values[of] for name, of in PARTS.items()}
    paragraphs = [paragraph.splitlines() for paragraph in re.split(r"\n\s*\n", body.strip())]
    return head.removeprefix("Subject: ").rstrip(": "), [lines for lines in paragraphs if parts.get(lines[0], True)]


def _card(facts: Facts, words: Wording) -> dict[str, object]:
    """The card that a letter is about: its rows, what it is called, until when it holds, what became of it."""
    card, names = read.mapping(facts, "card"), cards.named(facts, words)
    until = read.instant(card, "valid_until")
    decided = read.instant(card, "decided_at")
    return {
        "card": cards.rows(facts, words),
        "card_name": names["name"],
        "the_card": names["the"],
        "total": cards.total(facts, words),
        "valid_until": words.moment(until) if until else "",
        "valid_until_short": words.short(until) if until else "",
        "decided": words.moment(decided) if decided else "",
        "accepted": read.line(card, "state") == CardState.ACCEPTED,
        "closes": facts.get("closes") is True,
        "agreed": facts.get("agreed") is True,
        "package": str(read.number(card, "package") or ""),
    }


def _about(notice: Notice, words: Wording) -> list[tuple[str, str]]:
    """The request in a few lines: what it is called, and the values that the facts have."""
    facts, label = notice.facts, words.phrases["label"]
    received = read.instant(facts, "received_at")
    rows = [
        (label["number"], read.line({"ticket": notice.ticket}, "ticket")),
        (label["subject"], read.subject(facts, label["erased"])),
        (label["product"], read.worded(facts, "product", words.language)),
        (label["received"], words.moment(received) if received else ""),
    ]
    if words.for_staff:
        rows += _for_staff(facts, words)
    return [(name, value) for name, value in rows if value]


def _contested(facts: Facts, words: Wording) -> dict[str, object]:
    """What a dispute is about, what the desk judged, and what the customer says it should be."""
    judged, claim = read.line(facts, "judged"), read.line(facts, "claim")
    due = read.instant(facts, "judged_due_at")
    clock = words.phrases["clock"]
    return {
        "contested": read.worded(facts, "contested", words.language),
        "judged": clock.get(judged, judged),
        "judged_due": words.moment(due) if due else "",
        "claimed": read.worded(facts, "claimed", words.language) or clock.get(claim, claim),
        "upheld": facts.get("upheld") is True,
    }


def _for_staff(facts: Facts, words: Wording) -> list[tuple[str, str]]:
    label, state = words.phrases["label"], read.line(facts, "state")
    priority = read.number(facts, "priority")
    severity = read.worded(facts, "severity", words.language)
    shown = f"{priority} ({severity})" if severity else f"{priority}"
    return [
        (label["customer"], read.line(facts, "customer")),
        (label["contact"], read.line(facts, "contact")),
        (label["state"], words.phrases["staff_state"].get(state, state)),
        (label["priority"], shown if priority is not None else label["untriaged"] if "priority" in facts else ""),
        (label["assignee"], (read.line(facts, "assignee") or label["nobody"]) if "assignee" in facts else ""),
    ]


def _shown(deadline: Deadline, words: Wording) -> dict[str, object]:
    label = words.phrases["label"]
    return {
        "name": words.promise(deadline),
        "due": words.moment(deadline.due_at) if deadline.due_at else label["staff_suspended" if words.for_staff else "suspended"],
        "target": words.target(deadline.target),
        "why": why(deadline, words),
    }


def _reply_to(notice: Notice) -> str | None:
    """support+ACME-42@example.it: an answer finds its ticket by the address, whatever became of the subject."""
    local, at, domain = read.line(notice.facts, "support_email").rpartition("@")
    if not at or not re.fullmatch(r"[A-Za-z0-9._%+-]+", local) or not re.fullmatch(r"[A-Za-z0-9.-]+", domain):
        return None
    return f"{local}+{_token(notice.ticket)}@{domain}"


def _token(ticket: str) -> str:
    """A ticket number as it may stand in a header; it is made of nothing else anyway."""
    return re.sub(r"[^A-Za-z0-9._-]", "", ticket)
