"""What is measured of the desk, on both stores: exact, at the cost of what is due, and the rest counted once a night."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dev.bench.counting import CountingRows
from shared.actions import quarantine
from shared.actions.desk import Desk
from shared.actions.lists import urgency
from shared.actions.lists.urgency import Urgency
from shared.actions.ports import Row, Table, Upsert, Value
from shared.actions.post.bounces import collect
from shared.actions.post.deliver import deliver
from shared.actions.reconcile import reconcile
from shared.actions.running import health
from shared.actions.running.measuring import Measured, measure
from shared.actions.status import letters
from shared.actions.sweep import sweep
from shared.adapters.memory import MemoryMailer
from shared.domain.errors import MailPostponed, MailRefused
from shared.domain.evidence import stamp
from shared.domain.status.letter import Letter, LetterKind
from tests.support.desks import OMAR, Clock, a_desk, rome, staff, taken_in, told
from tests.support.doors import as_staff, signed
from tests.support.reports import queue

NOW = rome("2026-03-02 09:00")


def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


def mailer(desk: Desk) -> MemoryMailer:
    assert isinstance(desk.mailer, MemoryMailer)
    return desk.mailer


def at(desk: Desk, text: str) -> Measured:
    return measure(desk, clock(desk).set(text))


def test_a_desk_with_nothing_to_do_measures_zeros_and_tells_them(desk: Desk) -> None:
    measured = measure(desk, desk.clock())
    fields = {name: getattr(measured, name) for name in Measured.__slots__}
    assert set(fields.values()) == {0}
    going = "sweep deliver publish collect measure reconcile"
    assert told(desk, "desk.measured") == [{"is_warning": False, "rounds": going, **fields}]


def test_what_is_due_and_not_done_is_counted_with_its_age(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    measured = at(desk, "2026-03-02 09:06")
    assert measured.overdue_rows == 0, "mail may have to wait for its quota, and is counted apart"
    assert (measured.notices_due, measured.oldest_notice_s) == (2, 360)
    deliver(desk, desk.clock())
    measured = at(desk, "2026-03-02 09:07")
    assert (measured.overdue_rows, measured.notices_due, measured.oldest_notice_s) == (0, 0, 0)
    sweep(desk, clock(desk).set("2026-03-02 09:11"))
    measured = at(desk, "2026-03-02 09:36")
    assert (measured.overdue_rows, measured.oldest_overdue_s) == (1, 360), "a warning is due at half past"


def test_what_nobody_works_is_overdue_from_its_moment(desk: Desk) -> None:
    now = clock(desk).set("2026-03-02 09:00")
    values: dict[str, Value] = {"ticket": "ACME-9", "at": now, "written_at": now, "revision": 1, "failures": 0}
    desk.rows.commit(Table.AGENDA, "00", [Upsert(Row(key=f"s|{stamp(now)}|ACME-9|000001", values=values))])
    measured = at(desk, "2026-03-02 09:06")
    assert (measured.overdue_rows, measured.oldest_overdue_s) == (1, 360)
    sweep(desk, clock(desk).set("2026-03-02 09:15"))
    assert measure(desk, desk.clock()).overdue_rows == 0


def test_letters_that_wait_are_mail_that_waits_put_off_or_not(desk: Desk) -> None:
    now = clock(desk).set("2026-03-02 09:00")
    made = [Letter(key=key, kind=LetterKind.ALARM_RAISED, to=f"{key}@desk.example", language="it", at=now) for key in "ab"]
    letters.owe(desk, [*made, replace(made[0], key="tomorrow", at=now + timedelta(days=1))], now)
    measured = at(desk, "2026-03-02 09:16")
    assert (measured.overdue_rows, measured.notices_due, measured.oldest_notice_s) == (0, 2, 960)
    mailer(desk).fail_next(MailPostponed("down"), times=1000)
    for _ in range(44):
        deliver(desk, desk.clock())
        clock(desk).forward(minutes=1)
    assert measure(desk, desk.clock()).oldest_notice_s == 3600
    mailer(desk).fail_next(MailPostponed("down"), times=0)


def test_mail_that_is_put_off_again_and_again_grows_old(desk: Desk) -> None:
    """Each attempt gives its row a later moment: the queue looks empty, and nobody has their mail."""
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    mailer(desk).fail_next(MailPostponed("down"), times=1000)
    for _ in range(20):
        deliver(desk, desk.clock())
        clock(desk).forward(minutes=1)
    measured = measure(desk, desk.clock())
    assert measured.oldest_notice_s == 1200
    assert measured.notices_due == 0


def test_what_waits_for_people_is_counted_and_released_requests_are_not(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    mailer(desk).fail_next(MailRefused("no such mailbox"))
    taken_in(desk)
    deliver(desk, desk.clock())
    assert signed(desk, {"customer": "NOSUCH"}, id="refused").status >= 400
    desk.rows.commit(Table.SYSTEM, "quarantine", [Upsert(Row(key="released:abc", values={"ticket": "ACME-1"}))])
    head = desk.rows.get(Table.DESK, "ACME", "ticket:000001")
    assert head is not None
    desk.rows.commit(Table.DESK, "ACME", [Upsert(replace(head, values={**head.values, "doc": "not json"}))])
    sweep(desk, clock(desk).set("2026-03-02 09:31"))
    measured = measure(desk, desk.clock())
    assert (measured.given_up_notices, measured.quarantined, measured.failing_tickets) == (1, 1, 1)
    report = health.check(desk, desk.clock())
    assert (report.given_up_notices, report.quarantined, report.failing_tickets) == (1, 1, 1)


def test_open_requests_are_counted_by_their_next_deadline_each_once(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    ids = [taken_in(desk, f"w{number}").id for number in range(5)]
    for id in ids[1:]:
        staff(desk, id).acknowledge()
        staff(desk, id).classify("bug")
        staff(desk, id).assign("omar")
    staff(desk, ids[1]).prioritise(1)
    staff(desk, ids[2]).prioritise(4)
    staff(desk, ids[3], OMAR).hold("Quale versione?")
    deliver(desk, desk.clock())
    staff(desk, ids[4], OMAR).resolve(None)
    rows = {row.values["ticket"]: row.key.split("|")[1] for row in desk.rows.scan(Table.AGENDA, "00", after="o|", before="o|~")}
    assert rows.keys() == set(ids[:4]), "a resolved request is open to nobody"
    for text in ("2026-03-02 09:01", "2026-03-02 12:30", "2026-03-02 17:00", "2026-03-20 09:00"):
        measured = at(desk, text)
        now = desk.clock()
        soon = {"": stamp(now), "h": stamp(now + timedelta(hours=1)), "d": stamp(now + timedelta(days=1))}
        due = list(rows.values())
        assert measured.open_breached == sum(moment < soon[""] for moment in due)
        assert measured.open_hour == sum(soon[""] <= moment < soon["h"] for moment in due)
        assert measured.open_day == sum(soon["h"] <= moment < soon["d"] for moment in due)
    reconcile(desk, clock(desk).set("2026-03-02 09:01"))
    [night] = told(desk, "desk.reconciled")
    tomorrow = stamp(desk.clock() + timedelta(days=1))
    later = sum(tomorrow < moment < "9999" for moment in rows.values())
    assert (night["open_later"], night["open_stopped"]) == (later, 1)
    assert (night["open_tickets"], night["failed"], night["is_warning"]) == (5, 0, False)


def test_a_request_that_is_being_moved_counts_once() -> None:
    rows = [Row(key=f"o|{moment}|002|ACME-1|t", values={"ticket": "ACME-1"}) for moment in ("9999", stamp(NOW))]
    assert urgency.counted(rows, NOW + timedelta(minutes=1)) == {Urgency.BREACHED: 1}


class Reading(CountingRows):
    """Counts the rows too that a scan brings."""

    read = 0

    def scan(self, table: Table, partition: str, *, after: str = "", before: str = "\uffff", limit: int = 1000) -> list[Row]:
        found = super().scan(table, partition, after=after, before=before, limit=limit)
        self.read += len(found)
        return found


@pytest.mark.parametrize("open_requests", [3, 40])
def test_measuring_costs_what_is_due_and_not_what_is_open(open_requests: int) -> None:
    desk = a_desk(Clock(NOW))
    for number in range(open_requests):
        id = taken_in(desk, f"w{number}").id
        staff(desk, id).acknowledge()
        staff(desk, id).classify("bug")
        staff(desk, id).prioritise(4)
    while deliver(desk, desk.clock()).due:
        pass
    rows = Reading(desk.rows)
    measured = measure(replace(desk, rows=rows), desk.clock())
    assert measured.open_day == measured.open_hour == 0
    assert (rows.requests, rows.read) == (9, 0)


def test_a_report_that_cannot_be_read_is_no_customer_s_request_and_can_be_dismissed(desk: Desk) -> None:
    queue(desk).put("no report at all")
    collect(desk, desk.clock())
    assert signed(desk, {"customer": "NOSUCH"}, id="refused").status >= 400
    listed = {each["is_report"]: each["id"] for each in as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"]}
    for _ in range(2):
        measured = measure(desk, desk.clock())
        assert measured.quarantined == health.check(desk, desk.clock()).quarantined == 1
        assert measured.unread_reports == 1
    assert as_staff(desk, "carla", "POST", f"/api/quarantine/{listed[False]}/dismissal", {}).status == 409
    for _ in range(2):
        assert as_staff(desk, "carla", "POST", f"/api/quarantine/{listed[True]}/dismissal", {}).status == 200
    measured = measure(desk, desk.clock())
    assert (measured.quarantined, measured.unread_reports) == (1, 0)
    assert [each["id"] for each in as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"]] == [listed[False]]
    reconcile(desk, clock(desk).forward(days=31))
    assert [each.id for each in quarantine.every(desk)] == [listed[False]], "its bytes go when they are old all the same"


def test_the_health_door_shows_the_same_figures(desk: Desk) -> None:
    clock(desk).set("2026-03-02 09:00")
    taken_in(desk)
    clock(desk).set("2026-03-02 09:06")
    agenda = as_staff(desk, "carla", "GET", "/api/health").json["agenda"]
    measured = measure(desk, desk.clock())
    assert (agenda["overdue"], agenda["oldest_overdue_s"]) == (measured.overdue_rows, measured.oldest_overdue_s)
