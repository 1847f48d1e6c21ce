"""The public page of the services: what it says in every state, what it never says, and how small it stays."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from shared.domain.status.incident import LONGEST_TEXT, LONGEST_TITLE, Phase, opened, told
from shared.domain.status.standing import Now, Standing
from shared.web import i18n
from shared.web.status import bars
from shared.web.status.page import DETAIL, LARGEST, Asked, headers, message_page, status_page
from shared.web.status.words import words_in
from tests.support.letters import HOSTILE, Page, flat
from tests.support.standings import (
    NOW,
    SECRET,
    a_service,
    a_standing,
    a_window,
    an_incident,
    change,
    gap,
    many,
    outage,
    up_since,
    watched,
)

UP = a_service()
ID = UP.id


def page(standing: Standing, language: str = "it", **asked: str) -> str:
    html = status_page(standing, "Interzen", language, Asked(**asked))  # type: ignore[arg-type]
    assert html is not None
    return html


def said(html: str) -> str:
    return flat(Page(html.partition("<body>")[2]).said)


def titles(html: str) -> list[str]:
    return re.findall(r"<title>([^<]*)</title>", html.partition("<body>")[2])


def troubled() -> Standing:
    changes = [
        *up_since(ID),
        *outage(ID, 1, NOW - timedelta(days=10), timedelta(minutes=3, seconds=12)),
        *gap(ID, NOW - timedelta(days=5), timedelta(hours=2)),
        *outage(ID, 2, NOW - timedelta(minutes=17), None),
    ]
    windows = [a_window("w1", ID, NOW - timedelta(days=7), 1), a_window("w2", ID, NOW + timedelta(days=3), 2)]
    return a_standing(watched(UP, changes, windows), incidents=[an_incident()])


@pytest.mark.parametrize(
    ("language", "phrases"),
    [
        (
            "it",
            (
                "C'è un'interruzione in corso",
                "Aggiornato al 23 novembre 2026, 10:00:00 (ora italiana)",
                "Non disponibile dal 23 novembre 2026, 09:43:00",
                "Disponibilità, novembre 2026 (in corso) tra 99,5555 % e 99,9373 %",
                "garanzia 99,95 %; finora sotto la garanzia, forse non più recuperabile",
                "entro 150 ms metà delle risposte, entro 400 ms il 95 %",
                "Accesso lento a ZenShare Up Causa individuata · Inizio: 23 novembre 2026, 09:30:00 · Servizi: ZenShare Up",
                "dal 26 novembre 2026, 10:00:00 al 26 novembre 2026, 12:00:00",
            ),
        ),
        (
            "en",
            (
                "A service is interrupted",
                "Not available since 23 November 2026, 09:43:00",
                "between 99.5555% and 99.9373%",
                "promised 99.95%; below the promise so far, perhaps beyond mending",
                "Cause identified",
            ),
        ),
    ],
)
def test_the_page_says_all_of_it_in_both_languages(language: str, phrases: Sequence[str]) -> None:
    words = said(page(troubled(), language))
    for part in phrases:
        assert part in words


def standing_after(lasts: float, unknown: float = 0) -> Standing:
    """Down for some minutes this month, and some more unknown."""
    at = NOW - timedelta(days=9)
    began, ended = change(ID, at, "down", outage=f"{ID}.1"), change(ID, at + timedelta(minutes=lasts), "up")
    story = [began, ended] if lasts else []
    doubt = gap(ID, NOW - timedelta(days=5), timedelta(minutes=unknown)) if unknown else []
    return a_standing(watched(UP, [*up_since(ID), *story, *doubt]))


@pytest.mark.parametrize(
    ("down", "unknown", "verdict", "left"),
    [
        (0, 0, "finora rispettata", "21,6 min; 0 min consumati con certezza; residuo 21,6 min"),
        (10.00001, 2, "finora rispettata", "10,0001 min consumati con certezza; residuo tra 9,5999 e 11,5999 min"),
        (18, 0, "finora sotto la garanzia, ancora recuperabile", "18 min consumati con certezza; residuo 3,6 min"),
        (18, 9, "forse non più recuperabile", "residuo al massimo 3,6 min, ma superata di 5,4 min se tutto il tempo non noto"),
        (21.6, 0, "finora sotto la garanzia, ancora recuperabile", "21,6 min consumati con certezza; residuo 0 min"),
        (21.60001, 0, "non più raggiungibile in questo mese", "superata di 0,0001 min"),
        (30, 3, "non più raggiungibile in questo mese", "superata di un tempo tra 8,4 e 11,4 min"),
    ],
)
def test_the_error_budget_and_the_verdict_so_far_are_told_and_never_in_our_favour(
    down: float, unknown: float, verdict: str, left: str
) -> None:
    words = said(page(standing_after(down, unknown)))
    assert f"garanzia 99,95 %; {verdict}" in words or verdict in words
    assert left in words


def test_in_a_table_each_service_has_its_share_with_its_export_and_what_is_left() -> None:
    html = page(many(21, 3))
    assert html.count('href="/api/status/export/service-') == 21
    assert "Interruzione ammessa residua" in said(html) and "21,6 min" in said(html) and " min</td>" in html


def test_every_bar_says_exactly_what_happened_on_its_days() -> None:
    assert titles(page(troubled())) == [
        "26 agosto – 12 novembre: disponibile",
        "13 novembre: non disponibile 3 min 12 s, non noto 2 min",
        "14–15 novembre: disponibile",
        "16 novembre: manutenzione 1 h",
        "17 novembre: disponibile",
        "18 novembre: non noto 2 h",
        "19–22 novembre: disponibile",
        "23 novembre: non disponibile 17 min, non noto 1 min",
    ]


def test_what_is_not_up_differs_from_it_by_shape_and_pattern_and_is_explained() -> None:
    html = page(troubled())
    for kind in ("up", "do", "un", "ma"):
        assert re.search(rf'<rect class="{kind}" x="\d+" width="\d+">', html), kind
    assert "fill: url(#n)" in html and "fill: url(#m)" in html and 'pattern id="n"' in html and 'pattern id="m"' in html
    assert "Non noto (a righe)" in said(html) and "Manutenzione (barra bassa, punteggiata)" in said(html)


def test_an_interruption_that_nobody_wrote_of_shows_itself_with_its_bracket() -> None:
    story = outage(ID, 1, NOW - timedelta(hours=1), timedelta(minutes=7), bracket=timedelta(seconds=30))
    assert (
        "Interruzione rilevata automaticamente ZenShare Up: non disponibile con certezza dal 23 novembre 2026, 09:00:00 "
        "(ultima risposta regolare: 23 novembre 2026, 08:59:30) al 23 novembre 2026, 09:07:00, di nuovo disponibile dal 23 "
        "novembre 2026, 09:07:30. Durata certa 7 min; durata possibile 8 min."
    ) in said(page(a_standing(watched(UP, [*up_since(ID), *story]))))


@pytest.mark.parametrize(("language", "words"), [("it", "Non ancora osservato"), ("en", "Not watched yet")])
def test_what_nobody_has_watched_is_never_shown_as_up(language: str, words: str) -> None:
    html = page(a_standing(watched(UP, [])), language)
    assert words in said(html)
    assert titles(html) == ["26 agosto – 23 novembre: non noto" if language == "it" else "26 August – 23 November: not known"]
    without_legend = said(html).replace("Disponibile tutto il giorno", "").replace("Available all day", "")
    assert "Disponibile" not in without_legend.replace("Disponibilità", "") and "Available" not in without_legend


def test_without_any_service_it_says_so() -> None:
    assert "Nessun servizio è ancora sotto osservazione" in said(page(a_standing()))


def test_an_unknown_state_is_said_to_be_unknown_and_explained() -> None:
    story = [*up_since(ID), change(ID, NOW - timedelta(hours=1), "unknown")]
    words = said(page(a_standing(watched(UP, story)), "en"))
    assert "The state of some services is not known" in words and "it does not count as available" in words


def test_nothing_that_is_not_public_is_on_it() -> None:
    hidden = a_service("zx-internal", "Servizio interno", is_public=False)
    standing = a_standing(
        watched(UP, up_since(ID)), watched(hidden, outage("zx-internal", 1, NOW, None)), incidents=[an_incident()]
    )
    html = page(standing)
    for secret in ("zx-internal", "Servizio interno", SECRET, "internal.vendor.example", "vendor-network", "carla"):
        assert secret not in html


def test_hostile_texts_stay_texts() -> None:
    service = a_service(name=HOSTILE)
    html = page(a_standing(watched(service, up_since(ID)), incidents=[an_incident()]))
    assert "<script" not in html and "&lt;" in html


def test_it_runs_nothing_and_asks_nobody_else() -> None:
    html = page(troubled())
    assert not re.search(r"<script|<img|<iframe|<object| on\w+=|style=", html)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
    [style] = re.findall("<style>(.*?)</style>", html, re.DOTALL)
    assert "@import" not in style and not re.search(r"url\((?!#)", style)
    sent = headers()
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{hashed}'" in sent["Content-Security-Policy"]
    assert "default-src 'none'" in sent["Content-Security-Policy"] and "form-action 'self'" in sent["Content-Security-Policy"]
    assert sent["Cache-Control"] == "public, max-age=60" and sent["Vary"] == "Accept-Language" and "X-Robots-Tag" not in sent


def test_who_hears_it_or_has_no_mouse_finds_their_way() -> None:
    html = page(troubled())
    assert (
        '<html lang="it">' in html and '<a class="skip" href="#main">Vai al contenuto</a>' in html and '<main id="main">' in html
    )
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels[0] == 1 and all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert levels.count(1) == 1
    label = "ZenShare Up, ultimi 90 giorni: disponibili per intero: 86; con interruzioni: 2; "
    assert f'role="group" aria-label="{label}' in html
    assert '<label for="email">' in html and "tabindex" not in html
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert all(name in ids for name in re.findall(r'aria-labelledby="([^"]+)"', html))
    ET.fromstring(re.findall(r'<svg class="bars".*?</svg>', html, re.DOTALL)[0])


def test_the_other_language_is_one_click_away_and_keeps_what_is_looked_at() -> None:
    assert f'href="?service={ID}&amp;lang=en" hreflang="en" lang="en"' in page(troubled(), service=ID)


def test_a_service_has_a_page_with_every_day_that_was_not_up_and_the_month_before() -> None:
    words = said(page(troubled(), service=ID))
    assert "13 novembre: non disponibile 3 min 12 s, non noto 2 min" in words
    assert "Disponibilità, ottobre 2026 Disponibilità del data center 100,0000 %" in words
    assert "non disponibile 20 min 12 s, non noto 2 h 3 min, manutenzione esclusa 1 h" in words


def test_next_to_every_figure_is_the_export_that_it_follows_from() -> None:
    html = page(troubled(), service=ID)
    for month in ("2026-11", "2026-10"):
        assert f'href="/api/status/export/{ID}/{month}?guarantee=uptime"' in html
    assert f'href="/api/status/days.csv?service={ID}"' in html


@pytest.mark.parametrize("asked", [{"service": "nobody"}, {"incident": "nothing"}])
def test_what_is_not_there_has_no_page(asked: dict[str, str]) -> None:
    assert status_page(troubled(), "Interzen", "it", Asked(**asked)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("count", "troubled_days"), [(5, 3), (5, 88), (20, 0), (20, 3), (20, 10), (20, 45), (20, 88), (100, 10), (1000, 3)]
)
def test_it_is_smaller_than_fifty_kilobytes(count: int, troubled_days: int) -> None:
    html = page(many(count, troubled_days))
    assert len(html.encode()) < LARGEST
    has_bars = '<svg class="bars"' in html
    assert has_bars == (count <= 20)


def test_long_incidents_are_cut_to_their_latest_entry_with_a_link_to_the_whole() -> None:
    incident = an_incident()
    for number in range(8):
        text = {"it": f"Nota {number}. " + "parola " * 250, "en": "word " * 300}
        incident = told(incident, text, Phase.MONITORING, "carla", NOW + timedelta(minutes=number))
    standing = a_standing(watched(UP, up_since(ID)), incidents=[incident])
    html = page(standing)
    assert "Nota 7" in html and "Nota 6" not in html and 'href="/api/status/page?incident=i1&amp;lang=it"' in html
    assert "Nota 0" in page(standing, incident="i1")
    assert len(html.encode()) < LARGEST


def outspoken(text: str, incidents: int, entries: int, windows: int, services: int = 3, troubled_days: int = 88) -> Standing:
    """Everything that people may write, as long as it may be."""
    found = many(services, troubled_days)
    ids = tuple(line.id for line in found.lines)
    written = []
    for number in range(incidents):
        said = dict.fromkeys(("it", "en"), (text * LONGEST_TEXT)[:LONGEST_TEXT])
        title = dict.fromkeys(("it", "en"), (text * LONGEST_TITLE)[:LONGEST_TITLE])
        incident = opened(f"i{number}", title, said, Phase.INVESTIGATING, ids, "carla", NOW - timedelta(days=1))
        for more in range(1, entries):
            incident = told(incident, said, Phase.MONITORING, "carla", NOW - timedelta(minutes=entries - more), corrects=1)
        written.append(incident)
    reason = dict.fromkeys(("it", "en"), (text * 300)[:300])
    announced = [
        replace(a_window(f"w{number}", ids[0], NOW + timedelta(days=number), 2), services=ids, reason=reason)
        for number in range(windows)
    ]
    return replace(found, incidents=tuple(written), windows=tuple(announced))


@pytest.mark.parametrize("text", ["'&", "\U0001f600", "x\n"])
@pytest.mark.parametrize("size", [(25, 3, 40), (4, 100, 3), (200, 2, 300)], ids=str)
@pytest.mark.parametrize("services", [20, 100])
def test_it_is_smaller_than_fifty_kilobytes_whatever_people_write(text: str, size: tuple[int, int, int], services: int) -> None:
    standing = outspoken(text, *size, services=services)
    html = page(standing)
    assert len(html.encode()) < LARGEST
    shown = html.count('<article class="incident down">')
    assert shown >= (2 if services <= 20 else 1), "some are told, with a link to the whole"
    assert 'href="/api/status/page?incident=i0&amp;lang=it"' in html or size[1] == 1
    assert len(page(standing, service=standing.lines[0].id).encode()) < LARGEST


def test_the_newest_incidents_are_told_and_of_others_the_titles_and_how_many_there_are() -> None:
    html = page(outspoken("parola ", 40, 3, 0))
    told = html.count('<article class="incident down">')
    assert html.count('<li value="3">') >= 1 and html.count("Dettagli</a>") == told > 5
    assert f"altre voci, nei dati in JSON: {40 - told}" in html
    short = [replace(an_incident(), id=f"i{number}") for number in range(12)]
    html = page(a_standing(watched(UP, up_since(ID)), incidents=short))
    assert html.count('<li value="1">') == 12 and "altre voci" not in html


@pytest.mark.parametrize("text", ["&", "\U0001f600", "x"])
def test_a_long_incident_has_pages_of_its_own_with_every_entry_once(text: str) -> None:
    standing = outspoken(text, 1, 100, 0)
    numbers: list[int] = []
    number = last = 1
    while number <= last:
        html = status_page(standing, "Interzen", "it", Asked(incident="i0", page=number)) or ""
        assert len(html.encode()) < LARGEST
        numbers += map(int, re.findall(r'<li value="(\d+)">', html))
        last = max(map(int, re.findall(r'<a href="\?incident=i0&amp;page=(\d+)&amp;lang=it"', html)), default=1)
        number += 1
    assert numbers == list(range(100, 0, -1)) and last > 3
    beyond = status_page(standing, "Interzen", "it", Asked(incident="i0", page=last + 50)) or ""
    assert '<li value="1">' in beyond, "there is nothing after the last"


def test_a_window_that_holds_is_told_before_those_that_were_cancelled_and_the_calendar_has_the_rest() -> None:
    cancelled = [a_window(f"c{n}", ID, NOW + timedelta(hours=n), 1, cancelled_at=NOW) for n in range(1, 31)]
    valid = [a_window(f"v{n}", ID, NOW + timedelta(days=n), 1) for n in (20, 9)]
    standing = a_standing(watched(UP, up_since(ID), [*cancelled, *valid]))
    html = page(standing)
    ahead = re.findall(r"<h3>(<s>)?dal? ([^<]*)", html.partition('id="ahead"')[2])
    assert [bool(struck) for struck, _ in ahead].count(False) == 2 and 3 < len(ahead) <= 20
    assert not ahead[-1][0] and not ahead[-2][0] and len({when for _, when in ahead}) == len(ahead), "in order of beginning"
    assert f"altre finestre, nel calendario: {32 - len(ahead)}" in html and 'href="/api/status/maintenance.ics?lang=it"' in html


def test_more_services_than_a_table_holds_are_on_further_pages_the_troubled_ones_first() -> None:
    standing = many(320, 0)
    first, last = (status_page(standing, "I", "it", Asked(page=number)) or "" for number in (1, 4))
    assert (first.count('<th scope="row">'), last.count('<th scope="row">')) == (100, 20)
    assert 'href="?page=4&amp;lang=it"' in first and 'aria-current="page"' in first


def test_told_together_days_add_up_and_shapes_stay_exact() -> None:
    standing = many(20, 45)
    words = words_in("it", "Europe/Rome")
    found = bars.rows([line.bars for line in standing.lines], words, 150)
    for line, row in zip(standing.lines, found, strict=True):
        assert sum(each.days for each in bars.rows([line.bars], words, 150)[0].segments) == 90
        drawn = {kind: sum(int(days) for days in re.findall(r"h(\d+)v", shape)) for kind, shape in row.shapes.items()}
        assert drawn == {
            k: sum(b.kind is k for b in line.bars) for k in (Now.DOWN, Now.UNKNOWN) if any(b.kind is k for b in line.bars)
        }


def test_details_are_given_up_one_after_the_other() -> None:
    assert [most.bars for most in DETAIL] == [260, 420, 260, 150, 0, -1, -1, -1]
    assert all(less.text <= more.text and less.spells <= more.spells for more, less in pairwise(DETAIL))


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize(
    "name", ["asked", "asked_wrong", "too_many", "confirm", "confirmed", "link_over", "unsubscribe", "unsubscribed"]
)
def test_every_answer_about_a_subscription_is_a_page(name: str, language: str) -> None:
    html = message_page(name, language, action="/api/x" if name == "confirm" else "", fields={"token": HOSTILE})
    assert "<h1>" in html and "<script" not in html and ('method="post"' in html) == (name == "confirm")


@pytest.mark.parametrize(("target", "said"), [("0.9995", "99.95"), ("0.9999995", "99.99995"), ("1", "100"), ("0.999", "99.9")])
def test_a_target_is_shown_in_full(target: str, said: str) -> None:
    assert words_in("en", "Europe/Rome").target(Fraction(target)) == said
    assert words_in("it", "Europe/Rome").target(Fraction(target)) == said.replace(".", ",")
