"""Evidence with a question that bounced: whoever makes its pause longer, or the bounce unsaid, is found under new hashes too."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.actions.post.bounces import collect
from shared.actions.post.deliver import deliver, retry
from shared.domain import dossier
from shared.domain.notice import NoticeKind
from shared.proof.verification.checks import outcomes
from tests.support.desks import CARLA, Clock, a_desk, rome, staff, taken_in
from tests.support.dossiers import ID, evidence_of, rechain
from tests.support.reports import notice_of, report

type File = dict[str, Any]


@pytest.fixture
def file() -> File:
    """Asked in the evening, when no time counts; bounced an hour later. The receipt bounced too, and went again."""
    clock = Clock(rome("2026-03-02 17:00"))
    desk = a_desk(clock)
    taken_in(desk)
    staff(desk, ID).acknowledge()
    deliver(desk, clock())
    clock.set("2026-03-02 20:00")
    staff(desk, ID).hold("Quale versione?")
    deliver(desk, clock())
    clock.forward(hours=1)
    for kind in (NoticeKind.QUESTION, NoticeKind.RECEIPT):
        report(desk, kind, "Bounced")
    collect(desk, clock())
    retry(desk, ID, notice_of(desk, NoticeKind.RECEIPT).key, clock())
    deliver(desk, clock())
    report(desk, NoticeKind.RECEIPT, "Delivered")
    collect(desk, clock())
    found: File = json.loads(evidence_of(desk))
    return found


@pytest.fixture
def resumed() -> File:
    """Asked at 20:00; staff went on at 21:00 without an answer; the bounce was collected at 22:00."""
    clock = Clock(rome("2026-03-02 17:00"))
    desk = a_desk(clock)
    taken_in(desk)
    staff(desk, ID).acknowledge()
    deliver(desk, clock())
    clock.set("2026-03-02 20:00")
    staff(desk, ID).hold("Quale versione?")
    deliver(desk, clock())
    clock.forward(hours=1)
    staff(desk, ID).resume(None, None)
    clock.forward(hours=1)
    report(desk, NoticeKind.QUESTION, "Bounced")
    collect(desk, clock())
    found: File = json.loads(evidence_of(desk))
    return found


def first_that_fails(file: File) -> str:
    return next((each.name for each in outcomes(file, b"") if each.broken), "")


def part(file: File, section: str, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in file[section] if each["kind"] == kind)
    return found


def remade(file: File) -> File:
    rechain(file)
    file["seal"] = dossier.seal(file)
    return file


def test_an_untouched_file_holds_and_says_what_was_reported(file: File) -> None:
    assert first_that_fails(file) == "form", "no bytes were given, which is the last of all checks"
    question, receipt = (part(file, "notices", kind) for kind in ("question", "receipt"))
    assert (question["state"], question["reported"], "round" in question) == ("bounced", "Bounced", False)
    assert (receipt["state"], receipt["reported"], receipt["round"]) == ("sent", "Delivered", 2)
    [pause] = file["pauses"]
    assert pause["from"] == pause["to"] == part(file, "events", "bounced")["at"]
    assert CARLA.id in part(file, "events", "bounced")["data"]["told"][0]


FORGERIES: dict[str, tuple[str, Callable[[File], object]]] = {
    "the pause lasted an hour": ("deadlines", lambda f: part(f, "events", "bounced").update(at="2026-03-02T20:00:00.000000Z")),
    "the question was received": ("notices", lambda f: part(f, "notices", "question").update(state="sent")),
    "nothing was reported": ("notices", lambda f: part(f, "notices", "question").pop("reported")),
    "something else was reported": ("notices", lambda f: part(f, "notices", "question").update(reported="Failed")),
    "it was reported at another time": (
        "notices",
        lambda f: part(f, "notices", "question").update(reported_at="2026-03-02T19:59:00.000000Z"),
    ),
    "what arrived was reported as not": ("notices", lambda f: part(f, "notices", "receipt").update(reported="Bounced")),
    "the message that bounced is the one that arrived": ("notices", lambda f: part(f, "notices", "receipt").pop("round")),
    "another round": ("notices", lambda f: part(f, "notices", "receipt").update(round=3)),
    "a round that nobody writes down": ("notices", lambda f: part(f, "notices", "receipt").update(round=1)),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_whoever_changes_it_is_found(file: File, forgery: str) -> None:
    where, change = FORGERIES[forgery]
    change(file)
    assert first_that_fails(remade(file)) == where


VOIDED: dict[str, tuple[str, Callable[[File], object]]] = {
    "the pause stood": ("ticket", lambda f: part(f, "events", "bounced")["data"].pop("voids")),
    "another pause": ("notices", lambda f: part(f, "events", "bounced")["data"].update(voids="2026-03-02T19:30:00.000000Z")),
    "it was answered": (
        "notices",
        lambda f: part(f, "events", "resumed")["data"].update(answer=part(f, "events", "asked")["data"]["text"]),
    ),
    "the customer answered": ("notices", lambda f: part(f, "events", "resumed").update(actor="customer")),
    "it was another instant": ("deadlines", lambda f: part(f, "events", "bounced").update(at="2026-03-02T20:30:00.000000Z")),
}


@pytest.mark.parametrize("forgery", VOIDED)
def test_a_pause_that_was_over_is_void_and_whoever_changes_that_is_found(resumed: File, forgery: str) -> None:
    assert first_that_fails(resumed) == "form"
    [pause] = resumed["pauses"]
    assert pause["from"] == pause["to"] == part(resumed, "events", "bounced")["data"]["voids"]
    where, change = VOIDED[forgery]
    change(resumed)
    assert first_that_fails(remade(resumed)) == where
