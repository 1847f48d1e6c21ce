"""Who of the customer's people wrote: the contact who asked is taken for granted, anybody else is kept beside the text."""

import json

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.actions.reopening import reopen
from shared.actions.sweep import sweep
from shared.domain.notice import NoticeKind
from shared.domain.people import Principal
from shared.domain.ticket import DisputeAbout, State
from tests.support.desks import ADA, ANNA, Clock, a_desk, staff, taken_in


@pytest.fixture
def desk() -> Desk:
    desk = a_desk(Clock())
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    return desk


def authors(desk: Desk) -> list[dict[str, str]]:
    """Who is kept beside the texts, as the events commit to them."""
    ticket = cases.load(desk, "ACME-1").ticket
    named = {event.data["author"] for event in cases.events_of(desk, ticket) if "author" in event.data}
    return [json.loads(text.text) for text in cases.contents_of(desk, ticket) if text.commitment in named]


@pytest.mark.parametrize(
    ("writer", "kept"), [(ANNA, []), (ADA, [{"by": "author", "name": "Ada Neri", "email": "ada@acme.example"}])]
)
def test_only_somebody_else_than_the_contact_is_kept(desk: Desk, writer: Principal, kept: list[dict[str, str]]) -> None:
    staff(desk, "ACME-1", writer).message("Ci sono novità?")
    assert authors(desk) == kept
    ticket = cases.load(desk, "ACME-1").ticket
    [notice] = [n for n in cases.notices_of(desk, ticket) if n.kind is NoticeKind.MESSAGE]
    assert notice.facts["author"] == writer.name


def test_answers_disputes_and_reopenings_say_who_too(desk: Desk) -> None:
    staff(desk, "ACME-1").hold("Quale versione?")
    deliver(desk, desk.clock())
    staff(desk, "ACME-1", ADA).message("La 7.")
    staff(desk, "ACME-1").classify("bug")
    staff(desk, "ACME-1", ADA).dispute(DisputeAbout.CLASSIFICATION, "vulnerability", "È grave.")
    staff(desk, "ACME-1").resolve(None)
    staff(desk, "ACME-1", ADA).reopen("Non va.")
    assert [each["name"] for each in authors(desk)] == ["Ada Neri"] * 3


def test_the_letter_that_brings_an_answer_shows_the_clocks_running_again(desk: Desk) -> None:
    staff(desk, "ACME-1").hold("Quale versione?")
    deliver(desk, desk.clock())
    ticket = staff(desk, "ACME-1", ANNA).message("La 7.")
    [notice] = [n for n in cases.notices_of(desk, ticket) if n.kind is NoticeKind.MESSAGE]
    deadlines = notice.facts["deadlines"]
    assert isinstance(deadlines, list)
    assert (ticket.state, [each["due_at"] is not None for each in deadlines]) == (State.IN_CHARGE, [True])


def test_an_administrator_who_goes_on_with_a_closed_request_is_kept_beside_the_new_one(desk: Desk) -> None:
    assert isinstance(desk.clock, Clock)
    staff(desk, "ACME-1").resolve(None)
    desk.clock.forward(days=30)
    sweep(desk, desk.clock())
    new = reopen(staff(desk, "ACME-1", ADA), "È successo di nuovo.")
    [received] = cases.events_of(desk, new)
    [_, author] = cases.contents_of(desk, new)
    assert (author.commitment, json.loads(author.text)["name"]) == (received.data["author"], "Ada Neri")
