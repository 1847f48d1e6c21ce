"""What happened and what is ahead, as the page tells it: interruptions that showed themselves, incidents, maintenance."""

from collections.abc import Sequence

from shared.domain.text import Text
from shared.domain.watch.incident import Incident, Phase
from shared.domain.watch.maintenance import Window
from shared.domain.watch.standing import Spell, Standing
from shared.web.status import paths
from shared.web.status.feed import spell_words
from shared.web.status.words import Words

MOST_TEXT = 9_000
"""Characters of incidents on the page; of those beyond, the latest entry is there, and a link to the whole."""


def spell(spell: Spell, standing: Standing, words: Words) -> dict[str, str]:
    """An interruption that nobody has written of."""
    title, text = spell_words(spell, standing, words)
    return {
        "title": title,
        "text": text,
        "again": words.says["spell_again"].format(count=spell.again) if spell.again else "",
        "state": "down" if spell.first_good is None else "up",
    }


def incidents(found: Sequence[Incident], standing: Standing, words: Words, *, is_whole: bool) -> list[dict[str, object]]:
    """`is_whole`: with every entry, however long that is."""
    left = MOST_TEXT
    shown: list[dict[str, object]] = []
    for incident in found:
        size = sum(len(words.of(entry.text)) for entry in incident.entries)
        fits = is_whole or size <= left
        left -= size if fits else len(words.of(incident.entries[-1].text))
        if left < -2 * MOST_TEXT and not is_whole:
            break
        shown.append(_incident(incident, standing, words, fits))
    return shown


def _incident(incident: Incident, standing: Standing, words: Words, fits: bool) -> dict[str, object]:
    says = words.says
    entries = incident.entries if fits else incident.entries[-1:]
    return {
        "title": words.of(incident.title),
        "phase": says[incident.phase],
        "state": {Phase.RESOLVED: "up", Phase.ANNOUNCEMENT: "said"}.get(incident.phase, "down"),
        "began": "" if incident.phase is Phase.ANNOUNCEMENT else says["began"].format(at=words.moment(incident.started_at)),
        "services": _names(incident.services, standing, words),
        "entries": [
            {
                "phase": says[entry.phase],
                "at": words.moment(entry.at),
                "iso": entry.at.isoformat(),
                "text": words.of(entry.text).split("\n"),
                "corrects": says["corrects"].format(number=entry.corrects) if entry.corrects else "",
                "number": entry.number,
            }
            for entry in reversed(entries)
        ],
        "href": "" if fits else paths.page(words.language, incident=incident.id),
    }


def window(window: Window, standing: Standing, words: Words) -> dict[str, object]:
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
    named: list[Text] = [line.name for line in standing.lines if line.id in services]
    return words.says["affected"].format(services=", ".join(words.of(name) for name in named)) if named else ""
