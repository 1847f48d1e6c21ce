"""Erasure: nothing of the contact is left anywhere, the history still proves itself, and the desk goes on."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest

from shared.actions import agenda, cases
from shared.actions.custody.erasure import erase_contact
from shared.actions.desk import Desk
from shared.actions.ports import Replace, Table, Upsert
from shared.actions.post.deliver import deliver
from shared.actions.reconcile import reconcile
from shared.actions.sweep import sweep
from shared.domain import evidence
from shared.domain.custody.privacy import RequestedBy
from shared.domain.notice import NoticeState
from shared.proof import verify
from tests.support.desks import CARLA, Clock, a_desk, taken_in
from tests.support.doors import Answer, as_staff, ask, signed
from tests.support.faults import Crash, Fuse, fused
from tests.support.held import EMAIL, QUOTED, TRACES, ask_for_help, body, closed, everything, quoted, traces, worked_on

URL = "/api/customers/ACME/contacts/erasure"
REASON = "Richiesta ricevuta per lettera il 1 marzo."


@pytest.fixture
def memory() -> Desk:
    """On the memory store alone, whose every row and blob can be looked through."""
    return a_desk(Clock())


def erase(desk: Desk, who: str = "carla", text: str = REASON, **more: object) -> Answer:
    return as_staff(desk, who, "POST", URL, {"email": EMAIL, "text": text, **more})


def settle(desk: Desk) -> None:
    """The timers run for a quarter of an hour, and one night."""
    assert isinstance(desk.clock, Clock)
    for minutes in (0, 1, 2, 2, 12):
        now = desk.clock.forward(minutes=minutes)
        sweep(desk, now)
        deliver(desk, now)
    reconcile(desk, desk.clock())


def test_nothing_of_the_contact_is_left_in_any_row_or_blob(memory: Desk) -> None:
    ticket = ask_for_help(memory)
    worked_on(memory, ticket)
    assert signed(memory, body(product="none-of-ours"), id="msg_2").status == 422
    closed(memory)
    standing = traces(memory)
    assert {trace for trace in TRACES if any(repr(trace) in each for each in standing)} == set(TRACES)
    answer = erase(memory)
    assert answer.status == 200, answer.json
    assert [each["ticket"] for each in answer.json["tickets"]] == [ticket]
    assert len(answer.json["quarantined"]) == 1
    assert as_staff(memory, "carla", "GET", "/api/quarantine").json["quarantined"] == []
    assert traces(memory) == []
    settle(memory)
    assert traces(memory) == []


def test_nothing_is_left_of_what_was_quoted_and_disputed(memory: Desk) -> None:
    ticket = ask_for_help(memory)
    quoted(memory, ticket)
    standing = traces(memory, QUOTED)
    assert {trace for trace in QUOTED if any(repr(trace) in each for each in standing)} == set(QUOTED)
    assert erase(memory).status == 200
    assert traces(memory, (*TRACES, *QUOTED)) == []
    after = cases.load(memory, ticket).ticket
    assert after.estimate is not None and (after.estimate.gross, after.estimate.state) == (Decimal("878.40"), "declined")
    assert evidence.first_broken(cases.events_of(memory, after)) is None
    assert as_staff(memory, "carla", "GET", f"/api/tickets/{ticket}").status == 200


def test_nothing_is_left_of_one_whose_request_can_still_be_reopened(memory: Desk) -> None:
    """What was still to be sent to them is given up, and says why."""
    ticket = ask_for_help(memory)
    worked_on(memory, ticket)
    taken = ask_for_help(memory, "msg_2", subject="Altro di Bianchi")
    as_staff(memory, "carla", "POST", f"/api/tickets/{taken}/acknowledgement")
    as_staff(memory, "carla", "POST", f"/api/tickets/{taken}/resolution", {"text": "Fatto, Bianchi."})
    assert erase(memory).status == 200
    assert traces(memory, (*TRACES, "Altro di")) == []
    settle(memory)
    notices = cases.notices_of(memory, cases.load(memory, taken).ticket)
    given_up = [each for each in notices if each.state is NoticeState.FAILED]
    assert {(each.recipient.id, each.last_error) for each in given_up} >= {("customer", "erased")}
    assert not list(cases.under(memory, "ACME", "owed:"))
    assert not list(agenda.every(memory, "d"))
    assert all("anna" not in mail.to.casefold() for mail in memory.mailer.sent if "Altro" in mail.subject)  # type: ignore[attr-defined]


def test_what_the_history_proves_it_still_proves(desk: Desk) -> None:
    worked_on(desk, ask_for_help(desk))
    before = cases.load(desk, "ACME-1").ticket
    commitments = [text.commitment for text in cases.contents_of(desk, before)]
    events = cases.events_of(desk, before)
    assert erase(desk, requested_by="administrator").status == 200
    after = cases.load(desk, "ACME-1").ticket
    chain = cases.events_of(desk, after)
    assert evidence.first_broken(chain) is None
    assert (chain[: len(events)], chain[-1].hash, len(chain)) == (events, after.chain_tip, after.events)
    assert (chain[-1].kind, chain[-1].actor, chain[-1].data["requested_by"]) == ("erased", "carla", "administrator")
    *erased, reason = cases.contents_of(desk, after)
    assert [(text.text, text.salt, text.commitment) for text in erased] == [("", "", each) for each in commitments]
    assert (reason.text, reason.commitment) == (REASON, chain[-1].data["reason"])
    kept = ("state", "clocks", "pauses", "priority", "classification", "assignee", "received_at", "resolved_at")
    assert all(getattr(after, name) == getattr(before, name) for name in kept)
    sent = [(n.key, n.state, n.message_id, n.sent_at) for n in cases.notices_of(desk, before)]
    assert sent == [(n.key, n.state, n.message_id, n.sent_at) for n in cases.notices_of(desk, after)]


@pytest.mark.parametrize("history", [worked_on, quoted])
def test_the_evidence_of_an_erased_ticket_still_holds(memory: Desk, history: Callable[[Desk, str], None]) -> None:
    history(memory, ask_for_help(memory))
    erase(memory)
    file = as_staff(memory, "carla", "GET", "/api/tickets/ACME-1/evidence").body
    assert not [trace for trace in (*TRACES, *QUOTED) if trace.casefold() in file.decode().casefold()]
    assert verify.holds(json.loads(file), file)


def test_the_bytes_are_gone_and_the_same_webhook_makes_no_ticket_again(memory: Desk) -> None:
    ticket = ask_for_help(memory)
    worked_on(memory, ticket)
    erase(memory)
    assert ask_for_help(memory) == ticket
    settle(memory)
    assert traces(memory) == []


def test_bytes_that_somebody_else_needs_stay(desk: Desk) -> None:
    ask_for_help(desk)
    worked_on(desk, "ACME-1")
    [source] = list(cases.under(desk, "ACME", "source:"))
    raw = str(source.values["raw"])
    other = taken_in(desk, "w9", contact=replace(cases.load(desk, "ACME-1").ticket.contact, email="ugo@acme.example"))
    [theirs] = [row for row in cases.under(desk, "ACME", "source:") if row.values["ticket"] == other.id]
    desk.rows.commit(Table.DESK, "ACME", [Upsert(replace(theirs, values={**theirs.values, "raw": raw}))])
    assert erase(desk).json["tickets"][0]["files"] == 0
    assert desk.blobs.get(raw) == body()


def test_other_contacts_keep_everything(memory: Desk) -> None:
    ugo = {"name": "Ugo Verdi", "email": "ugo@acme.example"}
    other = ask_for_help(memory, "msg_2", contact=ugo, subject="Altro di Ugo", description="Il testo di Ugo.")
    mine = ask_for_help(memory)
    worked_on(memory, mine)
    rows = {place: text for place, text in everything(memory) if "ugo" in text.casefold()}
    erase(memory)
    assert {place: text for place, text in everything(memory) if "ugo" in text.casefold()} == rows
    assert as_staff(memory, "carla", "GET", f"/api/tickets/{other}").json["subject"] == "Altro di Ugo"


def test_an_open_request_stands_against_it_and_is_named(desk: Desk) -> None:
    ask_for_help(desk)
    worked_on(desk, "ACME-1")
    still_open = ask_for_help(desk, "msg_2")
    answer = erase(desk)
    assert (answer.status, answer.json["tickets"]) == (409, [still_open])
    assert cases.load(desk, "ACME-1").ticket.erased_at is None


@pytest.mark.parametrize(("who", "status"), [("omar", 403), ("sandro", 403), ("anna", 403), ("ada", 403), ("nobody", 401)])
def test_only_the_customer_care_manager_erases(desk: Desk, who: str, status: int) -> None:
    worked_on(desk, ask_for_help(desk))
    assert erase(desk, who).status == status
    assert cases.load(desk, "ACME-1").ticket.erased_at is None


@pytest.mark.parametrize("reason", ["Lo chiede Bianchi", "per ANNA@acme.example", "anna bianchi"])
def test_a_reason_that_names_them_is_refused_because_it_stays(desk: Desk, reason: str) -> None:
    worked_on(desk, ask_for_help(desk))
    assert erase(desk, text=reason).status == 422
    assert cases.load(desk, "ACME-1").ticket.erased_at is None


def test_asking_again_erases_nothing_and_harms_nothing(desk: Desk) -> None:
    worked_on(desk, ask_for_help(desk))
    assert erase(desk).json["tickets"] != []
    before = cases.load(desk, "ACME-1").ticket
    again = erase(desk)
    assert (again.status, again.json["tickets"], again.json["quarantined"]) == (200, [], [])
    assert cases.load(desk, "ACME-1").ticket == before
    held = as_staff(desk, "carla", "POST", "/api/customers/ACME/contacts/export?format=json", {"email": EMAIL})
    assert held.json["tickets"] == []


def test_who_erased_when_and_on_whose_request_is_on_record(desk: Desk) -> None:
    worked_on(desk, ask_for_help(desk))
    erase(desk)
    [entry] = list(cases.under(desk, "ACME", "erasure:"))
    assert {name: entry.values[name] for name in ("who", "requested_by", "reason", "what")} == {
        "who": "carla",
        "requested_by": "contact",
        "reason": REASON,
        "what": "ACME-1",
    }
    assert entry.values["at"] == evidence.stamp(desk.clock())


def test_an_erased_ticket_is_still_read_listed_and_shown_to_nobody_as_theirs(desk: Desk) -> None:
    worked_on(desk, ask_for_help(desk))
    erase(desk)
    shown = as_staff(desk, "carla", "GET", "/api/tickets/ACME-1").json
    assert (shown["subject"], shown["contact"]) == ("(erased)", {"name": "", "email": ""})
    assert shown["erased_at"] is not None
    history = as_staff(desk, "carla", "GET", "/api/tickets/ACME-1/events").json
    assert history["texts"][0]["text"] is None and history["texts"][-1]["text"] == REASON
    assert as_staff(desk, "carla", "GET", "/api/tickets/ACME-1/notices").status == 200
    assert as_staff(desk, "anna", "GET", "/api/tickets/ACME-1").status == 404
    page = ask(desk, "GET", "/api/requests/ACME-1?key=k&lang=it")
    assert page.status == 200 and "dati cancellati" in page.body.decode()
    assert b"data erased" in ask(desk, "GET", "/api/requests/ACME-1?key=k&lang=en").body


def test_nobody_can_be_written_to_any_more(desk: Desk) -> None:
    worked_on(desk, ask_for_help(desk))
    erase(desk)
    notice = next(n for n in cases.notices_of(desk, cases.load(desk, "ACME-1").ticket) if n.state is NoticeState.FAILED)
    for noun, text in (("replies", "x"), ("reopening", "x"), (f"notices/{notice.key}/retry", None)):
        body = {"text": text} if text else None
        assert as_staff(desk, "carla", "POST", f"/api/tickets/ACME-1/{noun}", body).status == 409, noun


def test_an_erased_request_still_closes_when_its_window_ends(memory: Desk) -> None:
    worked_on(memory, ask_for_help(memory))
    erase(memory)
    closed(memory)
    settle(memory)
    ticket = cases.load(memory, "ACME-1").ticket
    assert ticket.state == "closed"
    assert evidence.first_broken(cases.events_of(memory, ticket)) is None
    assert reconcile(memory, memory.clock()).is_clean


def test_a_message_that_is_leaving_at_this_moment_is_waited_for(memory: Desk) -> None:
    worked_on(memory, ask_for_help(memory))
    row = next(r for r in cases.under(memory, "ACME", "notice:") if cases.notice_in(r).kind == "resolved")
    notice = cases.notice_in(row)
    assert isinstance(memory.clock, Clock)
    leaving = replace(notice, state=NoticeState.OWED, leased_until=memory.clock.forward(minutes=2))
    memory.clock.forward(minutes=-2)
    memory.rows.commit(Table.DESK, "ACME", [Replace(cases.notice_row(leaving, row.etag))])
    assert erase(memory).status == 503
    memory.clock.forward(minutes=3)
    assert erase(memory).status == 200
    assert traces(memory) == []


def test_the_night_finishes_what_was_cut_off(memory: Desk) -> None:
    worked_on(memory, ask_for_help(memory))
    for at in range(200):
        fuse = Fuse(at=at, after_effect=False, failure=Crash)
        with suppress(Crash):
            erase_contact(
                fused(memory, fuse), "ACME", EMAIL, CARLA, memory.clock(), reason=REASON, requested_by=RequestedBy.CONTACT
            )
        if cases.load(memory, "ACME-1").ticket.erased_at is not None:
            break
    assert traces(memory) != []
    reconcile(memory, memory.clock())
    assert traces(memory) == []
    assert not list(cases.under(memory, "ACME", "erasing:"))
