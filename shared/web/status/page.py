"""The public page: how the services stand, in words and in bars; without script, without anything from elsewhere.

Up to twenty services have their bars on it; of more, the page is a table, and each service has its bars on a page of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from shared.domain.availability import Verdict
from shared.domain.guarantees.frozen_months import Months
from shared.domain.status.incident import Incident
from shared.domain.status.standing import Line, Now, Proof, Standing
from shared.web import i18n
from shared.web.pages import headers as page_headers
from shared.web.pages import rendered
from shared.web.status import bars, happened, months, paths
from shared.web.status.budgets import budget_words, short_words
from shared.web.status.words import Words, words_in

SHEET = "status.css"
MOST_WITH_BARS = 20
MOST_ROWS = 100

LARGEST = 50_000
"""Bytes of a page. What would make it larger is told in less detail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How much a page tells: so many bars (0: they have no words; -1: there is a table), interruptions, and bytes of incidents;
    of maintenance half of that. `is_brief`: days that were up are passed over in silence."""

    bars: int
    spells: int = 5
    text: int = 12_000
    is_brief: bool = True


DETAIL = (
    Detail(bars=260, spells=20, is_brief=False),
    *(Detail(bars=bars) for bars in (420, 260, 150, 0, -1)),
    *(Detail(bars=-1, text=text) for text in (6_000, 3_000)),
)
"""The first that makes a page small enough is taken."""


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


def status_page(standing: Standing, vendor: str, language: str | None, asked: Asked, frozen: Sequence[Months] = ()) -> str | None:
    """The whole page; None when there is no such public service or incident. `frozen`: the months of the one service."""
    for detail in DETAIL:
        page = _page(standing, vendor, language, asked, frozen, detail)
        if page is None or len(page.encode()) < LARGEST:
            break
    return page


def _page(
    standing: Standing,
    vendor: str,
    language: str | None,
    asked: Asked,
    frozen: Sequence[Months],
    detail: Detail,
) -> str | None:
    words = words_in(language, standing.zone)
    if (told := _asked_of(standing, asked)) is None:
        return None
    is_one, is_incident = asked.service is not None, asked.incident is not None
    has_bars = is_one or (len(told.lines) <= MOST_WITH_BARS and not is_incident and detail.bars >= 0)
    rows = [] if has_bars or is_incident else sorted(told.lines, key=lambda line: _URGENCY[line.now])
    part = rows[MOST_ROWS * (asked.page - 1) : MOST_ROWS * asked.page]
    return rendered(
        "status.html",
        words.language,
        sheet=SHEET,
        title=words.of(told.lines[0].name) if is_one else words.says["title"],
        vendor=vendor,
        other_language=_in_other_language(words, asked),
        says=words.says,
        **_overall(standing, words),
        as_of=words.says["as_of"].format(at=words.in_zone(standing.now)),
        is_one=is_one,
        is_all=not is_one and not is_incident,
        has_bars=has_bars,
        lines=_lines(told.lines, words, is_one, detail, frozen) if has_bars else [_row(each, words) for each in part],
        frozen=months.shown(frozen, words),
        frozen_json=paths.frozen(asked.service) if asked.service else "",
        month=words.says["month_running"].format(month=words.month(standing.now.astimezone(words.zone).date().isoformat()[:7])),
        pages=_pages(-(-len(rows) // MOST_ROWS), words, asked),
        spells=[happened.spell(each, standing, words) for each in told.spells[: detail.spells]] if not is_incident else (),
        **(_whole(told.incidents[0], standing, words, asked) if is_incident else _happened(told, standing, words, detail.text)),
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


def _asked_of(standing: Standing, asked: Asked) -> Standing | None:
    """What is asked for; None: there is no such service or incident."""
    if asked.service is not None:
        line = next((each for each in standing.lines if each.id == asked.service), None)
        if line is None:
            return None
        standing = standing.only(line)
    if asked.incident is not None:
        found = tuple(each for each in standing.incidents if each.id == asked.incident)
        return replace(standing, incidents=found) if found else None
    return standing


def _overall(standing: Standing, words: Words) -> dict[str, str]:
    note = {Now.UNWATCHED: "unwatched_note", Now.UNKNOWN: "unknown_note"}.get(standing.overall, "")
    return {
        "overall": standing.overall,
        "overall_says": words.says[f"overall_{standing.overall}"],
        "note": words.says.get(note, ""),
    }


def _in_other_language(words: Words, asked: Asked) -> dict[str, str]:
    other = next(each for each in i18n.LANGUAGES if each != words.language)
    return {"lang": other, "name": i18n.phrases(words.language)["page"]["other_language"], "href": asked.query(other)}


def _happened(told: Standing, standing: Standing, words: Words, most: int) -> dict[str, object]:
    """Incidents and maintenance, and where those are that there is no room for."""
    incidents, other_incidents = happened.incidents(told.incidents, standing, words, most)
    windows, other_windows = happened.windows(told.windows, standing, words, most // 2)
    more = {"incidents": other_incidents, "windows": other_windows}
    return {
        "incidents": incidents,
        "windows": windows,
        "entry_pages": (),
        "more": {name: words.says[f"more_{name}"].format(count=count) if count else "" for name, count in more.items()},
    }


def _whole(incident: Incident, standing: Standing, words: Words, asked: Asked) -> dict[str, object]:
    """One incident, the page of it that is asked for."""
    found = happened.pages(incident, words)
    here = min(max(1, asked.page), len(found))
    return {
        "incidents": [happened.whole(incident, standing, words, found[here - 1])],
        "windows": (),
        "entry_pages": _pages(len(found), words, replace(asked, page=here)),
        "more": {"incidents": "", "windows": ""},
    }


def _pages(last: int, words: Words, asked: Asked) -> list[dict[str, object]]:
    """Links to all pages, where one does not hold everything."""
    return [
        {"number": number, "href": asked.query(words.language, number), "is_here": number == asked.page}
        for number in range(1, last + 1)
        if last > 1
    ]


def _lines(
    lines: Sequence[Line], words: Words, is_one: bool, detail: Detail, frozen: Sequence[Months]
) -> list[dict[str, object]]:
    rows = bars.rows(
        [line.bars for line in lines], words, max(detail.bars, 90 if is_one else 0), is_brief=detail.is_brief and not is_one
    )
    return [
        {
            **_row(line, words),
            "summary": words.says["days_of"].format(service=words.of(line.name), summary=bars.summed(line.bars, words)),
            "segments": row.segments,
            "shapes": row.shapes,
            "days": [each.title for each in reversed(bars.exactly(line.bars, words)) if each.kind is not Now.UP]
            if is_one
            else (),
            "proofs": [_proof(each, line, words) for each in (_unfrozen(line, frozen) if is_one else _this_month(line))],
            "latency": words.says["latency_is"].format(p50=line.latency.p50, p95=line.latency.p95, p99=line.latency.p99)
            if line.latency
            else "",
            "csv": paths.days(line.id),
            "json": paths.status(line.id),
        }
        for line, row in zip(lines, rows, strict=True)
    ]


def _row(line: Line, words: Words) -> dict[str, object]:
    proof = line.proofs[0] if line.proofs else None
    return {
        "id": line.id,
        "name": words.of(line.name),
        "now": line.now,
        "state": words.says[line.now],
        "since": words.says["since"].format(at=words.moment(line.since)) if line.since else "",
        "href": Asked(service=line.id).query(words.language),
        "share": words.bounds(proof.minimum, proof.maximum) if proof else "–",
        "left": short_words(proof.budget, words) if proof and proof.budget else "–",
        "export": paths.export(line.id, proof.month, proof.guarantee) if proof else "",
    }


def _this_month(line: Line) -> list[Proof]:
    return [proof for proof in line.proofs if proof.month == line.proofs[0].month]


def _unfrozen(line: Line, frozen: Sequence[Months]) -> list[Proof]:
    """Months that are frozen are told as they were frozen."""
    told = {(each.guarantee, month.record.month) for each in frozen for month in each.months}
    return [proof for proof in line.proofs if (proof.guarantee, proof.month) not in told]


def _proof(proof: Proof, line: Line, words: Words) -> dict[str, object]:
    says = words.says
    parts = [words.bounds(proof.minimum, proof.maximum)]
    if proof.coverage is not None:
        parts.append(says["coverage"].format(share=words.share(proof.coverage)))
    if proof.target is not None:
        parts.append(says["promised" if proof.verdict else "promised_by_year"].format(target=words.target(proof.target)))
    if proof.verdict is not None:
        parts.append(says[_verdict(proof)])
    lost = says["lost"].format(
        down=words.length(proof.down), unknown=words.length(proof.unknown), excluded=words.length(proof.excluded)
    )
    return {
        "name": says["month_running" if proof.is_running else "month"].format(month=words.month(proof.month)),
        "guarantee": words.of(proof.name) if proof.name else "",
        "parts": parts,
        "lost": lost,
        "budget": "" if proof.budget is None else budget_words(proof.budget, words),
        "verdict": _MARK.get(_verdict(proof), proof.verdict or ""),
        "export": paths.export(line.id, proof.month, proof.guarantee),
        "export_name": says["states_of"].format(month=words.month(proof.month)),
    }


_MARK = {"so_far_MISSED": "risk", "so_far_doubt": "risk", "so_far_lost": "MISSED"}


def _verdict(proof: Proof) -> str:
    """The phrase for it. Of a month that still runs, being below the promise is no verdict yet, unless nothing can mend it."""
    if not proof.is_running or proof.budget is None:
        return proof.verdict or ""
    least, most = proof.budget.left
    if most < 0:
        return "so_far_lost"
    return "so_far_doubt" if proof.verdict is Verdict.MISSED and least < 0 else f"so_far_{proof.verdict}"
