"""The pages a customer reads without an account: a request, and what to say when a link does not open one.

Whole HTML pages, made on the server: no script, no image, nothing from elsewhere.
"""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from shared.domain.clock import ClockState
from shared.domain.ticket import State
from shared.web import cards, i18n
from shared.web import facts as read
from shared.web.facts import Deadline, Facts
from shared.web.reasons import why
from shared.web.rendering import TEMPLATES, engine
from shared.web.wording import Wording

OPEN = (State.NEW, State.IN_CHARGE, State.QUOTED, State.ON_HOLD)
STEPS = ("step_received", "step_in_charge", "step_closed")
REACHED: Mapping[str, int] = {State.NEW: 0, State.RESOLVED: 2, State.CLOSED: 2}
"""How many steps lie behind a request in each state, 1 where none is named; the next one is where it stands."""


def request_page(facts: Facts, language: str) -> str:
    """One request as its customer sees it: how it stands, until when, why then, and what happens next.

    `facts`: what `correspondence.about` and `correspondence.deadlines` give, and state, priority, clocks, reopen_until, url.
    """
    words = Wording(language=i18n.spoken(language), zone=ZoneInfo(read.line(facts, "zone") or "UTC"))
    state = read.line(facts, "state") or State.NEW.value
    page = words.phrases["page"]
    is_restricted = facts.get("is_restricted") is True  # whoever holds the link learns how it stands, and nothing of what it says
    clocks = [_shown(clock, words) for clock in read.clocks(facts) if clock.state != ClockState.WITHDRAWN]
    return rendered(
        "request.html",
        words.language,
        title=page["title"].format(ticket=read.line(facts, "ticket")),
        vendor=read.line(facts, "vendor"),
        other_language=in_other_language(facts, words.language),
        subject=page["restricted"] if is_restricted else read.subject(facts, words.phrases["label"]["erased"]),
        state=state,
        state_words=words.phrases["state"].get(state, state),
        steps=_steps(state, page),
        next=page["next_erased"] if read.is_erased(facts) else _next(facts, state, words),
        about=_about(facts, words),
        card=read.line(facts, "card_url"),
        card_name=cards.named(facts, words)["open"],
        clocks=clocks,
        provisional=page["provisional"] if clocks and read.number(facts, "priority") is None and state in OPEN else "",
        write=None if read.is_erased(facts) else address_of(facts),
    )


def error_page(title: str, sentence: str, language: str) -> str:
    """What went wrong, in a sentence."""
    return rendered("error.html", i18n.spoken(language), title=title, sentence=sentence, vendor="", other_language=None)


@cache
def headers(*, has_form: bool = False, sheet: str = "") -> Mapping[str, str]:
    """What the pages are sent with: no cache and no other site learns the key in the address, and nothing foreign can run.

    `has_form`: the page asks for something, and sends it back to the desk. `sheet`: the style sheet that it has besides.
    """
    action = "'self'" if has_form else "'none'"
    style = base64.b64encode(hashlib.sha256(_style(sheet).encode()).digest()).decode()
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; "
        f"form-action {action}; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }


@cache
def _style(sheet: str = "") -> str:
    return "".join((TEMPLATES / "page" / name).read_text(encoding="utf-8") for name in ("style.css", sheet) if name)


def rendered(template: str, language: str, *, sheet: str = "", **values: object) -> str:
    """A page in a language that the desk speaks. `sheet`: a style sheet of its own, besides the one of all pages."""
    phrases = i18n.phrases(language)
    shared = {"style": _style(sheet), "lang": language, "page": phrases["page"], "label": phrases["label"]}
    return engine().get_template(f"page/{template}").render({**shared, **values})


def _shown(clock: Deadline, words: Wording) -> dict[str, object]:
    """`mark`: how it stands, also without colour. A deadline missed and done since is told apart from one still missed."""
    page, label = words.phrases["page"], words.phrases["label"]
    state = "late" if clock.state == ClockState.BREACHED and not clock.is_open else clock.state
    return {
        "name": words.promise(clock),
        "state": state,
        "mark": words.phrases["clock"].get(state, ""),
        "due": words.moment(clock.due_at) if clock.due_at else label["suspended"],
        "due_at": clock.due_at.isoformat() if clock.due_at else "",
        "done": page["done_at"].format(at=words.moment(clock.done_at)) if clock.done_at else "",
        "note": page["late_open"] if state == ClockState.BREACHED else "",
        "target": words.target(clock.target),
        "why": why(clock, words) if clock.is_open else (),
    }


def _steps(state: str, page: Mapping[str, str]) -> list[dict[str, object]]:
    reached = REACHED.get(state, 1)
    marks = ("done", "now", "ahead")
    return [{"name": page[step], "mark": marks[(number >= reached) + (number > reached)]} for number, step in enumerate(STEPS)]


def _next(facts: Facts, state: str, words: Wording) -> str:
    page, reopen_until = words.phrases["page"], read.instant(facts, "reopen_until")
    if into := read.line(facts, "merged_into"):
        return page["next_merged"].format(ticket=into)
    if state == State.RESOLVED and reopen_until is not None:
        return page["next_resolved_until"].format(until=words.moment(reopen_until))
    return page.get(f"next_{state}", "")


def _about(facts: Facts, words: Wording) -> list[tuple[str, str]]:
    label, received = words.phrases["label"], read.instant(facts, "received_at")
    rows = [
        (label["product"], read.worded(facts, "product", words.language)),
        (label["received"], words.moment(received) if received else ""),
        (label["priority"], _priority(facts, words)),
    ]
    return [(name, value) for name, value in rows if value]


def _priority(facts: Facts, words: Wording) -> str:
    """2 (Alta); not yet assessed, as long as a request is open."""
    priority, severity = read.number(facts, "priority"), read.worded(facts, "severity", words.language)
    if priority is None:
        return words.phrases["label"]["untriaged"] if (read.line(facts, "state") or State.NEW) in OPEN else ""
    return f"{priority} ({severity})" if severity else f"{priority}"


def address_of(facts: Facts) -> dict[str, str] | None:
    """The address to write to, and a link that puts the ticket's number in the subject."""
    email, ticket = read.line(facts, "support_email"), f"[{read.line(facts, 'ticket')}]"
    if not email:
        return None
    return {"email": email, "ticket": ticket, "href": f"mailto:{quote(email, safe='@+')}?subject={quote(ticket, safe='')}"}


def in_other_language(facts: Facts, language: str) -> dict[str, str] | None:
    """The same page in the other language: the address's own query, so that its key goes along."""
    url = read.line(facts, "url")
    if not url:
        return None
    other = next(each for each in i18n.LANGUAGES if each != language)
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    name = i18n.phrases(language)["page"]["other_language"]
    return {"lang": other, "name": name, "href": f"?{urlencode({**query, 'lang': other})}"}
