"""What is reported of mails that have left, on both stores: noted once; a question that was not received never paused."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.actions import agenda, cases, quarantine
from shared.actions.custody import erasure
from shared.actions.desk import Desk
from shared.actions.evidence import file_of
from shared.actions.ports import Table, Upsert
from shared.actions.post import bounces, mailed
from shared.actions.post.bounces import Collected, collect
from shared.actions.post.deliver import deliver, dismiss, retry
from shared.actions.reconcile import reconcile
from shared.actions.running import failures, health
from shared.actions.sweep import sweep
from shared.adapters.memory import MemoryMailer, MemoryTelemetry
from shared.domain.custody.privacy import RequestedBy
from shared.domain.errors import MailPostponed, MailRefused, NotAllowedNow
from shared.domain.identity import operation_id
from shared.domain.notice import NoticeKind, NoticeState
from shared.domain.target import Pause
from shared.domain.ticket import State, Ticket
from shared.proof.verification.checks import outcomes
from tests.support.desks import ANNA, CARLA, Clock, rome, staff, taken_in
from tests.support.reports import event, notice_of, queue, report, text

ID = "ACME-1"


def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


def ticket_of(desk: Desk) -> Ticket:
    return cases.load(desk, ID).ticket


def kinds(desk: Desk) -> list[str]:
    return [event.kind for event in cases.events_of(desk, ticket_of(desk))]


def told(desk: Desk, event: str = "mail.reported") -> list[dict[str, object]]:
    assert isinstance(desk.telemetry, MemoryTelemetry)
    return [dict(fields) for name, fields in desk.telemetry.told if name == event]


def mails(desk: Desk) -> list[tuple[str, str]]:
    assert isinstance(desk.mailer, MemoryMailer)
    return [(mail.to, mail.subject) for mail in desk.mailer.sent]


def on_hold(desk: Desk) -> Desk:
    """Taken in at 9, in charge and asked at 9:10; the clocks stand still since then."""
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    clock(desk).forward(minutes=10)
    staff(desk, ID).acknowledge()
    staff(desk, ID).assign("omar")
    deliver(desk, desk.clock())
    staff(desk, ID).hold("Quale versione?")
    deliver(desk, desk.clock())
    assert ticket_of(desk).state is State.ON_HOLD
    return desk


def verified(desk: Desk) -> None:
    """The evidence holds, and so does the chain in it."""
    raw = file_of(desk, ticket_of(desk), CARLA, desk.clock())
    assert [(each.name, str(each.broken)) for each in outcomes(json.loads(raw), raw) if each.broken] == []


@pytest.mark.parametrize("status", ["Bounced", "Failed", "Suppressed", "Quarantined", "FilteredSpam"])
def test_a_question_that_nobody_received_never_paused_a_clock(desk: Desk, status: str) -> None:
    clock(desk).set("2026-03-02 09:00")
    before = taken_in(desk).clocks[1].due_at
    on_hold_since = on_hold_again(desk)
    report(desk, NoticeKind.QUESTION, status)
    clock(desk).forward(minutes=30)
    assert collect(desk, desk.clock()) == Collected(due=1, done=1)
    ticket = ticket_of(desk)
    assert (ticket.state, ticket.hold, ticket.clocks[1].due_at) == (State.IN_CHARGE, None, before)
    assert ticket.pauses == (Pause(starts_at=on_hold_since, ends_at=on_hold_since),)
    last = cases.events_of(desk, ticket)[-1]
    assert (last.kind, last.at, last.recorded_at) == ("bounced", on_hold_since, desk.clock())
    assert (last.data["status"], last.data["notice"]) == (status, notice_of(desk, NoticeKind.QUESTION).key)
    assert queue(desk).waiting == 0
    verified(desk)


def on_hold_again(desk: Desk) -> datetime:
    staff(desk, ID).acknowledge()
    deliver(desk, desk.clock())
    staff(desk, ID).hold("Quale versione?")
    deliver(desk, clock(desk).forward(minutes=10))
    return desk.clock()


def test_a_bounce_collected_by_the_run_that_sent_the_question_is_not_before_it(desk: Desk) -> None:
    began = on_hold(desk).clock() - timedelta(milliseconds=200)
    report(desk, NoticeKind.QUESTION, "Bounced")
    collect(desk, began)
    last = cases.events_of(desk, ticket_of(desk))[-1]
    assert (last.kind, last.at, last.recorded_at) == ("bounced", desk.clock(), desk.clock())
    verified(desk)


def test_those_in_charge_are_told_and_the_question_can_be_asked_again(desk: Desk) -> None:
    on_hold(desk)
    report(desk, NoticeKind.QUESTION, "Bounced")
    collect(desk, desk.clock())
    sent_before = len(mails(desk))
    deliver(desk, desk.clock())
    assert sorted(mails(desk)[sent_before:]) == [
        ("carla@desk.example", f"[{ID}] bounced"),
        ("omar@desk.example", f"[{ID}] bounced"),
    ]
    staff(desk, ID).hold("Quale versione? (nuovo indirizzo)")
    deliver(desk, clock(desk).forward(minutes=1))
    ticket = ticket_of(desk)
    assert ticket.state is State.ON_HOLD and ticket.pauses[-1] == Pause(starts_at=desk.clock(), ends_at=None)
    verified(desk)


def test_a_breach_found_by_a_bounce_is_told_with_its_true_instant(desk: Desk) -> None:
    on_hold(desk)
    clock(desk).forward(days=9)
    assert sweep(desk, desk.clock()).decisions == 0, "while the question is out nothing falls due"
    report(desk, NoticeKind.QUESTION, "Bounced")
    collect(desk, desk.clock())
    sweep(desk, desk.clock())
    ticket = ticket_of(desk)
    due = ticket.clocks[1].due_at
    assert due is not None and due < desk.clock()
    [breach] = [e for e in cases.events_of(desk, ticket) if e.kind == "breached" and e.data["promise"] == "resolution"]
    assert (breach.at, breach.recorded_at) == (due, desk.clock())
    verified(desk)


def test_twenty_times_the_same_report_is_one(desk: Desk) -> None:
    on_hold(desk)
    for _ in range(20):
        report(desk, NoticeKind.QUESTION, "Bounced")
        report(desk, NoticeKind.RECEIPT, "Delivered")
    assert collect(desk, desk.clock()) == Collected(due=40, done=40)
    assert kinds(desk).count("bounced") == 1
    assert sorted(str(each["status"]) for each in told(desk)) == ["Bounced", "Delivered"]
    assert queue(desk).waiting == 0


@pytest.mark.parametrize("kind", [NoticeKind.QUESTION, NoticeKind.RECEIPT])
def test_two_runs_that_have_the_same_report_at_once_are_one(desk: Desk, kind: NoticeKind) -> None:
    on_hold(desk)
    report(desk, kind, "Bounced")
    report(desk, kind, "Bounced")
    [mine, theirs] = queue(desk).receive(bounces.HIDDEN)

    class Overtaken(MemoryTelemetry):
        """The other run is quicker, from when this one has read how things stand."""

        def tell(self, event: str, /, *, is_warning: bool = False, **fields: str | int | bool | None) -> None:
            if event == "mail.reported" and not self.told:
                super().tell(event, is_warning=is_warning, **fields)
                queue(desk).forward(bounces.HIDDEN)
                assert collect(desk, desk.clock()).done == 2

    queue(desk).forward(bounces.HIDDEN)
    assert mine.text == theirs.text
    found = collect(replace(desk, telemetry=Overtaken()), desk.clock())
    assert found.failed == (kind is not NoticeKind.QUESTION), "a plain conflict comes again; a ticket is decided anew"
    queue(desk).forward(bounces.HIDDEN)
    collect(desk, desk.clock())
    assert kinds(desk).count("bounced") == (kind is NoticeKind.QUESTION)
    assert notice_of(desk, kind).state is NoticeState.BOUNCED and queue(desk).waiting == 0
    assert len(shown(desk)) == 1
    verified(desk)


@pytest.mark.parametrize("order", [("Delivered", "Bounced"), ("Bounced", "Delivered"), ("Bounced", "Failed")])
def test_what_bounced_stays_so_in_whatever_order_it_is_reported(desk: Desk, order: tuple[str, ...]) -> None:
    on_hold(desk)
    for status in order:
        report(desk, NoticeKind.QUESTION, status)
        collect(desk, clock(desk).forward(minutes=1))
    notice = notice_of(desk, NoticeKind.QUESTION)
    assert (notice.state, notice.reported) == (NoticeState.BOUNCED, "Bounced")
    assert (ticket_of(desk).state, kinds(desk).count("bounced")) == (State.IN_CHARGE, 1)


def test_an_answer_is_proof_that_the_question_was_received(desk: Desk) -> None:
    on_hold(desk)
    clock(desk).forward(hours=1)
    staff(desk, ID, ANNA).message("La 7.")
    paused, due = ticket_of(desk).pauses, ticket_of(desk).clocks[1].due_at
    report(desk, NoticeKind.QUESTION, "Bounced")
    collect(desk, clock(desk).forward(minutes=5))
    ticket = ticket_of(desk)
    assert (ticket.pauses, ticket.clocks[1].due_at, kinds(desk)[-1]) == (paused, due, "bounced")
    assert cases.events_of(desk, ticket)[-1].at == desk.clock()
    verified(desk)


def resumed(desk: Desk, answered_at: datetime | None = None) -> None:
    """Staff go on without an answer, three hours after the question."""
    on_hold(desk)
    clock(desk).forward(hours=3)
    staff(desk, ID).resume(answered_at and desk.clock(), None)
    clock(desk).forward(minutes=5)


@pytest.mark.parametrize("answered_at", [None, rome("2026-03-02 12:10")])
def test_a_question_that_nobody_received_paused_nothing_even_if_staff_had_resumed(
    desk: Desk, answered_at: datetime | None
) -> None:
    clock(desk).set("2026-03-02 09:00")
    resumed(desk, answered_at)
    asked_at = ticket_of(desk).pauses[0].starts_at
    report(desk, NoticeKind.QUESTION, "Bounced")
    report(desk, NoticeKind.QUESTION, "Bounced")
    collect(desk, desk.clock())
    ticket = ticket_of(desk)
    assert (ticket.state, ticket.clocks[1].due_at) == (State.IN_CHARGE, rome("2026-03-03 18:30"))
    assert ticket.pauses == (Pause(starts_at=asked_at, ends_at=asked_at),)
    last = cases.events_of(desk, ticket)[-1]
    assert (last.kind, last.at, kinds(desk).count("bounced")) == ("bounced", asked_at, 1)
    verified(desk)
    deliver(desk, desk.clock())
    assert (f"omar@{'desk.example'}", f"[{ID}] bounced") in mails(desk)


def test_the_first_question_s_pause_is_void_and_the_second_one_s_goes_on(desk: Desk) -> None:
    resumed(desk)
    first = notice_of(desk, NoticeKind.QUESTION).operation_id
    assert first is not None
    staff(desk, ID).hold("Quale ufficio?")
    deliver(desk, clock(desk).forward(minutes=1))
    open_since = desk.clock()
    queue(desk).put(text(first, "Bounced", desk.clock()))
    collect(desk, clock(desk).forward(minutes=5))
    ticket = ticket_of(desk)
    assert ticket.state is State.ON_HOLD and ticket.pauses[1] == Pause(starts_at=open_since, ends_at=None)
    assert ticket.pauses[0].ends_at == ticket.pauses[0].starts_at
    verified(desk)


@pytest.mark.parametrize("again", [False, True])
def test_what_was_judged_with_a_pause_that_staff_had_ended_stays_judged(desk: Desk, again: bool) -> None:
    resumed(desk)
    staff(desk, ID).resolve("Corretto.")
    if again:
        staff(desk, ID).reopen("Non ancora.")
    before = ticket_of(desk)
    report(desk, NoticeKind.QUESTION, "Bounced")
    collect(desk, clock(desk).forward(minutes=5))
    ticket = ticket_of(desk)
    assert (ticket.pauses, ticket.clocks, kinds(desk)[-1]) == (before.pauses, before.clocks, "bounced")
    verified(desk)


def test_what_was_judged_stays_judged_and_the_event_stands_beside(desk: Desk) -> None:
    on_hold(desk)
    clock(desk).forward(days=9)
    staff(desk, ID).resolve("Corretto.")
    judged = ticket_of(desk).clocks
    report(desk, NoticeKind.QUESTION, "Bounced")
    collect(desk, clock(desk).forward(minutes=5))
    ticket = ticket_of(desk)
    assert (ticket.state, ticket.clocks, kinds(desk)[-1]) == (State.RESOLVED, judged, "bounced")
    verified(desk)


def test_a_customer_who_answers_without_words_has_received_the_question(desk: Desk) -> None:
    on_hold(desk)
    clock(desk).forward(hours=3)
    staff(desk, ID, ANNA).resume(None, None)
    paused, due = ticket_of(desk).pauses, ticket_of(desk).clocks[1].due_at
    report(desk, NoticeKind.QUESTION, "Bounced")
    collect(desk, clock(desk).forward(minutes=5))
    ticket = ticket_of(desk)
    assert (ticket.pauses, ticket.clocks[1].due_at, kinds(desk)[-1]) == (paused, due, "bounced")
    assert "voids" not in cases.events_of(desk, ticket)[-1].data
    verified(desk)


def test_a_second_question_is_not_voided_by_the_bounce_of_the_first(desk: Desk) -> None:
    on_hold(desk)
    first = notice_of(desk, NoticeKind.QUESTION).operation_id
    assert first is not None
    staff(desk, ID).resume(None, "La 7.")
    staff(desk, ID).hold("Quale ufficio?")
    deliver(desk, clock(desk).forward(minutes=1))
    queue(desk).put(text(first, "Bounced", desk.clock()))
    collect(desk, desk.clock())
    assert (ticket_of(desk).state, kinds(desk)[-1]) == (State.ON_HOLD, "bounced")


def test_a_delivery_is_noted_and_nothing_else_happens(desk: Desk) -> None:
    on_hold(desk)
    before = kinds(desk)
    report(desk, NoticeKind.QUESTION, "Delivered", at=rome("2026-03-02 09:11"))
    collect(desk, desk.clock())
    notice = notice_of(desk, NoticeKind.QUESTION)
    assert (notice.state, notice.reported, notice.reported_at) == (NoticeState.SENT, "Delivered", rome("2026-03-02 09:11"))
    assert (kinds(desk), failures.given_up_notices(desk)) == (before, [])
    verified(desk)


def test_any_other_message_that_bounced_is_shown_and_goes_again_under_another_id(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    deliver(desk, desk.clock())
    first = notice_of(desk, NoticeKind.RECEIPT)
    report(desk, NoticeKind.RECEIPT, "Bounced")
    collect(desk, desk.clock())
    assert [(n["ticket"], n["notice"], n["error"]) for n in shown(desk)] == [(ID, first.key, "Bounced")]
    assert health.check(desk, desk.clock()).given_up_notices == 0, "one person's address pages nobody"
    assert kinds(desk) == ["received"]
    assert retry(desk, ID, first.key, desk.clock()).round == 2
    assert deliver(desk, clock(desk).forward(minutes=1)).sent == 1
    second = notice_of(desk, NoticeKind.RECEIPT)
    assert (second.state, second.operation_id) == (NoticeState.SENT, operation_id(f"{ID}|{first.key}|2"))
    assert mails(desk).count(("anna@acme.example", f"[{ID}] receipt")) == 2
    assert shown(desk) == []
    verified(desk)
    assert first.operation_id is not None
    queue(desk).put(text(first.operation_id, "Bounced", desk.clock()))
    collect(desk, desk.clock())
    assert notice_of(desk, NoticeKind.RECEIPT) == second, "the first round's end says nothing of the second"


def test_a_row_that_a_crash_has_left_of_the_first_round_sends_no_second(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    [left] = [row for _, row in agenda.every(desk, "d") if "receipt" in row.key]
    deliver(desk, desk.clock())
    desk.rows.commit(Table.AGENDA, "00", [Upsert(replace(left, etag=""))])
    report(desk, NoticeKind.RECEIPT, "Bounced")
    collect(desk, desk.clock())
    later = desk.clock() + timedelta(hours=1)
    retry(desk, ID, notice_of(desk, NoticeKind.RECEIPT).key, later)
    assert deliver(desk, clock(desk).forward(minutes=1)).sent == 0, "nobody would know what a report of it is about"
    assert deliver(desk, clock(desk).forward(hours=1)).sent == 1
    report(desk, NoticeKind.RECEIPT, "Delivered")
    collect(desk, desk.clock())
    assert notice_of(desk, NoticeKind.RECEIPT).reported == "Delivered"


def shown(desk: Desk) -> list[dict[str, object]]:
    return [each for each in failures.given_up_notices(desk) if isinstance(each, dict)]


def test_a_bounce_can_be_dismissed_and_a_question_is_asked_again_instead_of_sent_again(desk: Desk) -> None:
    on_hold(desk)
    report(desk, NoticeKind.QUESTION, "Suppressed")
    collect(desk, desk.clock())
    key = notice_of(desk, NoticeKind.QUESTION).key
    with pytest.raises(NotAllowedNow, match="ask again"):
        retry(desk, ID, key, desk.clock())
    dismiss(desk, ID, key)
    assert shown(desk) == [] and notice_of(desk, NoticeKind.QUESTION).state is NoticeState.BOUNCED


def test_a_report_that_overtakes_the_note_that_its_mail_was_sent_waits_for_it(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    staff(desk, ID).acknowledge()
    deliver(desk, desk.clock())
    staff(desk, ID).hold("Quale versione?")
    assert isinstance(desk.mailer, MemoryMailer)
    desk.mailer.fail_next(MailPostponed("timeout"), accepted=True)
    deliver(desk, desk.clock())
    operation = operation_id(notice_of(desk, NoticeKind.QUESTION).effect)
    queue(desk).put(text(operation, "Bounced", desk.clock()))
    for _ in range(bounces.TRIES + 2):
        assert collect(desk, desk.clock()) == Collected(due=1, waiting=1)
        queue(desk).forward(bounces.HIDDEN)
    assert told(desk) == [] and quarantine.listed(desk) == []
    deliver(desk, clock(desk).forward(minutes=2))
    assert ticket_of(desk).state is State.ON_HOLD
    assert collect(desk, desk.clock()).done == 1
    assert (ticket_of(desk).state, ticket_of(desk).hold) == (State.IN_CHARGE, None)


def test_a_message_given_up_that_was_accepted_after_all_is_told_of_and_stays_given_up(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    assert isinstance(desk.mailer, MemoryMailer)
    desk.mailer.fail_next(MailRefused("no"), accepted=True, times=2)
    deliver(desk, desk.clock())
    queue(desk).put(text(operation_id(notice_of(desk, NoticeKind.RECEIPT).effect), "Delivered", desk.clock()))
    assert collect(desk, desk.clock()).done == 1
    assert notice_of(desk, NoticeKind.RECEIPT).state is NoticeState.FAILED
    assert [each["status"] for each in told(desk)] == ["Delivered"]


def test_a_report_of_a_mail_that_is_not_ours_is_told_of_and_gone(desk: Desk) -> None:
    queue(desk).put(text("0f8fad5b-d9cb-469f-a165-70867728950e", "Bounced", desk.clock()))
    assert collect(desk, desk.clock()) == Collected(due=1, done=1)
    [fields] = told(desk)
    assert (fields["ticket"], fields["notice"], fields["status"]) == (None, None, "Bounced")
    assert queue(desk).waiting == 0


@pytest.mark.parametrize("status", ["Expanded", "OutForDelivery"])
def test_a_status_that_is_no_end_is_told_of_and_noted_nowhere(desk: Desk, status: str) -> None:
    on_hold(desk)
    report(desk, NoticeKind.QUESTION, status)
    collect(desk, desk.clock())
    assert notice_of(desk, NoticeKind.QUESTION).reported is None and ticket_of(desk).state is State.ON_HOLD
    assert [each["status"] for each in told(desk)] == [status]


def test_base64_and_plain_json_are_both_understood(desk: Desk) -> None:
    on_hold(desk)
    operation = notice_of(desk, NoticeKind.QUESTION).operation_id
    assert operation is not None
    queue(desk).put(text(operation.upper(), "Bounced", desk.clock(), is_plain=True))
    assert collect(desk, desk.clock()).done == 1
    assert kinds(desk)[-1] == "bounced"


BROKEN = [
    "",
    "not a report",
    "[]",
    json.dumps({"type": "Microsoft.Storage.BlobCreated", "data": {}}),
    json.dumps(event("no operation", "Bounced", rome("2026-03-02 09:00"))),
    json.dumps(event("0f8fad5b-d9cb-469f-a165-70867728950e", "anna@acme.example", rome("2026-03-02 09:00"))),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_what_cannot_be_understood_goes_to_the_quarantine_and_blocks_nothing(desk: Desk, broken: str) -> None:
    on_hold(desk)
    queue(desk).put(broken)
    report(desk, NoticeKind.QUESTION, "Bounced")
    assert collect(desk, desk.clock()) == Collected(due=2, done=1, failed=1)
    assert queue(desk).waiting == 0
    [entry] = quarantine.listed(desk)
    assert quarantine.raw_of(desk, entry) == broken.encode()
    assert "anna" not in str(entry) and "anna" not in str(told(desk, "fault.met"))
    reconcile(desk, clock(desk).forward(days=29))
    assert quarantine.listed(desk) == [entry], "it is kept as long as somebody may make something of it"
    reconcile(desk, clock(desk).forward(days=2))
    assert quarantine.listed(desk) == [] and desk.blobs.get(entry.raw) is None


def test_a_report_whose_work_fails_comes_again_and_in_the_end_is_set_aside_and_worked_at_night(desk: Desk) -> None:
    on_hold(desk)
    question = notice_of(desk, NoticeKind.QUESTION)
    stored = desk.rows.get(Table.DESK, "ACME", f"notice:{question.key}")
    assert stored is not None
    desk.rows.commit(Table.DESK, "ACME", [Upsert(replace(stored, values={**stored.values, "doc": "{"}))])
    report_of = question.operation_id
    assert report_of is not None
    queue(desk).put(text(report_of, "Bounced", desk.clock()))
    for _ in range(bounces.TRIES):
        assert quarantine.listed(desk) == []
        assert collect(desk, desk.clock()).failed == 1
        queue(desk).forward(bounces.HIDDEN)
    [entry] = quarantine.listed(desk)
    assert queue(desk).waiting == 0
    desk.rows.commit(Table.DESK, "ACME", [Upsert(replace(stored, etag=""))])
    reconcile(desk, clock(desk).forward(hours=12))
    assert (kinds(desk)[-1], quarantine.listed(desk)) == ("bounced", [])
    assert desk.blobs.get(entry.raw) is None


def test_what_was_erased_is_not_brought_back_by_a_report_and_cannot_be_sent_again(desk: Desk) -> None:
    on_hold(desk)
    staff(desk, ID).resolve("Corretto.")
    deliver(desk, desk.clock())
    report(desk, NoticeKind.RESOLVED, "Bounced")
    collect(desk, desk.clock())
    report(desk, NoticeKind.RECEIPT, "Bounced")
    report(desk, NoticeKind.QUESTION, "Bounced")
    erasure.erase_contact(
        desk, "ACME", "anna@acme.example", CARLA, desk.clock(), reason="Richiesta.", requested_by=RequestedBy.CONTACT
    )
    assert shown(desk) == []
    collect(desk, clock(desk).forward(minutes=1))
    for kind in (NoticeKind.RECEIPT, NoticeKind.RESOLVED):
        notice = notice_of(desk, kind)
        assert (notice.state, notice.recipient.email) == (NoticeState.BOUNCED, "")
        with pytest.raises(NotAllowedNow, match="erased"):
            retry(desk, ID, notice.key, desk.clock())
    assert kinds(desk)[-1] == "bounced"
    verified(desk)


def test_no_address_and_no_server_s_answer_is_kept_or_told(desk: Desk) -> None:
    on_hold(desk)
    report(desk, NoticeKind.QUESTION, "Bounced")
    collect(desk, desk.clock())
    assert isinstance(desk.telemetry, MemoryTelemetry)
    events = [dict(event.data) for event in cases.events_of(desk, ticket_of(desk))]
    rows = [row.values for _, row in agenda.every(desk, "b")]
    mails_of = desk.rows.scan(Table.SYSTEM, mailed.PARTITION)
    for kept in (desk.telemetry.told, events, rows, mails_of):
        assert kept and not {word for word in ("anna", "acme.example", "550") if word in str(kept)}


def test_without_time_what_is_left_comes_again(desk: Desk) -> None:
    on_hold(desk)
    report(desk, NoticeKind.QUESTION, "Bounced")
    report(desk, NoticeKind.RECEIPT, "Delivered")
    moments = iter((True, False, False))
    assert collect(desk, desk.clock(), lambda: next(moments)) == Collected(due=2, done=1, waiting=1)
    queue(desk).forward(bounces.HIDDEN)
    assert collect(desk, desk.clock()) == Collected(due=1, done=1)


def test_with_nothing_reported_a_run_costs_one_request(desk: Desk) -> None:
    from dev.bench.counting import CountingRows

    rows = CountingRows(desk.rows)
    assert collect(replace(desk, rows=rows), desk.clock()) == Collected()
    assert rows.requests == 0


def test_what_no_report_will_be_about_any_more_is_forgotten(desk: Desk) -> None:
    on_hold(desk)
    assert len(desk.rows.scan(Table.SYSTEM, mailed.PARTITION)) == len(mails(desk)) > 0
    reconcile(desk, clock(desk).forward(days=14))
    assert desk.rows.scan(Table.SYSTEM, mailed.PARTITION)
    reconcile(desk, clock(desk).forward(minutes=1))
    assert not desk.rows.scan(Table.SYSTEM, mailed.PARTITION)


def test_a_late_report_of_a_mail_that_is_forgotten_is_as_of_one_that_is_not_ours(desk: Desk) -> None:
    on_hold(desk)
    report(desk, NoticeKind.QUESTION, "Bounced")
    mailed.forget_old(desk, desk.clock() + timedelta(days=15))
    assert collect(desk, desk.clock()).done == 1
    assert ticket_of(desk).state is State.ON_HOLD
