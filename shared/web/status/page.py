"""The public page: how the services stand, in words and in bars; without script, without anything from elsewhere.

Up to twenty services have their bars on it; of more, the page is a table, and each service has its bars on a page of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from shared.domain.text import Text
from shared.domain.watch.incident import Incident, Phase
from shared.domain.watch.maintenance import Window
from shared.domain.watch.standing import Line, Now, Proof, Spell, Standing
from shared.web import i18n
from shared.web.pages import headers as page_headers
from shared.web.pages import rendered
from shared.web.status import bars, paths
from shared.web.status.feed import spell_words
from shared.web.status.words import Words, words_in

SHEET = "status.css"
MOST_WITH_BARS = 20
MOST_TEXT = 9_000
"""Characters of incidents on the page; of those beyond, the latest entry is there, and a link to the whole."""

MOST_ROWS = 150
MOST_WINDOWS = 20

LARGEST = 50_000
"""Bytes of a page. What would make it larger is told in less detail."""

DETAIL = ((260, 20, False), (420, 5, True), (260, 5, True), (150, 5, True), (0, 5, True), (-1, 5, True))
"""How many bars, and interruptions, a page has at the most, and whether days that were up are passed over in silence. The first
that makes a page small enough is taken: at the last but one bars have no words, at the last there is a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of it is asked for: everything, one service, or one incident."""

    service: str | None = None
    incident: str | None = None
    page: int = 1

    def query(self, language: str, page: int | None = None) -> str:
        number = page or self.page
        chosen = {"service": self.service, "incident": self.incident, "page": str(number) if number > 1 else None}
        return "?" + urlencode({**{name: value for name, value in chosen.items() if value}, "lang": language})


def status_page(standing: Standing, vendor: str, language: str | None, asked: Asked) -> str | None:
    """The whole page; None when there is no such public service or incident."""
    for detail in DETAIL:
        page = _page(standing, vendor, language, asked, *detail)
        if page is None or len(page.encode()) < LARGEST:
            break
    return page


def _page(
    standing: Standing, vendor: str, language: str | None, asked: Asked, most_bars: int, most_spells: int, is_brief: bool
) -> str | None:
    words = words_in(language, standing.zone)
    lines = [line for line in standing.lines if asked.service in (None, line.id)]
    incidents = [each for each in standing.incidents if asked.incident in (None, each.id)]
    if (asked.service and not lines) or (asked.incident and not incidents):
        return None
    is_one = asked.service is not None
    if is_one:
        incidents = [each for each in incidents if not each.services or asked.service in each.services]
    concerned = [each for each in standing.spells if asked.service in (None, each.service)]
    windows = [each for each in standing.windows if asked.service is None or asked.service in each.services]
    has_bars = is_one or (len(lines) <= MOST_WITH_BARS and asked.incident is None and most_bars >= 0)
    rows = [] if has_bars or asked.incident else sorted(lines, key=lambda line: _URGENCY[line.now])
    part = rows[MOST_ROWS * (asked.page - 1) : MOST_ROWS * asked.page]
    return rendered(
        "status.html",
        words.language,
        sheet=SHEET,
        title=_title(standing, lines, words, is_one),
        vendor=vendor,
        other_language=_in_other_language(words, asked),
        says=words.says,
        overall=standing.overall,
        overall_says=words.says[f"overall_{standing.overall}"],
        note=words.says.get({Now.UNWATCHED: "unwatched_note", Now.UNKNOWN: "unknown_note"}.get(standing.overall, ""), ""),
        as_of=words.says["as_of"].format(at=words.in_zone(standing.now)),
        is_one=is_one,
        is_all=not is_one and asked.incident is None,
        has_bars=has_bars,
        lines=_lines(lines, words, is_one, most_bars, is_brief) if has_bars else [_row(each, words) for each in part],
        pages=_pages(len(rows), words, asked),
        spells=[_spell(each, standing, words) for each in concerned[:most_spells]] if not asked.incident else (),
        incidents=_incidents(incidents, standing, words, is_whole=asked.incident is not None),
        windows=[_window(each, standing, words) for each in windows[:MOST_WINDOWS]],
        home=paths.page(words.language),
        paths=paths.formats(words.language),
        subscribe=paths.SUBSCRIBERS,
    )


def message_page(name: str, language: str | None, *, action: str = "", fields: Mapping[str, str] | None = None) -> str:
    """A sentence about the subscription; with `action`, a button that posts `fields` there. `name`: of the phrases."""
    words = words_in(language, "UTC")
    return rendered(
        "status_message.html",
        words.language,
        sheet=SHEET,
        title=words.says[name],
        vendor="",
        other_language=None,
        says=words.says,
        text=words.says[f"{name}_text"],
        action=action,
        fields=fields or {},
        home=paths.page(words.language),
    )


_URGENCY = {Now.DOWN: 0, Now.UNKNOWN: 1, Now.UNWATCHED: 1, Now.MAINTENANCE: 2, Now.UP: 3}


def headers() -> Mapping[str, str]:
    """The strict ones of every page, with a form; this one may be cached by all for a minute, and found by search engines."""
    found = dict(page_headers(has_form=True, sheet=SHEET))
    del found["X-Robots-Tag"]
    return {**found, "Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}


def message_headers() -> Mapping[str, str]:
    return page_headers(has_form=True, sheet=SHEET)


def _title(standing: Standing, lines: Sequence[Line], words: Words, is_one: bool) -> str:
    return words.of(lines[0].name) if is_one else words.says["title"]


def _in_other_language(words: Words, asked: Asked) -> dict[str, str]:
    other = next(each for each in i18n.LANGUAGES if each != words.language)
    return {"lang": other, "name": i18n.phrases(words.language)["page"]["other_language"], "href": asked.query(other)}


def _pages(count: int, words: Words, asked: Asked) -> list[dict[str, object]]:
    """Links to all pages of the table, where one does not hold it."""
    last = -(-count // MOST_ROWS)
    return [
        {"number": number, "href": asked.query(words.language, number), "is_here": number == asked.page}
        for number in range(1, last + 1)
        if last > 1
    ]


def _lines(lines: Sequence[Line], words: Words, is_one: bool, most_bars: int, is_brief: bool) -> list[dict[str, object]]:
    rows = bars.rows([line.bars for line in lines], words, max(most_bars, 90 if is_one else 0), is_brief=is_brief and not is_one)
    return [
        {
            **_row(line, words),
            "summary": words.says["days_of"].format(service=words.of(line.name), summary=bars.summed(line.bars, words)),
            "segments": row.segments,
            "shapes": row.shapes,
            "days": [each.title for each in reversed(bars.exactly(line.bars, words)) if each.kind is not Now.UP]
            if is_one
            else (),
            "proofs": [_proof(each, line, words) for each in (line.proofs if is_one else _this_month(line))],
            "latency": words.says["latency_is"].format(p50=line.latency.p50, p95=line.latency.p95, p99=line.latency.p99)
            if line.latency
            else "",
            "csv": paths.days(line.id),
        }
        for line, row in zip(lines, rows, strict=True)
    ]


def _troubled(line: Line, words: Words) -> list[str]:
    """The days that were not up throughout, the latest first."""
    return [each.title for each in reversed(bars.exactly(line.bars, words)) if each.kind is not Now.UP]


def _row(line: Line, words: Words) -> dict[str, object]:
    proof = line.proofs[0] if line.proofs else None
    return {
        "id": line.id,
        "name": words.of(line.name),
        "now": line.now,
        "state": words.says[line.now],
        "since": words.says["since"].format(at=words.moment(line.since)) if line.since else "",
        "href": Asked(service=line.id).query(words.language),
        "share": _share(proof, words) if proof else "–",
    }


def _this_month(line: Line) -> list[Proof]:
    return [proof for proof in line.proofs if proof.month == line.proofs[0].month]


def _proof(proof: Proof, line: Line, words: Words) -> dict[str, object]:
    says = words.says
    parts = [_share(proof, words)]
    if proof.coverage is not None:
        parts.append(says["coverage"].format(share=words.share(proof.coverage)))
    if proof.target is not None and proof.verdict is not None:
        parts.append(says["promised"].format(target=words.target(proof.target)))
        verdict = says[proof.verdict]
        parts.append(says["so_far"].format(verdict=verdict) if proof.is_running else verdict)
    lost = says["lost"].format(
        down=words.length(proof.down), unknown=words.length(proof.unknown), excluded=words.length(proof.excluded)
    )
    return {
        "name": says["month_running" if proof.is_running else "month"].format(month=words.month(proof.month)),
        "guarantee": words.of(proof.name) if proof.name else "",
        "parts": parts,
        "lost": lost,
        "verdict": proof.verdict or "",
        "export": paths.export(line.id, proof.month, proof.guarantee),
        "export_name": says["states_of"].format(month=words.month(proof.month)),
    }


def _share(proof: Proof, words: Words) -> str:
    if proof.minimum is None or proof.maximum is None:
        return words.says["nothing_counted"]
    if proof.minimum == proof.maximum:
        return words.says["exactly"].format(min=words.share(proof.minimum))
    return words.says["between"].format(min=words.share(proof.minimum), max=words.share(proof.maximum))


def _spell(spell: Spell, standing: Standing, words: Words) -> dict[str, str]:
    title, text = spell_words(spell, standing, words)
    return {
        "title": title,
        "text": text,
        "again": words.says["spell_again"].format(count=spell.again) if spell.again else "",
        "state": "down" if spell.first_good is None else "up",
    }


def _incidents(incidents: Sequence[Incident], standing: Standing, words: Words, *, is_whole: bool) -> list[dict[str, object]]:
    left = MOST_TEXT if not is_whole else LARGEST
    shown: list[dict[str, object]] = []
    for incident in incidents:
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


def _window(window: Window, standing: Standing, words: Words) -> dict[str, object]:
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
