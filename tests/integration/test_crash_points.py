"""Every workflow, cut off at every call it makes to a service, before and after the call took effect.

Afterwards the caller tries again as callers do, time goes on, the timers run; then everything must be as if nothing had happened.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from shared.actions import agenda, cases, customers, entering, linking, reopening
from shared.actions.custody import granting
from shared.actions.desk import Desk
from shared.actions.hooks import subscriptions
from shared.actions.hooks.publish import publish
from shared.actions.once import once
from shared.actions.post.bounces import collect
from shared.actions.post.deliver import deliver
from shared.actions.quotes import estimates, packages
from shared.actions.sweep import sweep
from shared.actions.tickets import Change
from shared.adapters.memory import MemoryMailer, MemoryPublisher
from shared.domain import evidence
from shared.domain.errors import NotAllowedNow, StorageUnavailable
from shared.domain.notice import LEFT, NoticeKind, NoticeState
from shared.domain.people import Principal
from shared.domain.quotes import package as ledger
from shared.domain.quotes.card import CardKind
from shared.domain.ticket import DisputeAbout, State, Ticket
from shared.domain.tier import Channel
from tests.support import cards
from tests.support.board import as_they_are, on_the_board
from tests.support.desks import ANNA, CARLA, OMAR, Clock, a_desk, a_request, staff, taken_in
from tests.support.faults import Crash, Fuse, fused, unavailable
from tests.support.reports import queue, report

TICKET = "ACME-1"

type Step = Callable[[Desk], object]


@dataclass(frozen=True)
class Workflow:
    """What has happened before, and the step that is cut off."""

    before: tuple[Step, ...]
    step: Step


def intake(desk: Desk) -> object:
    return taken_in(desk, source="w1")


def acknowledge(desk: Desk) -> object:
    return staff(desk, TICKET).acknowledge()


def assign(desk: Desk) -> object:
    return staff(desk, TICKET).assign("omar")


def prioritise(desk: Desk) -> object:
    return staff(desk, TICKET).prioritise(3)


def hold(desk: Desk) -> object:
    return staff(desk, TICKET).hold("Quale versione?")


def resume(desk: Desk) -> object:
    return staff(desk, TICKET).resume(None, "La 7.")


def resolve(desk: Desk) -> object:
    return staff(desk, TICKET).resolve("Corretto.")


def reopen(desk: Desk) -> object:
    return staff(desk, TICKET).reopen("Non va ancora.")


def quote(desk: Desk) -> object:
    return staff(desk, TICKET).classify("evolution")


def draft_estimate(desk: Desk) -> object:
    return cards.drafted(desk, TICKET)


def send_estimate(desk: Desk) -> object:
    return estimates.send(staff(desk, TICKET), CardKind.INTERVENTION)


def accept_by_link(desk: Desk) -> object:
    return cards.accepted(desk, cases.load(desk, TICKET).ticket)


def draft_offer(desk: Desk) -> object:
    return cards.drafted(desk, TICKET, cards.OFFER, CardKind.PACKAGE)


def send_offer(desk: Desk) -> object:
    return estimates.send(staff(desk, TICKET), CardKind.PACKAGE)


def accept_offer(desk: Desk) -> object:
    return cards.accepted(desk, cases.load(desk, TICKET).ticket, CardKind.PACKAGE)


def open_task(desk: Desk) -> object:
    return packages.open_task(staff(desk, TICKET))


def log_work(desk: Desk) -> object:
    return cards.logged(desk, TICKET, "2.5", once=once(OMAR, "POST work", "k1", b"2.5"))


def classify(classification: str) -> Step:
    return lambda desk: staff(desk, TICKET).classify(classification)


def keyed(desk: Desk, actor: Principal, what: str) -> Change:
    """A change under a key, as a careful caller makes it: the same again is the same."""
    return Change(desk, desk.clock(), actor=actor, ticket=TICKET, once=once(actor, what, "k1", what.encode()))


def reply(desk: Desk) -> object:
    return keyed(desk, CARLA, "reply").reply("Ci stiamo lavorando.")


def message(desk: Desk) -> object:
    return keyed(desk, ANNA, "message").message("La 7.")


def dispute(desk: Desk) -> object:
    return keyed(desk, ANNA, "dispute").dispute(DisputeAbout.CLASSIFICATION, "bug", "Funzionava.")


def verdict(desk: Desk) -> object:
    return keyed(desk, CARLA, "verdict").answer_dispute(1, True, "Ha ragione.")


def treat(desk: Desk) -> object:
    return keyed(desk, OMAR, "treat").treat("Corretta.")


def close(desk: Desk) -> object:
    return keyed(desk, CARLA, "close").close("Riguarda altro.", "not-competent")


def close_vulnerability(desk: Desk) -> object:
    return keyed(desk, CARLA, "close").close(None)


def grant(desk: Desk) -> object:
    return granting.grant(keyed(desk, CARLA, "grant"), "olga", "Conosce il caso.", None)


def intake_of_a_duplicate(desk: Desk) -> object:
    return taken_in(desk, source="w2", subject="Ancora il protocollo")


def merge(desk: Desk) -> object:
    return linking.merge(Change(desk, desk.clock(), actor=CARLA, ticket="ACME-2", once=once(CARLA, "merge", "k1", b"x")), TICKET)


def relate(desk: Desk) -> object:
    return linking.relate(keyed(desk, CARLA, "relate"), "ACME-2")


def follow_up(desk: Desk) -> object:
    return reopening.reopen(keyed(desk, ANNA, "reopen"), "È successo di nuovo.")


def enter(desk: Desk) -> object:
    request = a_request(actor=OMAR, channel=Channel.PHONE)
    return entering.enter(desk, desk.clock(), request, once=once(OMAR, "POST tickets", "k1", b"x"))


def swept(desk: Desk) -> object:
    return sweep(desk, desk.clock())


def delivered(desk: Desk) -> object:
    return deliver(desk, desk.clock())


def subscribed(desk: Desk) -> object:
    """Another system is told of everything, from a moment on that every instance knows of it."""
    subscriptions.register(desk, subscriptions.Wanted(url="https://crm.example/events"), CARLA, desk.clock())
    return later(minutes=2)(desk)


def published(desk: Desk) -> object:
    return publish(desk, desk.clock())


def bounced(kind: NoticeKind) -> Step:
    """Event Grid has put into the queue that nobody received the latest message of that kind."""
    return lambda desk: report(desk, kind, "Bounced")


def collected(desk: Desk) -> object:
    return collect(desk, desk.clock())


def later(**by: float) -> Step:
    def wait(desk: Desk) -> object:
        assert isinstance(desk.clock, Clock)
        return desk.clock.forward(**by)

    return wait


IN_CHARGE = (intake, delivered, later(minutes=10), acknowledge)
ON_HOLD = (*IN_CHARGE, hold, delivered, later(hours=3))
QUOTED = (*IN_CHARGE, quote, draft_estimate, send_estimate, delivered)
AGREED = (*QUOTED, accept_by_link, delivered)
OFFERED = (*AGREED, draft_offer, send_offer, delivered)
AT_WORK = (*OFFERED, accept_offer, assign, delivered)
VULNERABLE = (*IN_CHARGE, classify("vulnerability"), assign, delivered)
RESOLVED = (*IN_CHARGE, later(minutes=5), resolve, delivered)

WORKFLOWS = {
    "intake": Workflow((), intake),
    "acknowledge": Workflow((intake,), acknowledge),
    "prioritise": Workflow(IN_CHARGE, prioritise),
    "assign": Workflow(IN_CHARGE, assign),
    "hold": Workflow(IN_CHARGE, hold),
    "resume": Workflow(ON_HOLD, resume),
    "resolve": Workflow(IN_CHARGE, resolve),
    "resolve while on hold": Workflow(ON_HOLD, resolve),
    "reopen": Workflow(RESOLVED, reopen),
    "reply under a key": Workflow(IN_CHARGE, reply),
    "the customer's message answers": Workflow(ON_HOLD, message),
    "dispute": Workflow((*IN_CHARGE, quote), dispute),
    "verdict on a dispute": Workflow((*IN_CHARGE, quote, dispute, delivered), verdict),
    "treat a vulnerability": Workflow(VULNERABLE, treat),
    "close a vulnerability": Workflow((*VULNERABLE, treat, delivered), close_vulnerability),
    "close what is not within competence": Workflow((intake, delivered), close),
    "close while on hold": Workflow(ON_HOLD, close),
    "grant": Workflow(IN_CHARGE, grant),
    "merge a duplicate": Workflow((intake, intake_of_a_duplicate, delivered), merge),
    "relate two tickets": Workflow((intake, intake_of_a_duplicate, delivered), relate),
    "go on after the window": Workflow((*RESOLVED, later(days=30), swept), follow_up),
    "enter a call": Workflow((), enter),
    "draft estimate": Workflow((*IN_CHARGE, quote), draft_estimate),
    "send estimate": Workflow((*IN_CHARGE, quote, draft_estimate), send_estimate),
    "accept estimate by link": Workflow(QUOTED, accept_by_link),
    "draft offer form": Workflow(AGREED, draft_offer),
    "accept offer form: the package": Workflow(OFFERED, accept_offer),
    "open task": Workflow(AT_WORK, open_task),
    "log work": Workflow((*AT_WORK, open_task), log_work),
    "sweep: a reminder of an estimate": Workflow((*QUOTED, later(days=16)), swept),
    "sweep: an estimate lapses": Workflow((*QUOTED, later(days=31)), swept),
    "sweep: a warning": Workflow((intake, delivered, later(minutes=31)), swept),
    "sweep: warnings, breach and escalations at once": Workflow((intake, delivered, later(days=3)), swept),
    "sweep: the end of the reopening window": Workflow((*RESOLVED, later(days=30)), swept),
    "deliver: receipt": Workflow((intake,), delivered),
    "deliver: the question that pauses the clocks": Workflow((*IN_CHARGE, hold), delivered),
    "intake, with a subscriber": Workflow((subscribed,), intake),
    "publish: an event": Workflow((subscribed, intake, delivered), published),
    "publish: two events at once": Workflow((subscribed, intake, delivered, acknowledge), published),
    "collect: a question that bounced": Workflow((*IN_CHARGE, hold, delivered, bounced(NoticeKind.QUESTION)), collected),
    "collect: a bounce that finds a breach": Workflow(
        (*IN_CHARGE, hold, delivered, bounced(NoticeKind.QUESTION), later(days=3)), collected
    ),
    "collect: a question that was answered": Workflow((*ON_HOLD, message, bounced(NoticeKind.QUESTION)), collected),
    "collect: two messages that bounced": Workflow(
        (intake, delivered, bounced(NoticeKind.RECEIPT), bounced(NoticeKind.ARRIVED)), collected
    ),
    "deliver: a breach": Workflow((intake, delivered, later(days=3), swept), delivered),
}


@dataclass(frozen=True)
class Outcome:
    """What must not depend on crashes: what happened to each ticket, in order, how it stands, and which mails left.

    `bounced`: the messages that nobody received, and whether people are shown each. `webhooks`: ids and bodies, each once; a
    subscriber may receive the same again, and knows it by its id.
    """

    tickets: tuple[tuple[tuple[str, ...], State, tuple[tuple[str, bool, bool], ...]], ...]
    mails: tuple[tuple[str, str], ...]
    webhooks: tuple[tuple[str, bytes], ...]
    bounced: tuple[tuple[str, bool], ...]
    packages: tuple[tuple[int, Decimal, int], ...]


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("failure", [Crash, unavailable], ids=["crash", "fault"])
@pytest.mark.parametrize("name", WORKFLOWS)
def test_nothing_is_lost_or_doubled_wherever_it_is_cut_off(
    name: str, failure: Callable[[], BaseException], after_effect: bool
) -> None:
    expected = _outcome(_played(WORKFLOWS[name], None))
    for at in range(200):
        fuse = Fuse(at=at, after_effect=after_effect, failure=failure)
        desk = _played(WORKFLOWS[name], fuse)
        if not fuse.has_blown:
            assert at > 0, "the workflow made no call at all"
            return
        assert _outcome(desk) == expected, f"cut off at call {at}"
        _check(desk)
    pytest.fail("more than 200 calls: the workflow does not end")


def _played(workflow: Workflow, fuse: Fuse | None) -> Desk:
    desk = a_desk(Clock())
    desk.directory(desk.clock())
    for step in workflow.before:
        step(desk)
    if fuse is not None:
        with suppress(Crash, StorageUnavailable):
            workflow.step(fused(desk, fuse))
    with suppress(NotAllowedNow):
        workflow.step(desk)
    _time_goes_on(desk)
    return desk


def _time_goes_on(desk: Desk) -> None:
    """The timers run for a quarter of an hour: beyond leases, backoff and the grace period, short of any further deadline."""
    assert isinstance(desk.clock, Clock)
    for minutes in (0, 1, 2, 2, 7):
        now = desk.clock.forward(minutes=minutes)
        sweep(desk, now)
        deliver(desk, now)
        publish(desk, now)
        queue(desk).forward(timedelta(minutes=minutes))
        collect(desk, now)


def _outcome(desk: Desk) -> Outcome:
    assert isinstance(desk.mailer, MemoryMailer) and isinstance(desk.publisher, MemoryPublisher)
    return Outcome(
        tickets=tuple(
            (
                tuple(event.kind for event in cases.events_of(desk, ticket)),
                ticket.state,
                tuple((clock.name, clock.due_at is None, clock.done_at is None) for clock in ticket.clocks),
            )
            for ticket in _tickets(desk)
        ),
        mails=tuple(sorted((mail.to, mail.subject) for mail in desk.mailer.sent)),
        bounced=tuple(_bounced(desk)),
        webhooks=tuple(sorted({(post.id, post.body) for post in desk.publisher.received})),
        packages=tuple((held.number, held.remaining, held.entries) for held in packages.every(desk, "ACME")),
    )


def _bounced(desk: Desk) -> Iterator[tuple[str, bool]]:
    shown = {str(row.values["notice"]) for _, row in agenda.every(desk, "b")}
    for ticket in _tickets(desk):
        for notice in cases.notices_of(desk, ticket):
            if notice.state is NoticeState.BOUNCED:
                yield notice.key, notice.key in shown


def _tickets(desk: Desk) -> list[Ticket]:
    """Every ticket of the customer, in the order of their numbers."""
    return [cases.ticket_in(row) for row in cases.under(desk, "ACME", "ticket:")]


def _check(desk: Desk) -> None:
    """The invariants that hold whenever the dust has settled."""
    now = desk.clock()
    tickets = _tickets(desk)
    for ticket in tickets:
        _check_history(desk, ticket)
    _check_agenda(desk, tickets)
    assert not list(cases.under(desk, "ACME", "owed:")), "a notice is still owed"
    for held in packages.every(desk, "ACME"):
        assert ledger.is_sound(*packages.statement(desk, "ACME", held.number, CARLA, now))
    offers = {e.data["package"] for t in tickets for e in cases.events_of(desk, t) if e.kind == "offer_drafted"}
    customer, _ = customers.find(desk, "ACME")
    assert customer.next_package == 1 + len(offers)
    assert customer.next_number == 1 + len(tickets), "a request became two tickets, or a number was skipped"
    assert all(row.values["at"] > now for _, row in agenda.every(desk, "s")), "leftovers outlive the grace period"  # type: ignore[operator]


def _check_history(desk: Desk, ticket: Ticket) -> None:
    events = cases.events_of(desk, ticket)
    assert evidence.first_broken(events) is None
    assert (len(events), events[-1].hash) == (ticket.events, ticket.chain_tip)
    stages = Counter((e.data.get("deadline"), e.data["stage"]) for e in events if "stage" in e.data)
    assert all(times == 1 for times in stages.values()), stages


def _check_agenda(desk: Desk, tickets: list[Ticket]) -> None:
    wakes = [row.key.split("|")[1] for _, row in agenda.every(desk, "s")]
    for ticket in tickets:
        if ticket.wake_at is not None:
            assert evidence.stamp(ticket.wake_at) in wakes, "an open ticket without its agenda row"
        assert {notice.state for notice in cases.notices_of(desk, ticket)} <= LEFT
        assert ticket.board or ticket.state is State.CLOSED
    assert queue(desk).waiting == 0, "a report is left over"
    assert not list(agenda.every(desk, "d")), "a delivery is left over"
    assert not list(agenda.every(desk, "w")), "a webhook is left over"
    assert on_the_board(desk) == as_they_are(desk, tickets), "missing from the board, twice on it, or not as it is"
