"""What each step of an estimate, a package and its work costs in storage requests: three at the most."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.quotes import estimates, packages
from shared.domain.quotes.card import CardKind
from tests.support import cards
from tests.support.desks import ANNA, Clock, a_desk, staff
from tests.support.faults import Crash, Fuse, FusedRows

TICKET = "ACME-1"
KINDS = (CardKind.INTERVENTION, CardKind.PACKAGE)

type Step = Callable[[Desk], object]


def to_be_quoted(desk: Desk) -> object:
    return cards.to_be_quoted(desk)


def draft(desk: Desk) -> object:
    return cards.drafted(desk, TICKET)


def redraft(desk: Desk) -> object:
    return cards.drafted(desk, TICKET, replace(cards.ESTIMATE, conditions="Altre."))


def send(desk: Desk) -> object:
    return estimates.send(staff(desk, TICKET), CardKind.INTERVENTION)


def accept(desk: Desk) -> object:
    return estimates.decide(staff(desk, TICKET, ANNA), CardKind.INTERVENTION, 1, cards.YES)


def offer(desk: Desk) -> object:
    return cards.drafted(desk, TICKET, cards.OFFER, CardKind.PACKAGE)


def send_offer(desk: Desk) -> object:
    return estimates.send(staff(desk, TICKET), CardKind.PACKAGE)


def accept_offer(desk: Desk) -> object:
    return estimates.decide(staff(desk, TICKET, ANNA), CardKind.PACKAGE, 1, cards.YES)


def assign(desk: Desk) -> object:
    return staff(desk, TICKET).assign("omar")


def open_task(desk: Desk) -> object:
    return packages.open_task(staff(desk, TICKET))


def log_work(desk: Desk) -> object:
    return cards.logged(desk, TICKET, "2.5")


STEPS: tuple[Step, ...] = (to_be_quoted, draft, send, accept, offer, send_offer, accept_offer, assign, open_task, log_work)


def requests_of(desk: Desk, step: Step) -> int:
    fuse = Fuse(at=-1, after_effect=False, failure=Crash)
    step(replace(desk, rows=FusedRows(desk.rows, fuse)))
    return fuse.calls


@pytest.mark.parametrize("step", STEPS[1:], ids=lambda step: step.__name__)
def test_no_step_takes_more_than_three_storage_requests(step: Step) -> None:
    desk = a_desk(Clock())
    desk.directory(desk.clock())
    for before in STEPS[: STEPS.index(step)]:
        before(desk)
    assert requests_of(desk, step) <= 3


def test_revising_what_is_with_the_customer_takes_three() -> None:
    desk = a_desk(Clock())
    desk.directory(desk.clock())
    for before in (to_be_quoted, draft, send):
        before(desk)
    assert requests_of(desk, redraft) <= 3


@pytest.mark.parametrize("kind", KINDS)
def test_deciding_by_link_takes_three(kind: CardKind) -> None:
    desk = a_desk(Clock())
    desk.directory(desk.clock())
    for before in (to_be_quoted, draft, send) if kind is CardKind.INTERVENTION else (to_be_quoted, offer, send_offer):
        before(desk)
    link = cards.link_to(desk, cases.load(desk, TICKET).ticket, kind)
    from shared.actions.quotes import card_links

    assert requests_of(desk, lambda fused: card_links.decide(fused, link, cards.YES, fused.clock())) <= 3
