"""Reports of mail that belongs to no ticket: told, and an address of the status page that takes no mail is forgotten."""

from datetime import timedelta

import pytest

from shared.actions.desk import Desk
from shared.actions.ports import Blobs, Rows, Table
from shared.actions.post import mailed
from shared.actions.post.bounces import Collected, collect
from shared.actions.post.deliver import deliver
from shared.actions.running import failures
from shared.actions.status import letters, named, subscribed, subscribers
from shared.adapters.memory import MemoryMailer, MemoryTelemetry
from shared.domain.custody.access import contact_token
from shared.domain.identity import operation_id
from shared.domain.people import Correspondent
from shared.domain.status.letter import Letter, LetterKind, News
from shared.domain.status.subscriber import QUIET, VALID, confirmation_words, token_words
from tests.support.desks import CARLA, Clock, a_desk, rome
from tests.support.reports import queue, text

ANNA = "anna@acme.example"


@pytest.fixture
def desk(empty_store: tuple[Rows, Blobs]) -> Desk:
    return a_desk(Clock(rome("2026-03-10 20:00")), rows=empty_store[0], blobs=empty_store[1])


def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


def subscribe(desk: Desk) -> None:
    """Anna asks for news, and confirms."""
    subscribers.ask(desk, ANNA, "it", desk.clock())
    deliver(desk, desk.clock())
    token, until = desk.seal(token_words(ANNA)), desk.clock() + VALID
    subscribers.confirm(desk, token, until, desk.seal(confirmation_words(token, until)), desk.clock())


def news_leaves(desk: Desk) -> str:
    """A letter of news to Anna, and the operation that it left under."""
    letters.tell(desk, News(key="n1", kind=LetterKind.OUTAGE_BEGAN, at=desk.clock(), facts={}), desk.clock())
    deliver(desk, clock(desk).forward(minutes=1))
    assert isinstance(desk.mailer, MemoryMailer)
    return operation_id(desk.mailer.sent[-1].key)


@pytest.mark.parametrize("status", ["Bounced", "Suppressed"])
def test_an_address_that_takes_no_mail_is_written_to_no_more(desk: Desk, status: str) -> None:
    subscribe(desk)
    queue(desk).put(text(news_leaves(desk), status, desk.clock()))
    assert collect(desk, desk.clock()) == Collected(due=1, done=1)
    assert not subscribed.is_confirmed(desk, ANNA)
    assert isinstance(desk.telemetry, MemoryTelemetry)
    [told] = [fields for name, fields in desk.telemetry.told if name == "mail.reported"]
    assert (told["ticket"], told["status"]) == ("letter", status) and "@" not in str(told)


@pytest.mark.parametrize("status", ["Delivered", "Failed", "FilteredSpam", "Quarantined"])
def test_an_address_that_may_take_the_next_mail_is_kept(desk: Desk, status: str) -> None:
    subscribe(desk)
    queue(desk).put(text(news_leaves(desk), status, desk.clock()))
    assert collect(desk, desk.clock()).done == 1
    assert subscribed.is_confirmed(desk, ANNA)


def test_whoever_has_asked_anew_since_then_is_kept_however_often_the_old_bounce_is_reported(desk: Desk) -> None:
    subscribe(desk)
    report = text(news_leaves(desk), "Bounced", desk.clock())
    queue(desk).put(report)
    collect(desk, desk.clock())
    clock(desk).forward(seconds=QUIET.total_seconds() + 60)
    subscribe(desk)
    queue(desk).put(report)
    assert collect(desk, desk.clock()).done == 1
    assert subscribed.is_confirmed(desk, ANNA)


def test_a_letter_to_somebody_named_costs_no_subscription(desk: Desk) -> None:
    subscribe(desk)
    letter = Letter(key="alarm:1", kind=LetterKind.ALARM_RAISED, to=ANNA, language="it", at=desk.clock())
    letters.owe(desk, [letter], desk.clock())
    deliver(desk, clock(desk).forward(minutes=1))
    queue(desk).put(text(operation_id("alarm:1"), "Bounced", desk.clock()))
    assert collect(desk, desk.clock()).done == 1
    assert subscribed.is_confirmed(desk, ANNA)


def test_what_is_kept_of_a_letter_that_left_names_nobody(desk: Desk) -> None:
    subscribe(desk)
    news_leaves(desk)
    rows = desk.rows.scan(Table.SYSTEM, mailed.PARTITION)
    assert len(rows) == 2 and "anna" not in str(rows).lower()
    assert mailed.forget_old(desk, desk.clock() + mailed.KEPT + timedelta(minutes=2)) == 2


def shown(desk: Desk) -> list[tuple[object, object]]:
    """Kind and error of what /api/failures has."""
    return [(each["kind"], each["error"]) for each in failures.given_up_notices(desk) if isinstance(each, dict)]


def test_a_bounced_letter_to_an_address_that_a_customer_named_is_shown_for_a_day(desk: Desk) -> None:
    ada = Correspondent(name="Ada", email="gone@acme.example", language="it")
    named.add(desk, "ACME", ada, CARLA, desk.clock())
    letter = Letter(key="o:1", kind=LetterKind.OUTAGE_BEGAN, to=ada.email, language="it", at=desk.clock(), named_by="ACME")
    letters.owe(desk, [letter], desk.clock())
    deliver(desk, clock(desk).forward(minutes=1))
    for _ in range(2):  # the report comes twice
        queue(desk).put(text(operation_id("o:1"), "Bounced", desk.clock()))
        assert collect(desk, desk.clock()).done == 1
    assert shown(desk) == [("outage_began", f"Bounced (ACME/{contact_token('ACME', ada.email)})")]
    deliver(desk, clock(desk).forward(days=1, minutes=1))
    assert shown(desk) == []


def test_a_confirmation_to_an_address_that_is_none_is_told_as_one_and_shown_to_nobody(desk: Desk) -> None:
    subscribers.ask(desk, ANNA, "it", desk.clock())
    deliver(desk, desk.clock())
    assert isinstance(desk.mailer, MemoryMailer) and isinstance(desk.telemetry, MemoryTelemetry)
    queue(desk).put(text(operation_id(desk.mailer.sent[-1].key), "Bounced", desk.clock()))
    assert collect(desk, desk.clock()).done == 1
    [told] = [fields for name, fields in desk.telemetry.told if name == "mail.reported"]
    assert told["kind"] == "confirm" and shown(desk) == []
