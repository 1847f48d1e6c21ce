"""Letters about the services: `templates/mail/<language>/status/<kind>.txt`, in the layouts of all the desk's letters.

Whoever subscribed on the status page finds in each a link that ends it, and the headers by which a mail program ends it with one
click (RFC 8058).
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from shared.domain.evidence import stamp
from shared.domain.mail import Mail
from shared.domain.status.letter import Letter, LetterKind
from shared.domain.status.subscriber import confirmation_words, token_words
from shared.domain.status.unsaid import EDGES, earlier
from shared.web import facts as read
from shared.web import i18n
from shared.web.links import Links
from shared.web.mail import SUBJECT
from shared.web.rendering import engine
from shared.web.status import paths
from shared.web.status.words import Words, words_in

PARTS = {"about": "about", "text": "text", "link": "link"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """`links` sign; pages are under `public_url`."""

    links: Links
    public_url: str

    def render(self, letter: Letter) -> Mail:
        """The letter in its reader's language, in English where we do not speak it."""
        words = words_in(letter.language, _zone(letter))
        values = self._values(letter, words)
        template = engine().get_template(f"mail/{words.language}/status/{letter.kind.value}.txt")
        head, _, body = template.render(values).partition("\n")
        subject = head.removeprefix("Subject: ").strip()
        paragraphs = [paragraph.splitlines() for paragraph in re.split(r"\n\s*\n", body.strip())]
        blocks = [lines for lines in paragraphs if values.get(lines[0].removeprefix("@"), True) or not lines[0].startswith("@")]
        blocks = [["@request"] if lines == ["@about"] else lines for lines in blocks]
        parts = {**values, "blocks": blocks, "title": subject, "lang": words.language, "phrases": i18n.phrases(words.language)}
        return Mail(
            key=letter.key,
            to=read.line({"to": letter.to}, "to"),
            to_name=read.line({"name": letter.to_name}, "name"),
            subject=textwrap.shorten(subject, SUBJECT, placeholder=" …"),
            text=engine().get_template("mail/letter.txt").render(parts).strip() + "\n",
            html=engine().get_template("mail/letter.html").render(parts),
            headers=self._headers(letter),
        )

    def _values(self, letter: Letter, words: Words) -> dict[str, object]:
        facts = letter.facts
        link = self._link(letter, words)
        return {
            "ticket": "",
            "vendor": read.line(facts, "vendor") or words.says["title"],
            "about": _about(facts, words),
            "services": ", ".join(_names(facts, words)),
            "title": read.worded(facts, "title", words.language),
            "phase": words.says.get(read.line(facts, "phase"), ""),
            "text": read.worded(facts, "reason", words.language) or _prose(facts, words),
            "until": _moment(facts, "until", words),
            **_alarm(facts, words),
            "link": link,
            "link_name": words.says["confirm"] if letter.kind is LetterKind.CONFIRM else words.says["back"],
            "unsubscribe": self._unsubscribe(letter.to, words.language) if letter.is_subscribed else "",
        }

    def _link(self, letter: Letter, words: Words) -> str:
        until = read.instant(letter.facts, "until")
        if letter.kind is not LetterKind.CONFIRM or until is None:
            return f"{self.public_url.rstrip('/')}{paths.page(words.language)}"
        token = self.links.seal(token_words(letter.to))
        key = self.links.seal(confirmation_words(token, until))
        query = urlencode({"token": token, "until": stamp(until), "key": key, "lang": words.language})
        return f"{self.public_url.rstrip('/')}{paths.CONFIRMATION}?{query}"

    def _unsubscribe(self, to: str, language: str) -> str:
        query = urlencode({"token": self.links.seal(token_words(to)), "lang": language})
        return f"{self.public_url.rstrip('/')}{paths.UNSUBSCRIPTION}?{query}"

    def _headers(self, letter: Letter) -> Mapping[str, str]:
        headers = {"Auto-Submitted": "auto-generated"}
        if letter.is_subscribed:
            headers["List-Unsubscribe"] = f"<{self._unsubscribe(letter.to, i18n.spoken(letter.language))}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers


def _zone(letter: Letter) -> str:
    zone = read.line(letter.facts, "zone") or "UTC"
    try:
        return ZoneInfo(zone).key
    except (KeyError, ValueError):
        return "UTC"


def _about(facts: read.Facts, words: Words) -> list[tuple[str, str]]:
    """What it concerns, and the moments that are known, each with its name."""
    label = i18n.phrases(words.language)["status_mail"]
    names = ("at", "starts_at", "ends_at", "last_good", "first_bad", "last_bad", "first_good")
    rows = [(label["services"], ", ".join(_names(facts, words)))]
    rows += [(label[name], _moment(facts, name, words)) for name in names]
    rows += [(label["earlier"], _spell(spell, label, words)) for spell in earlier(facts)]
    return [(name, value) for name, value in rows if value]


def _spell(spell: read.Facts, label: Mapping[str, str], words: Words) -> str:
    """The edges of a spell that is over, on one line."""
    return "; ".join(f"{label[name]}: {at}" for name in EDGES if (at := _moment(spell, name, words)))


def _alarm(facts: read.Facts, words: Words) -> dict[str, str]:
    """Which alarm, under which guarantee, and minutes of its error budget: unknown, and left at least and at most."""
    left = facts.get("left")
    least, most = left if isinstance(left, list | tuple) and len(left) == 2 else ("", "")
    return {
        "alarm": read.line(facts, "alarm"),
        "guarantee": read.worded(facts, "guarantee", words.language),
        "unknown": words.decimal(read.line(facts, "unknown")),
        "least": words.decimal(read.line({"left": least}, "left")),
        "most": words.decimal(read.line({"left": most}, "left")),
    }


def _names(facts: read.Facts, words: Words) -> list[str]:
    found = facts.get("services")
    listed = found if isinstance(found, list | tuple) else []
    return [name for each in listed if (name := read.worded({"name": each}, "name", words.language))]


def _prose(facts: read.Facts, words: Words) -> str:
    """What people wrote, in the reader's language, with its lines."""
    text = facts.get("text")
    return read.block({"text": text.get(words.language, "")}, "text") if isinstance(text, Mapping) else ""


def _moment(facts: read.Facts, name: str, words: Words) -> str:
    at = read.instant(facts, name)
    return words.in_zone(at) if at else ""
