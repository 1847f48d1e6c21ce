"""A demo service is taken down and up with the clock running: all that tells of it tells the same story, to the microsecond.

The page, its JSON, the feed, the desk's ticket, the mails in both languages, the error budget, the calculator over the export,
and the month as it is frozen.
"""

import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from shared.domain.evidence import stamp
from shared.domain.guarantees.budget import minutes, raised_minutes
from shared.proof import calculate
from shared.web.status.words import words_in
from tests.support.over_http import ROME, Desk, request, to
from tests.support.sportello import Sportello

SERVICE = "zenshare-cloud"
OWN = "INTERZEN-1"
EDGES = ("last_good", "first_bad", "last_bad", "first_good")
REPORTERS = {"it": ("Anna Bianchi", "anna.bianchi@acme.example"), "en": ("John Reed", "john.reed@acme.example")}
NAMED = {"it": "ada.neri@acme.example", "en": "john.reed@acme.example"}
SUBSCRIBERS = {"it": "lettore@example.it", "en": "reader@example.com"}


@dataclass
class Story:
    """What has happened, as /api/status tells it. `month`: the one that it happened in."""

    desk: Desk
    month: str
    edges: dict[str, datetime]
    spell: dict[str, Any]
    tickets: dict[str, str]

    @property
    def host(self) -> Sportello:
        return self.desk.sportello

    @property
    def down(self) -> timedelta:
        return self.edges["last_bad"] - self.edges["first_bad"]

    def get(self, path: str, staff: str | None = None) -> requests.Response:
        answer = self.host.call("GET", path, staff=staff)
        assert answer.status_code == 200, answer.text
        return answer

    def mails(self, address: str, *words: str) -> list[str]:
        """What an address was sent that has all of these words in its subject, oldest first."""
        sent = (mail for mail in reversed(self.host.outbox()) if to(mail) == address)
        return [" ".join(mail["text"].split()) for mail in sent if all(word in mail["subject"] for word in words)]

    def report(self) -> dict[str, Any]:
        [report] = self.get(f"/api/availability?period={self.month}&service={SERVICE}", staff="carla").json()["services"]
        found: dict[str, Any] = report
        return found


def a_morning(now: datetime) -> datetime:
    """Ten o'clock on a Tuesday of the next month, in Rome: ahead of the machine's clock, for a monitor's clock cannot go back."""
    first = (now.astimezone(ROME).replace(day=1) + timedelta(days=32)).replace(day=8)
    tuesday = first + timedelta(days=(1 - first.weekday()) % 7)
    return tuesday.replace(hour=10, minute=0, second=0, microsecond=0)


def walk(host: Sportello, step: str) -> None:
    answer = requests.post(f"{host.url}/dev/clock/walk", data=step, timeout=300)
    assert answer.status_code == 200, answer.text


def put(host: Sportello, state: str) -> None:
    answer = host.call("PUT", f"/dev/services/{SERVICE}", json={"state": state})
    assert answer.json() == {"name": SERVICE, "state": state}


def subscribe(host: Sportello, language: str, address: str) -> None:
    """By the page's form, and the link that comes by mail."""
    asked = requests.post(f"{host.url}/api/status/subscribers", data={"email": address, "lang": language}, timeout=60)
    assert asked.status_code == 200, asked.text
    host.fire("sweep")
    [mail] = [mail for mail in host.outbox() if to(mail) == address]
    [link] = set(re.findall(r"https?://\S+/confirmation\?\S+", mail["text"]))
    page = requests.get(link, timeout=60)
    fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page.text)}
    action = urlsplit(html.unescape(re.findall(r'action="([^"]+)"', page.text)[0])).path
    assert requests.post(f"{host.url}{action}", data=fields, timeout=60).status_code == 200


@pytest.fixture(scope="module")
def story(sportello: Sportello) -> Iterator[Story]:
    desk = Desk(sportello)
    morning = a_morning(sportello.now())
    sportello.set_clock(morning)
    for language, address in SUBSCRIBERS.items():
        subscribe(sportello, language, address)
    walk(sportello, "+3m")
    put(sportello, "down")
    walk(sportello, "+2m")
    tickets = {}
    for language, (name, address) in REPORTERS.items():
        body = request(contact={"name": name, "email": address}, language=language, occurred_at=sportello.now().isoformat())
        tickets[language] = desk.take_in(body)["ticket"]
    walk(sportello, "+2m")
    put(sportello, "up")
    walk(sportello, "+3m")
    sportello.fire("sweep")
    [spell] = sportello.call("GET", "/api/status").json()["interruptions"]
    yield Story(
        desk=desk,
        month=morning.strftime("%Y-%m"),
        edges={edge: datetime.fromisoformat(spell[edge]) for edge in EDGES},
        spell=spell,
        tickets=tickets,
    )


def said_in(text: str, language: str, edges: dict[str, datetime]) -> None:
    """The text has every edge, to the microsecond, in its language's way of writing, and in their order."""
    words = words_in(language, "Europe/Rome")
    flat = " ".join(html.unescape(text).split())
    for edge, at in edges.items():
        assert words.moment(at) in flat, f"{edge} {words.moment(at)!r} is not in:\n{flat}"


def test_the_outage_is_bracketed_and_its_parts_add_up(story: Story) -> None:
    edges = [story.edges[edge] for edge in EDGES]
    assert edges == sorted(edges) and len(set(edges)) == 4
    assert timedelta(minutes=2) < story.down < timedelta(minutes=5)
    assert story.spell["outage"] == f"{SERVICE}.1" and story.spell["service"] == SERVICE
    assert story.spell["down_s"] == story.down.total_seconds()
    assert story.spell["unknown_s"] == ((edges[1] - edges[0]) + (edges[3] - edges[2])).total_seconds()


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_page_and_the_feed_tell_it(story: Story, language: str) -> None:
    said_in(re.sub(r"<[^>]+>", " ", story.get(f"/api/status/page?service={SERVICE}&lang={language}").text), language, story.edges)
    feed = story.get(f"/api/status/feed?lang={language}").text
    [entry] = [each for each in re.findall(r"<entry>.*?</entry>", feed, re.S) if f"outage:{SERVICE}.1<" in each]
    said_in(entry, language, story.edges)
    assert f"<published>{story.spell['first_bad']}</published>" in entry
    assert f"<updated>{story.spell['first_good']}</updated>" in entry


def test_the_ticket_tells_it(story: Story) -> None:
    ticket = story.desk.ticket(OWN)
    assert (ticket["priority"], ticket["classification"], ticket["state"]) == (1, "bug", "new")
    assert ticket["outage"] == {
        "id": f"{SERVICE}.1",
        "service": SERVICE,
        "is_own": True,
        "last_good": story.spell["last_good"],
        "first_bad": story.spell["first_bad"],
        "affected": ["ACME", "ROSSI"],
        "affected_count": 2,
    }
    history = story.get(f"/api/tickets/{OWN}/events", staff="carla").json()
    received, *_, over = [event for event in history["events"] if event["kind"] in ("received", "outage_over")]
    began = {edge: story.spell[edge] for edge in EDGES[:2]}
    assert {edge: received["data"]["outage"][edge] for edge in began} == began
    assert {edge: over["data"][edge] for edge in EDGES} == {edge: story.spell[edge] for edge in EDGES}
    assert over["at"] == story.spell["first_good"]
    [text] = [each["text"] for each in history["texts"]]
    assert all(at in text for at in began.values())
    assert story.host.call("GET", "/api/tickets/INTERZEN-2", staff="carla").status_code == 404


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_mails_tell_it(story: Story, language: str) -> None:
    began, over = ("Interruzione", "Di nuovo disponibile") if language == "it" else ("Interruption", "Available again")
    start = {edge: story.edges[edge] for edge in EDGES[:2]}
    for address in (SUBSCRIBERS[language], NAMED[language]):
        [first] = story.mails(address, began)
        said_in(first, language, start)
        [last] = [mail for mail in story.mails(address, over) if story.tickets[language] not in mail]
        said_in(last, language, story.edges)
    ticket = story.tickets[language]
    [receipt, end] = story.mails(REPORTERS[language][1], f"[{ticket}]")
    said_in(receipt, language, start)
    said_in(end, language, story.edges)
    page = f"/api/status/page?service={SERVICE}&lang={language}"
    assert page in receipt and page in end


def test_the_customer_care_manager_is_told_of_both_ends(story: Story) -> None:
    [opened, *_, over] = [mail for mail in story.mails("carla@desk.example", f"[{OWN}]") if SERVICE in mail]
    said_in(opened, "it", {edge: story.edges[edge] for edge in EDGES[:2]})
    said_in(over, "it", story.edges)


def test_the_budget_tells_it_and_the_calculator_finds_the_same(story: Story) -> None:
    report = story.report()
    assert report["raw"]["down_s"] == report["contractual"]["down_s"] == story.down.total_seconds()
    assert report["budget"]["used"] == raised_minutes(minutes(story.down))
    _check_by_calculator(story, report)


def _check_by_calculator(story: Story, report: dict[str, Any]) -> None:
    questions = story.get(report["states_at"], staff="carla").content
    answers = io.BytesIO()
    assert calculate.run(questions.splitlines(keepends=True), answers) == 0
    raw, contractual = map(json.loads, answers.getvalue().splitlines())
    for answer, shown in ((raw, report["raw"]), (contractual, report["contractual"])):
        assert answer["down_s"] == story.down.total_seconds()
        if report["now"] is None:
            assert {name: answer[name] for name in ("up_s", "down_s", "unknown_s", "min", "max", "verdict")} == {
                name: shown[name] for name in ("up_s", "down_s", "unknown_s", "min", "max", "verdict")
            }


def test_the_month_is_frozen_with_it(story: Story) -> None:
    """The last test: the clock goes on to the month's end."""
    first = datetime.fromisoformat(f"{story.month}-01").replace(tzinfo=ROME)
    after = (first + timedelta(days=32)).replace(day=1, minute=1)
    story.host.set_clock(after)
    walk(story.host, "+6m")
    months = story.get(f"/api/frozen/data-centre/{SERVICE}", staff="carla").json()
    assert months["first_broken"] is None
    [frozen] = [each for each in months["months"] if each["month"] == story.month]
    down_us = story.down // timedelta(microseconds=1)
    assert frozen["raw"]["down_us"] == frozen["contractual"]["down_us"] == down_us
    report = story.report()
    assert report["now"] is None
    for name in ("up", "down", "unknown", "excluded"):
        assert frozen["contractual"][f"{name}_us"] == round(report["contractual"][f"{name}_s"] * 1_000_000)
    assert (frozen["contractual"]["min"], frozen["contractual"]["verdict"]) == (
        report["contractual"]["min_exact"],
        report["contractual"]["verdict"],
    )
    assert report["budget"]["used"] == raised_minutes(minutes(story.down))
    assert sum(frozen["raw"][f"{name}_us"] for name in ("up", "down", "unknown", "excluded")) == (
        (after.replace(minute=0) - first) // timedelta(microseconds=1)
    )
    assert [stamp(at) for at in story.edges.values()] == [story.spell[edge] for edge in EDGES]
    _check_by_calculator(story, report)
    _check_on_the_page(story, frozen, report["budget"])


def _check_on_the_page(story: Story, frozen: dict[str, Any], budget: dict[str, Any]) -> None:
    """What anybody is told of the frozen month, in both languages and in JSON; its export gives the figures again."""
    [chain] = story.get(f"/api/status/frozen/{SERVICE}").json()["guarantees"]
    record = next(month["record"] for month in chain["months"] if month["month"] == story.month)
    assert record["hash"] == frozen["hash"] and record["down_us"] == frozen["contractual"]["down_us"]
    assert record["budget"] == {name: value for name, value in budget.items() if name != "gap_alarm"}
    for language in ("it", "en"):
        html = story.get(f"/api/status/page?service={SERVICE}&lang={language}").text.replace("&amp;", "&")
        used = record["budget"]["used"].rstrip("0").rstrip(".")
        shown = [used, record["max"]]
        assert all((text.replace(".", ",") if language == "it" else text) in html for text in shown)
        assert f'href="{record["states_at"]}"' in html
    answers = io.BytesIO()
    assert calculate.run(story.get(record["states_at"]).content.splitlines(keepends=True), answers) == 0
    contractual = json.loads(answers.getvalue().splitlines()[-1])
    assert (contractual["min"], contractual["max"], contractual["verdict"]) == (record["min"], record["max"], record["verdict"])
