"""What the desk does about an outage: one ticket with its evidence, letters, and a word to whoever has reported it."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import pytest

from dev.bench.counting import CountingRows
from shared.actions import agenda, cases, customers, intake
from shared.actions.desk import Desk
from shared.actions.ports import Replace, Rows, Table
from shared.actions.post.deliver import deliver
from shared.actions.reconcile import reconcile
from shared.actions.status import letters
from shared.actions.sweep import sweep
from shared.actions.watch import outages, reading, reporting
from shared.actions.watch.minute import run
from shared.adapters.memory import MemoryMailer, MemoryProber
from shared.domain import evidence
from shared.domain.errors import NotAllowedNow, NotPermitted, StorageUnavailable
from shared.domain.evidence import Event, stamp
from shared.domain.people import Contact, Correspondent
from shared.domain.ticket import State, Ticket
from shared.domain.watch.service import Services
from shared.proof.verification.checks import outcomes
from tests.support.desks import OMAR, Clock, a_desk, a_request, rome, staff, taken_in
from tests.support.dossiers import evidence_of
from tests.support.faults import Crash, Fuse, fused, unavailable
from tests.support.watching import SERVICE

SERVICES = Services(contract="zenshare-support", desk="ACME", services={"archive": replace(SERVICE, products=("zenshare-up",))})
OWN = "ACME-1"
NOTIFIED = Correspondent(name="Berta Sala", email="berta@beta.example", language="it")


class Watching:
    """A desk that watches one service, which ACME, the vendor here, and BETA use; BETA has named an address."""

    def __init__(self, start: str = "2026-03-10 10:01", rows: Rows | None = None, services: Services = SERVICES) -> None:
        self.prober, self.mailer = MemoryProber(), MemoryMailer()
        self.clock = Clock(rome(start))
        self.desk = a_desk(self.clock, rows=rows, prober=self.prober, mailer=self.mailer, services=services)
        beta, etag = customers.find(self.desk, "BETA")
        self.desk.rows.commit(Table.DESK, "BETA", [Replace(customers.customer_row(replace(beta, notify=(NOTIFIED,)), etag))])

    def down(self, since: str, until: str) -> None:
        self.prober.down("archive", rome(f"2026-03-10 {since}"), rome(f"2026-03-10 {until}"), detail="answered 503")

    def minute(self, desk: Desk | None = None) -> None:
        run(desk or self.desk, self.clock(), outages.act)
        for timer in (sweep, deliver, letters.work):
            timer(self.desk, self.clock())
        self.clock.forward(minutes=1)

    def until(self, text: str) -> None:
        while self.clock() < rome(f"2026-03-10 {text}"):
            self.minute()

    def ticket(self, id: str = OWN) -> Ticket:
        return cases.load(self.desk, id).ticket

    def events(self, id: str = OWN) -> list[Event]:
        return cases.events_of(self.desk, self.ticket(id))

    def kinds(self, id: str = OWN) -> list[str]:
        return [event.kind for event in self.events(id) if event.kind not in ("warned", "breached", "escalated")]

    def mails(self, to: str) -> list[str]:
        """The subjects of what was sent to an address."""
        return [mail.subject for mail in self.mailer.sent if mail.to == to]


@pytest.fixture
def watching() -> Watching:
    return Watching()


def test_a_confirmed_outage_is_one_ticket_of_priority_one_with_its_clocks_running(watching: Watching) -> None:
    watching.down("10:03", "10:20")
    watching.until("10:08")
    ticket = watching.ticket()
    assert (ticket.state, ticket.classification, ticket.priority) == (State.NEW, "bug", 1)
    assert ticket.received_at == rome("2026-03-10 10:03")
    assert all(clock.is_open for clock in ticket.clocks) and len(ticket.clocks) == 2
    assert ticket.outage is not None and (ticket.outage.is_own, ticket.outage.affected) == (True, ("BETA",))
    with pytest.raises(Exception, match="no ticket ACME-2"):
        watching.ticket("ACME-2")
    staff(watching.desk, OWN).acknowledge()
    assert watching.ticket().state is State.IN_CHARGE


def test_it_carries_the_bracket_and_what_was_seen(watching: Watching) -> None:
    watching.down("10:03", "10:20")
    watching.until("10:05")
    [text] = [content.text for content in cases.contents_of(watching.desk, watching.ticket())]
    edges = stamp(rome("2026-03-10 10:02")), stamp(rome("2026-03-10 10:03"))
    assert f"Ultima risposta regolare: {edges[0]}\nPrima verifica fallita: {edges[1]}" in text
    assert "Verifica 1: HTTP https://archive.example/health" in text
    assert text.count("fallita, answered 503") == 3 and text.count("ripetuta subito") == 2
    assert "probes/2026-03-10.jsonl" in text and watching.desk.blobs.get("probes/2026-03-10.jsonl")
    assert "https://desk.example/api/availability/archive/states?from=2026-03-10T08:52:00.000000Z" in text
    assert "BETA" in text
    event = watching.events()[0]
    assert event.data["outage"] == {
        "outage": "archive.1",
        "last_good": edges[0],
        "first_bad": edges[1],
        "affected": ["BETA"],
        "affected_count": 1,
    }


def test_nobody_is_sent_a_receipt_the_manager_is_told_and_so_are_those_whom_it_affects(watching: Watching) -> None:
    watching.down("10:03", "10:20")
    watching.until("10:05")
    assert watching.mails("carla@desk.example") == [f"[{OWN}] outage"]
    assert watching.mails("berta@beta.example") == ["outage_began it"]
    assert "" not in {mail.to for mail in watching.mailer.sent}
    watching.until("10:25")
    assert [s for s in watching.mails("carla@desk.example") if "outage" in s] == [f"[{OWN}] outage", f"[{OWN}] outage_over"]
    assert watching.mails("berta@beta.example") == ["outage_began it", "outage_ended it"]


def test_its_recovery_is_noted_with_the_end_of_the_bracket(watching: Watching) -> None:
    watching.down("10:03", "10:06")
    watching.until("10:10")
    assert watching.kinds() == ["received", "outage_over"]
    over = watching.events()[-1]
    assert over.at == rome("2026-03-10 10:06")
    assert {name: over.data[name] for name in ("outage", "again", "last_bad", "first_good")} == {
        "outage": "archive.1",
        "again": 0,
        "last_bad": stamp(rome("2026-03-10 10:05:04")),
        "first_good": stamp(rome("2026-03-10 10:06")),
    }
    assert watching.ticket().state is State.NEW, "only people close it"


def test_the_customer_care_manager_closes_it_and_nobody_else(watching: Watching) -> None:
    watching.down("10:03", "10:06")
    watching.until("10:10")
    staff(watching.desk, OWN).acknowledge()
    staff(watching.desk, OWN).assign("omar")
    with pytest.raises(NotAllowedNow, match="Customer Care Manager"):
        staff(watching.desk, OWN, OMAR).resolve("Fatto.")
    with pytest.raises(NotPermitted):
        staff(watching.desk, OWN, OMAR).close("Fatto.")
    with pytest.raises(NotAllowedNow, match="nobody would read"):
        staff(watching.desk, OWN, OMAR).reply("Fatto.")
    ticket = staff(watching.desk, OWN).close("Disco sostituito.")
    assert (ticket.state, ticket.classification) == (State.RESOLVED, "bug")
    watching.until("10:12")
    assert "" not in {mail.to for mail in watching.mailer.sent}


@pytest.mark.parametrize("is_closed", [False, True])
def test_flapping_notes_the_same_ticket_and_opens_it_again_when_it_was_closed(watching: Watching, is_closed: bool) -> None:
    watching.down("10:03", "10:06")
    watching.down("10:15", "10:18")
    watching.until("10:10")
    if is_closed:
        staff(watching.desk, OWN).close(None)
    watching.until("10:17")
    back = watching.events()[-1]
    assert (back.kind, back.data["first_bad"], back.data["again"]) == ("outage_back", stamp(rome("2026-03-10 10:15")), 1)
    ticket = watching.ticket()
    assert ticket.state is (State.IN_CHARGE if is_closed else State.NEW)
    assert sum(clock.is_open for clock in ticket.clocks if clock.promise == "resolution") == 1
    watching.until("10:22")
    settled = ["settled"] if is_closed else []
    assert watching.kinds() == ["received", "outage_over", *settled, "outage_back", "outage_over"]
    told = [s for s in watching.mails("carla@desk.example") if "outage" in s]
    assert told == [f"[{OWN}] {kind}" for kind in ("outage", "outage_over", "outage_back", "outage_over")]


def test_after_the_damping_time_it_is_another_outage_with_a_ticket_of_its_own(watching: Watching) -> None:
    watching.down("10:03", "10:06")
    watching.down("10:50", "10:53")
    watching.until("11:00")
    first, second = watching.ticket().outage, watching.ticket("ACME-2").outage
    assert first and second and (first.outage, second.outage) == ("archive.1", "archive.2")


def test_a_request_that_comes_in_meanwhile_is_told_of_it_and_of_its_end_once(watching: Watching) -> None:
    watching.down("10:03", "10:08")
    watching.until("10:05")
    bruno = Contact(name="Bruno Galli", email="bruno@beta.example")
    taken = taken_in(watching.desk, customer="BETA", contact=bruno, language="en")
    assert taken.outage is not None and (taken.outage.outage, taken.outage.is_own) == ("archive.1", False)
    [receipt] = [n for n in cases.notices_of(watching.desk, taken) if n.kind == "receipt"]
    said = receipt.facts["outage"]
    assert isinstance(said, dict) and said["first_bad"] == stamp(rome("2026-03-10 10:03"))
    watching.down("10:20", "10:22")
    watching.until("10:30")
    assert watching.kinds("BETA-1") == ["received", "outage_over"]
    assert watching.mails("bruno@beta.example") == ["[BETA-1] receipt", "[BETA-1] outage_over"]
    assert watching.ticket("BETA-1").state is State.NEW, "it goes its own way"


def two_services(first: tuple[str, str], second: tuple[str, str]) -> Watching:
    """BETA's product runs on both, in the networks of two owners; a third one's stays up."""
    shown = SERVICES.services["archive"]
    both = [shown, replace(shown, id="portal", owner="Another"), replace(shown, id="third", owner="Third", products=())]
    watching = Watching(services=replace(SERVICES, services={each.id: each for each in both}))
    for service, (since, until) in (("archive", first), ("portal", second)):
        watching.prober.down(service, rome(f"2026-03-10 {since}"), rome(f"2026-03-10 {until}"))
    return watching


@pytest.mark.parametrize(
    "portal", [("10:03", "10:40"), ("10:07", "10:40"), ("10:03", "10:09")], ids=["same", "later", "together"]
)
def test_a_customer_is_told_that_it_is_over_when_all_that_the_product_runs_on_is_back(portal: tuple[str, str]) -> None:
    watching = two_services(("10:03", "10:09"), portal)
    watching.until("10:06")
    taken_in(watching.desk, customer="BETA", contact=Contact(name="Bruno", email="bruno@beta.example"))
    watching.until(portal[1])
    assert watching.mails("bruno@beta.example") == ["[BETA-1] receipt"], "half of it is still down"
    watching.until("11:00")
    assert watching.mails("bruno@beta.example") == ["[BETA-1] receipt", "[BETA-1] outage_over"]
    [over] = [event.data for event in watching.events("BETA-1") if event.kind == "outage_over"]
    assert (over["outage"], over["first_good"]) == ("archive.1", stamp(rome("2026-03-10 10:09"))), "the one it is tied to"


def test_whoever_waits_for_another_service_is_told_once_however_often_the_first_comes_back() -> None:
    watching = two_services(("10:03", "10:08"), ("10:03", "10:20"))
    watching.down("10:15", "10:30")
    watching.until("10:06")
    taken_in(watching.desk, customer="BETA", contact=Contact(name="Bruno", email="bruno@beta.example"))
    watching.until("10:30")
    assert watching.mails("bruno@beta.example") == ["[BETA-1] receipt"]
    watching.until("11:00")
    assert watching.mails("bruno@beta.example") == ["[BETA-1] receipt", "[BETA-1] outage_over"]
    [over] = [event.data for event in watching.events("BETA-1") if event.kind == "outage_over"]
    assert (over["again"], over["first_good"]) == (1, stamp(rome("2026-03-10 10:30")))


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("moment", ["10:06", "10:08"], ids=["the first ends", "the last ends"])
def test_whoever_waits_is_told_once_wherever_it_is_cut_off(moment: str, after_effect: bool) -> None:
    for at in range(150):
        watching = two_services(("10:03", "10:06"), ("10:03", "10:08"))
        watching.until("10:05")
        taken_in(watching.desk, customer="BETA", contact=Contact(name="Bruno", email="bruno@beta.example"))
        watching.until(moment)
        fuse = Fuse(at=at, after_effect=after_effect, failure=Crash)
        with suppress(Crash):
            run(fused(watching.desk, fuse), watching.clock(), outages.act)
        watching.until("10:08")
        assert watching.mails("bruno@beta.example") == ["[BETA-1] receipt"], f"cut off at call {at}"
        watching.until("10:10")
        assert watching.mails("bruno@beta.example") == ["[BETA-1] receipt", "[BETA-1] outage_over"], f"cut off at call {at}"
        if not fuse.has_blown:
            assert at > 10
            return
    pytest.fail("it does not end")


def test_other_products_and_times_are_told_nothing(watching: Watching) -> None:
    watching.down("10:03", "10:08")
    watching.until("10:05")
    other = taken_in(watching.desk, source="w1", customer="BETA", product="zen-e-invoice")
    watching.until("10:20")
    later = taken_in(watching.desk, source="w2", customer="BETA")
    assert (other.outage, later.outage) == (None, None)


def test_of_a_service_that_is_not_public_customers_are_told_nothing() -> None:
    shown = SERVICES.services["archive"]
    both = {"archive": replace(shown, is_public=False), "portal": replace(shown, id="portal")}
    watching = Watching(services=replace(SERVICES, services=both))
    watching.down("10:03", "10:08")
    watching.until("10:05")
    assert taken_in(watching.desk, customer="BETA").outage is None
    assert watching.mails("berta@beta.example") == []
    assert watching.mails("carla@desk.example")[0] == f"[{OWN}] outage"


def test_a_request_that_was_there_before_is_tied_when_it_is_classified(watching: Watching) -> None:
    taken_in(watching.desk, customer="BETA", contact=Contact(name="Bruno", email="bruno@beta.example"))
    watching.down("10:03", "10:12")
    watching.until("10:06")
    staff(watching.desk, "BETA-1").acknowledge()
    staff(watching.desk, "BETA-1").classify("help-desk")
    assert watching.ticket("BETA-1").outage is None, "a question is no report"
    staff(watching.desk, "BETA-1").classify("bug")
    assert watching.ticket("BETA-1").outage is not None
    staff(watching.desk, "BETA-1").prioritise(2)
    watching.until("10:20")
    assert watching.kinds("BETA-1")[-1] == "outage_over"
    told = [s for s in watching.mails("bruno@beta.example") if "outage" in s]
    assert told == ["[BETA-1] outage_known", "[BETA-1] outage_over"]


def test_a_request_from_before_it_was_confirmed_is_tied_when_it_is_classified_after_the_end(watching: Watching) -> None:
    """Whoever reports first is ahead of our own look. They are told that it is over, once; of its beginning no more."""
    watching.down("10:03", "10:06")
    watching.until("10:03")
    taken_in(watching.desk, customer="BETA", contact=Contact(name="Bruno", email="bruno@beta.example"))
    assert watching.ticket("BETA-1").received_at == rome("2026-03-10 10:03") and watching.ticket("BETA-1").outage is None
    watching.until("10:15")
    assert watching.mails("bruno@beta.example") == ["[BETA-1] receipt"]
    staff(watching.desk, "BETA-1").acknowledge()
    staff(watching.desk, "BETA-1").classify("bug")
    tie = watching.ticket("BETA-1").outage
    assert tie is not None and (tie.outage, tie.is_own) == ("archive.1", False)
    staff(watching.desk, "BETA-1").prioritise(2)
    watching.until("10:30")
    assert watching.kinds("BETA-1")[-1] == "outage_over"
    assert [s for s in watching.mails("bruno@beta.example") if "outage" in s] == ["[BETA-1] outage_over"]
    assert not list(agenda.every(watching.desk, "p"))


def test_a_request_of_another_time_is_not_tied_to_an_outage_that_is_over(watching: Watching) -> None:
    watching.until("10:01")
    taken_in(watching.desk, source="w1", customer="BETA")
    watching.down("10:03", "10:06")
    watching.until("10:08")
    taken_in(watching.desk, source="w2", customer="BETA")
    taken_in(watching.desk, source="w3", customer="BETA", product="zen-e-invoice")
    for ticket in ("BETA-1", "BETA-2", "BETA-3"):
        staff(watching.desk, ticket).acknowledge()
        staff(watching.desk, ticket).classify("bug")
        assert watching.ticket(ticket).outage is None


def test_a_request_tied_by_an_instance_that_did_not_know_of_the_end_is_told_all_the_same(watching: Watching) -> None:
    watching.down("10:03", "10:08")
    watching.until("10:08")
    elsewhere = replace(watching.desk, outages=type(watching.desk.outages)())
    assert elsewhere.outages.open(watching.clock(), lambda: reporting._open(watching.desk))
    watching.minute()
    elsewhere.outages._read = (watching.clock(), elsewhere.outages._read[1])  # type: ignore[index]
    assert taken_in(elsewhere, customer="BETA").outage is not None
    watching.until("10:15")
    assert watching.kinds("BETA-1") == ["received", "outage_over"]


def test_the_chain_of_such_a_ticket_holds_and_nothing_is_left_in_the_agenda(watching: Watching) -> None:
    watching.down("10:03", "10:06")
    watching.down("10:15", "10:18")
    watching.until("10:30")
    assert evidence.first_broken(watching.events()) is None
    assert not list(agenda.every(watching.desk, "p")) and not list(agenda.every(watching.desk, "x"))
    assert reconcile(watching.desk, watching.clock()).is_clean


def test_its_evidence_is_verified_offline_after_a_relapse(watching: Watching) -> None:
    watching.down("10:03", "10:06")
    watching.down("10:15", "10:18")
    watching.until("10:10")
    staff(watching.desk, OWN).acknowledge()
    staff(watching.desk, OWN).close(None)
    watching.until("10:30")
    assert "outage_back" in watching.kinds()
    raw = evidence_of(watching.desk, OWN)
    assert [outcome.broken.where for outcome in outcomes(json.loads(raw), raw) if outcome.broken] == []


def test_where_the_vendor_is_not_enrolled_it_is_shown_as_failing() -> None:
    watching = Watching(services=replace(SERVICES, desk="NOBODY"))
    watching.down("10:03", "10:20")
    watching.until("10:06")
    [(_, shown)] = list(agenda.every(watching.desk, "x"))
    assert "NOBODY" in str(shown.values["error"])


MOMENTS = {
    "it begins": "10:03",
    "it ends": "10:06",
    "it comes back": "10:15",
    "it ends again": "10:18",
    "asked once more": "10:08",
}


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("failure", [Crash, unavailable], ids=["crash", "fault"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_cut_off_anywhere_there_is_one_ticket_and_each_note_once(
    moment: str, failure: Callable[[], BaseException], after_effect: bool
) -> None:
    for at in range(120):
        fuse = Fuse(at=at, after_effect=after_effect, failure=failure)
        watching = _cut(rome(f"2026-03-10 {MOMENTS[moment]}"), fuse)
        where = f"cut off at call {at}"
        tied = watching.ticket("BETA-1").outage is not None
        kinds, spells = watching.kinds(), _spells(watching)
        assert kinds == ["received", "outage_over", "outage_back", "outage_over"][: 2 * len(spells)], where
        with pytest.raises(Exception, match="no ticket ACME-2"):
            watching.ticket("ACME-2")
        assert watching.kinds("BETA-1") == ["received", *(["outage_over"] if tied else [])], where
        keys = [mail.key for mail in watching.mailer.sent]
        assert len(keys) == len(set(keys)), where
        carla = [s for s in watching.mails("carla@desk.example") if "outage" in s]
        assert [s.split()[1] for s in carla] == ["outage" if k == "received" else k for k in kinds], where
        assert watching.mails("bruno@beta.example").count("[BETA-1] outage_over") == tied, where
        assert evidence.first_broken(watching.events()) is None
        assert not list(agenda.every(watching.desk, "p")) and not list(agenda.every(watching.desk, "x")), where
        if not fuse.has_blown:
            assert at > 3 or moment == "asked once more"
            return
    pytest.fail("it does not end")


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["received", "classified"])
def test_a_request_that_is_cut_off_while_it_is_tied_is_told_of_the_end_once(step: str, after_effect: bool) -> None:
    for at in range(60):
        watching = Watching()
        watching.down("10:03", "10:06")

        def tie(desk: Desk, step: str = step) -> object:
            if step == "received":
                return taken_in(desk, customer="BETA", contact=Contact(name="Bruno", email="bruno@beta.example"))
            return staff(desk, "BETA-1").classify("bug")

        if step == "classified":
            taken_in(watching.desk, customer="BETA", contact=Contact(name="Bruno", email="bruno@beta.example"))
        watching.until("10:05")
        fuse = Fuse(at=at, after_effect=after_effect, failure=Crash)
        with suppress(Crash):
            tie(fused(watching.desk, fuse))
        tie(watching.desk)
        watching.until("10:12")
        told = watching.ticket("BETA-1").outage
        assert told is not None and told.noted == (1,), f"cut off at call {at}"
        assert watching.kinds("BETA-1").count("outage_over") == 1
        if not fuse.has_blown:
            assert at > 3
            return
    pytest.fail("it does not end")


def _cut(at: datetime, fuse: Fuse) -> Watching:
    watching = Watching()
    watching.down("10:03", "10:06")
    watching.down("10:15", "10:18")
    cut = fused(watching.desk, fuse)
    while watching.clock() < rome("2026-03-10 10:25"):
        if watching.clock() == rome("2026-03-10 10:04"):
            taken_in(watching.desk, customer="BETA", contact=Contact(name="Bruno", email="bruno@beta.example"))
        if watching.clock() == at:
            with suppress(Crash, StorageUnavailable):
                run(cut, watching.clock(), outages.act)
            watching.clock.forward(seconds=1)
            run(watching.desk, watching.clock(), lambda desk, happened, now: outages.act(desk, happened, now))
            watching.clock.forward(seconds=-1)
        watching.minute()
    return watching


def _spells(watching: Watching) -> list[str]:
    found, _ = reading.outages(watching.desk, 10)
    return [each.id for each in found]


def test_an_ordinary_request_costs_no_look_for_outages_within_twenty_seconds(watching: Watching) -> None:
    rows = CountingRows(watching.desk.rows)
    desk = replace(watching.desk, rows=rows)
    costs = []
    for number in range(3):
        before = rows.requests
        now = desk.clock()
        intake.accept(desk, a_request(), source=f"s{number}", raw="raw", seen_at=now, now=now, may_be_known=False)
        costs.append(rows.requests - before)
    assert costs[0] - 1 == costs[1] == costs[2]
