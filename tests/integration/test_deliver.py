"""How owed notices leave, on both stores: urgent first, within the quota, again after trouble, never twice, never lost."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from shared.actions import agenda, cases
from shared.actions.desk import Desk
from shared.actions.ports import Table, Upsert
from shared.actions.post.deliver import deliver, dismiss, retry
from shared.actions.running import failures, health
from shared.actions.sweep import sweep
from shared.adapters.memory import MemoryMailer
from shared.domain.errors import MailPostponed, MailRefused, NotAllowedNow
from shared.domain.mail import Mail, SentMail
from shared.domain.notice import BACKOFF_S, Notice, NoticeKind, NoticeState
from shared.domain.ticket import State
from tests.support.desks import Clock, rome, staff, taken_in, told


def mailer(desk: Desk) -> MemoryMailer:
    assert isinstance(desk.mailer, MemoryMailer)
    return desk.mailer


def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


def subjects(desk: Desk) -> list[str]:
    return [mail.subject for mail in mailer(desk).sent]


def notices(desk: Desk, ticket: str = "ACME-1") -> dict[str, NoticeState]:
    return {n.kind.value: n.state for n in cases.notices_of(desk, cases.load(desk, ticket).ticket)}


def test_the_receipt_goes_to_the_customer_and_the_arrival_to_the_customer_care_manager(desk: Desk) -> None:
    taken_in(desk)
    report = deliver(desk, clock(desk)())
    assert report.sent == 2
    assert {(m.to, m.subject) for m in mailer(desk).sent} == {
        ("anna@acme.example", "[ACME-1] receipt"),
        ("carla@desk.example", "[ACME-1] arrived"),
    }
    assert deliver(desk, clock(desk)()).due == 0
    sent = next(n for n in cases.notices_of(desk, cases.load(desk, "ACME-1").ticket) if n.kind is NoticeKind.RECEIPT)
    assert sent.message_id and sent.operation_id and sent.sent_at == clock(desk)()


def test_the_same_numbers_at_two_customers_are_two_messages(desk: Desk) -> None:
    taken_in(desk, source="a", customer="ACME")
    taken_in(desk, source="b", customer="BETA")
    assert deliver(desk, clock(desk)()).sent == 4
    assert sorted(subjects(desk)) == ["[ACME-1] arrived", "[ACME-1] receipt", "[BETA-1] arrived", "[BETA-1] receipt"]


def test_breaches_go_first_when_the_quota_is_short(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    clock(desk).set("2026-03-02 10:01")
    sweep(desk, clock(desk)())
    tight = replace(desk, options=replace(desk.options, mail_per_minute=2))
    assert deliver(tight, clock(desk)()).waiting == len(notices_owed(desk)) > 0
    assert subjects(desk) == ["[ACME-1] breach"] * 2
    for _ in range(10):
        deliver(tight, clock(desk).forward(minutes=1))
    assert len(notices_owed(desk)) == 0


def notices_owed(desk: Desk) -> list[str]:
    return [row.key for row in cases.under(desk, "ACME", "owed:")]


def test_a_notice_that_is_refused_for_now_comes_back_after_the_time_the_service_asks_for(desk: Desk) -> None:
    taken_in(desk)
    mailer(desk).fail_next(MailPostponed("too many", retry_after_s=600), times=2)
    assert deliver(desk, clock(desk)()).postponed == 2
    assert deliver(desk, clock(desk).forward(minutes=9)).due == 0
    assert deliver(desk, clock(desk).forward(minutes=2)).sent == 2
    assert len(subjects(desk)) == 2


def test_after_three_failures_in_a_row_the_rest_waits_for_the_next_run(desk: Desk) -> None:
    for n in range(5):
        taken_in(desk, source=f"w{n}")
    mailer(desk).fail_next(MailPostponed("down"), times=3)
    report = deliver(desk, clock(desk)())
    assert (report.postponed, report.sent, report.waiting) == (3, 0, 7)


def test_an_answer_that_is_lost_on_the_way_does_not_send_the_mail_twice(desk: Desk) -> None:
    taken_in(desk)
    mailer(desk).fail_next(MailPostponed("timeout"), accepted=True, times=2)
    deliver(desk, clock(desk)())
    deliver(desk, clock(desk).forward(minutes=5))
    assert sorted(subjects(desk)) == ["[ACME-1] arrived", "[ACME-1] receipt"]
    assert set(notices(desk).values()) == {NoticeState.SENT}


def test_what_is_refused_for_good_is_shown_and_can_be_sent_again(desk: Desk) -> None:
    taken_in(desk)
    mailer(desk).fail_next(MailRefused("no such mailbox"))
    assert deliver(desk, clock(desk)()).failed == 1
    assert health.check(desk, clock(desk)()).given_up_notices == 1
    [row] = [row for _, row in agenda.every(desk, "f")]
    [given_up] = told(desk, "notice.given_up")
    assert given_up == {
        "is_warning": True,
        "ticket": "ACME-1",
        "notice": row.values["notice"],
        "way": "mail",
        "attempts": 1,
        "reason": "mail-refused",
    }
    retry(desk, "ACME-1", str(row.values["notice"]), clock(desk)())
    assert deliver(desk, clock(desk)()).sent == 1
    assert health.check(desk, clock(desk)()).given_up_notices == 0
    assert len(subjects(desk)) == 2


def test_after_the_last_attempt_a_notice_is_given_up(desk: Desk) -> None:
    taken_in(desk)
    mailer(desk).fail_next(MailPostponed("down"), times=1000)
    attempts = 0
    for _ in range(len(BACKOFF_S) + 3):
        attempts += deliver(desk, clock(desk).forward(hours=5)).postponed
    assert set(notices(desk).values()) == {NoticeState.FAILED}
    assert attempts == 2 * len(BACKOFF_S)
    assert not list(agenda.every(desk, "d"))


def test_a_question_that_cannot_be_sent_stops_no_clock(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    deliver(desk, clock(desk)())
    due = cases.load(desk, "ACME-1").ticket.clocks[1].due_at
    staff(desk, "ACME-1").hold("Quale versione?")
    mailer(desk).fail_next(MailRefused("no such mailbox"))
    deliver(desk, clock(desk)())
    ticket = cases.load(desk, "ACME-1").ticket
    assert (ticket.state, ticket.hold, ticket.pauses, ticket.clocks[1].due_at) == (State.IN_CHARGE, None, (), due)
    assert [e.kind for e in cases.events_of(desk, ticket)][-1] == "hold_void"


def test_a_question_withdrawn_before_it_left_begins_no_pause(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").hold("Quale versione?")
    staff(desk, "ACME-1").resume(None, None)
    deliver(desk, clock(desk)())
    ticket = cases.load(desk, "ACME-1").ticket
    assert (ticket.state, ticket.pauses) == (State.IN_CHARGE, ())
    assert notices(desk)["question"] is NoticeState.FAILED
    assert "question" not in [mail.subject.split()[-1] for mail in desk.mailer.sent]  # type: ignore[attr-defined]
    assert not list(agenda.every(desk, "f")), "nobody need be alarmed"


def test_a_question_overtaken_by_the_closing_is_not_asked(desk: Desk) -> None:
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").hold("Quale versione?")
    staff(desk, "ACME-1").resolve("Corretto.")
    deliver(desk, clock(desk)())
    assert isinstance(desk.mailer, MemoryMailer)
    kinds = [mail.subject.split()[-1] for mail in desk.mailer.sent]
    assert "question" not in kinds and "resolved" in kinds


def test_a_template_that_fails_postpones_its_notice_and_no_other(desk: Desk) -> None:
    taken_in(desk)
    render = desk.render

    def broken(notice: Notice) -> Mail:
        if notice.kind is NoticeKind.RECEIPT:
            raise KeyError("subject")
        return render(notice)

    report = deliver(replace(desk, render=broken), clock(desk)())
    assert (report.sent, report.postponed) == (1, 1)
    assert deliver(desk, clock(desk).forward(minutes=2)).sent == 1


def test_a_claimed_notice_is_left_to_whoever_claimed_it_until_the_lease_ends(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    [row] = [r for _, r in agenda.every(desk, "d") if "receipt" in r.key]
    stored = desk.rows.get(Table.DESK, "ACME", f"notice:{row.values['notice']}")
    assert stored is not None
    claimed = replace(cases.notice_in(stored), leased_until=rome("2026-03-02 09:02"), attempts=1)
    desk.rows.commit(Table.DESK, "ACME", [Upsert(cases.notice_row(claimed))])
    assert deliver(desk, clock(desk)()).sent == 1
    assert deliver(desk, clock(desk).forward(minutes=3)).sent == 1


def test_a_breach_is_found_behind_any_backlog_of_receipts(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    deliver(desk, clock(desk)())
    now = clock(desk).set("2026-03-02 10:01")
    ticket = cases.load(desk, "ACME-1").ticket
    receipt = next(n for n in cases.notices_of(desk, ticket) if n.kind is NoticeKind.RECEIPT)
    ghosts = [replace(receipt, key=f"{number:06d}:ghost") for number in range(1100)]
    rows = [Upsert(agenda.delivery_row(ghost, rome("2026-03-02 09:30"), now)) for ghost in ghosts]
    agenda.plan(desk, ticket, rows)
    sweep(desk, now)
    tight = replace(desk, options=replace(desk.options, mail_per_minute=2))
    deliver(tight, now)
    assert subjects(desk)[2:] == ["[ACME-1] breach"] * 2


def test_what_is_not_sent_uses_up_no_quota(desk: Desk) -> None:
    tight = replace(desk, options=replace(desk.options, mail_per_minute=2, mail_per_hour=2))
    taken_in(desk)
    mailer(desk).fail_next(MailPostponed("down"), times=2)
    assert deliver(tight, clock(desk)()).postponed == 2
    clock(desk).forward(seconds=61)
    assert deliver(tight, clock(desk)()).sent == 2


def test_one_notice_that_cannot_be_read_stops_no_other(desk: Desk) -> None:
    taken_in(desk)
    [row] = [r for _, r in agenda.every(desk, "d") if "receipt" in r.key]
    stored = desk.rows.get(Table.DESK, "ACME", f"notice:{row.values['notice']}")
    assert stored is not None
    desk.rows.commit(Table.DESK, "ACME", [Upsert(replace(stored, values={**stored.values, "doc": "{"}))])
    report = deliver(desk, clock(desk)())
    assert (report.sent, report.failed) == (1, 1)
    assert [r.key for _, r in agenda.every(desk, "x")] == ["x|ACME-1"]
    desk.rows.commit(Table.DESK, "ACME", [Upsert(replace(stored, etag=""))])
    assert deliver(desk, clock(desk).forward(minutes=2)).sent == 1
    assert not list(agenda.every(desk, "x"))


def test_a_pause_begins_when_the_question_was_sent_not_when_the_run_began(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    deliver(desk, clock(desk)())
    staff(desk, "ACME-1").hold("Quale versione?")

    @dataclass
    class SlowMailer:
        def send(self, mail: Mail) -> SentMail:
            clock(desk).forward(seconds=40)
            return mailer(desk).send(mail)

    began = clock(desk)()
    deliver(replace(desk, mailer=SlowMailer()), began)
    assert cases.load(desk, "ACME-1").ticket.pauses[0].starts_at == began + timedelta(seconds=40)


def test_a_sender_whose_lease_ended_overwrites_nothing(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)

    @dataclass
    class Stalled:
        def send(self, mail: Mail) -> SentMail:
            clock(desk).forward(minutes=3)
            deliver(desk, clock(desk)())
            raise MailPostponed("timeout")

    deliver(replace(desk, mailer=Stalled()), clock(desk)())
    deliver(desk, clock(desk).forward(minutes=5))
    assert set(notices(desk).values()) == {NoticeState.SENT}
    assert len(subjects(desk)) == 2 and not notices_owed(desk)


def test_a_given_up_notice_can_be_dismissed_and_a_void_question_not_sent_again(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    deliver(desk, clock(desk)())
    staff(desk, "ACME-1").hold("Quale versione?")
    mailer(desk).fail_next(MailRefused("no such mailbox"))
    deliver(desk, clock(desk)())
    [given_up] = failures.given_up_notices(desk)
    assert isinstance(given_up, dict)
    with pytest.raises(NotAllowedNow, match="ask again"):
        retry(desk, "ACME-1", given_up["notice"], clock(desk)())
    dismiss(desk, "ACME-1", given_up["notice"])
    assert failures.given_up_notices(desk) == []


def test_every_letter_carries_the_hash_of_its_event_out_of_the_house(desk: Desk) -> None:
    from shared.web.links import Links
    from shared.web.mail import EVENT_HEADER, Letters

    letters = Letters(links=Links("https://desk.example", b"0123456789abcdef"), public_url="https://desk.example")
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").reply("Ci stiamo lavorando.")
    deliver(replace(desk, render=letters.render), desk.clock())
    ticket = cases.load(desk, "ACME-1").ticket
    hashes = {f"ACME-1/{event.number} {event.hash}" for event in cases.events_of(desk, ticket)}
    assert isinstance(desk.mailer, MemoryMailer)
    carried = [mail.headers[EVENT_HEADER] for mail in desk.mailer.sent]
    assert carried and set(carried) <= hashes and f"ACME-1/3 {ticket.chain_tip}" in carried
