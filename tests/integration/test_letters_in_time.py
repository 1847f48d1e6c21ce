"""Letters about services when more are owed than may leave: the urgent ones first, none lost, none that is not so any more."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.actions import agenda, document
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Row, Rows, Table, Upsert
from shared.actions.post.deliver import deliver
from shared.actions.status import letters, outage_news, subscribed
from shared.adapters.memory import MemoryMailer, MemoryRows
from shared.domain.errors import MailPostponed, StorageUnavailable
from shared.domain.evidence import stamp
from shared.domain.mail import Mail, SentMail
from shared.domain.status.letter import URGENCY, Letter, LetterKind
from shared.domain.status.subscriber import Subscriber
from shared.domain.watch.outage import Outage
from shared.domain.watch.tally import Happening
from tests.support.desks import Clock, a_desk, in_brief, rome
from tests.support.doors import as_staff
from tests.support.monitor import watched
from tests.support.watching import SERVICE

BEGAN = rome("2026-03-10 19:59")
TEXT = {"it": "Cerchiamo.", "en": "We look."}


def a_list(count: int, hourly: int, mailer: MemoryMailer | None = None, rows: Rows | None = None) -> Desk:
    """A desk whose page has so many subscribers, and that may send so many mails an hour."""
    desk = a_desk(Clock(rome("2026-03-10 20:00")), services=watched(SERVICE), mailer=mailer, rows=rows)
    desk = replace(desk, options=replace(desk.options, mail_per_minute=hourly, mail_per_hour=hourly))
    for number in range(count):
        email = f"reader{number:03d}@acme.example"
        key = subscribed.key_of_address(desk, email)
        known = Subscriber(key=key, email=email, language="it", asked_at=BEGAN, until=BEGAN, confirmed_at=BEGAN)
        desk.rows.commit(Table.WATCH, subscribed.PARTITION, [Insert(subscribed.row(known))])
    return desk


def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


def told(desk: Desk, what: Happening, again: int = 0) -> None:
    now = clock(desk).now
    ended = what is Happening.ENDED
    outage = Outage(
        service="archive", number=1, last_good=None, first_bad=BEGAN, last_bad=now, first_good=now if ended else None, again=again
    )
    outage_news.tell(desk, what, outage, now, now)


def sent(desk: Desk) -> list[tuple[str, str]]:
    """Whom all that has left so far was for, and what it was."""
    assert isinstance(desk.mailer, MemoryMailer)
    return [(mail.to, mail.subject.partition(" ")[0]) for mail in desk.mailer.sent]


def hours(desk: Desk, count: int) -> Iterator[datetime]:
    """The round `deliver`, each quarter of an hour."""
    for _ in range(4 * count):
        deliver(desk, clock(desk).forward(minutes=15))
        yield clock(desk).now


def left(desk: Desk) -> list[str]:
    return [row.key for _, row in agenda.every(desk, "m")]


@pytest.mark.parametrize(("readers", "hourly", "needs"), [(500, 100, 5), (60, 10, 6)])
def test_a_long_list_is_served_as_fast_as_the_quota_allows_and_nobody_is_left_out(readers: int, hourly: int, needs: int) -> None:
    desk = a_list(readers, hourly)
    told(desk, Happening.OPENED)
    for now in hours(desk, needs):
        passed = (now - rome("2026-03-10 20:00")).total_seconds() / 3600
        assert len(sent(desk)) <= hourly / 2 + hourly * passed, "half of an hour's mail is never touched"
    assert Counter(to for to, _ in sent(desk)) == {f"reader{number:03d}@acme.example": 1 for number in range(readers)}
    assert left(desk) == []


def test_who_has_not_been_told_that_it_is_down_is_only_told_that_it_is_up_again() -> None:
    desk = a_list(30, 20)
    told(desk, Happening.OPENED)
    deliver(desk, clock(desk).now)
    knew = {to for to, what in sent(desk) if what == "outage_began"}
    assert len(knew) == 10
    clock(desk).forward(minutes=5)
    told(desk, Happening.ENDED)
    list(hours(desk, 5))
    by_reader: dict[str, list[str]] = {}
    for to, what in sent(desk):
        by_reader.setdefault(to, []).append(what)
    assert {to for to, whats in by_reader.items() if whats == ["outage_began", "outage_ended"]} == knew
    assert [whats for to, whats in by_reader.items() if to not in knew] == [["outage_ended"]] * 20
    assert left(desk) == []


def test_of_one_that_comes_and_goes_only_the_latest_word_leaves() -> None:
    desk = a_list(3, 20)
    waiting = replace(desk, options=replace(desk.options, mail_per_hour=0))
    for again in range(3):
        for what in (Happening.REOPENED if again else Happening.OPENED, Happening.ENDED):
            told(waiting, what, again)
            deliver(waiting, clock(desk).forward(minutes=2))
    told(desk, Happening.REOPENED, 3)
    list(hours(desk, 1))
    assert sorted(sent(desk)) == [(f"reader{number:03d}@acme.example", "outage_began") for number in range(3)]


@pytest.mark.parametrize(("readers", "hourly", "spells"), [(60, 10, 8), (300, 100, 6)])
def test_however_often_it_comes_and_goes_nobody_reads_of_it_twice_before_everybody_has_once(
    readers: int, hourly: int, spells: int
) -> None:
    desk = a_list(readers, hourly)
    for again in range(spells):
        told(desk, Happening.REOPENED if again else Happening.OPENED, again)
        for _ in range(25):
            deliver(desk, clock(desk).forward(minutes=2))
        told(desk, Happening.ENDED, again)
        deliver(desk, clock(desk).forward(minutes=5))
    to = [reader for reader, _ in sent(desk)]
    assert len(set(to[:readers])) == readers, "as many letters as readers, each to another one"


def test_an_end_that_was_overtaken_is_told_in_what_leaves_instead() -> None:
    desk = a_list(2, 20)
    facts: list[Mapping[str, object]] = []

    def written(letter: Letter) -> Mail:
        facts.append(letter.facts)
        return in_brief(letter)

    desk = replace(desk, write=written)
    waiting = replace(desk, options=replace(desk.options, mail_per_hour=0))
    began = [clock(desk).now + timedelta(minutes=10 * again) for again in range(3)]
    for again, first_bad in enumerate(began):
        spell = Outage(service="archive", number=1, last_good=None, first_bad=first_bad, last_bad=first_bad, again=again)
        ended = replace(spell, last_bad=first_bad + timedelta(minutes=1), first_good=first_bad + timedelta(minutes=2))
        for what, outage in ((Happening.REOPENED if again else Happening.OPENED, spell), (Happening.ENDED, ended)):
            outage_news.tell(waiting, what, outage, clock(desk).now, clock(desk).now)
            if again != 1:  # once, nothing is delivered in between
                deliver(waiting, clock(desk).forward(minutes=1))
    list(hours(desk, 1))
    assert len(facts) == 2 and left(desk) == []
    for each in facts:
        assert each["first_bad"] == stamp(began[2])
        spells = each["earlier"]
        assert isinstance(spells, list | tuple)
        assert [(spell["first_bad"], spell["first_good"]) for spell in spells] == [
            (stamp(at), stamp(at + timedelta(minutes=2))) for at in began[:2]
        ]


def test_a_letter_that_cannot_be_read_stops_no_other_and_is_shown() -> None:
    desk = a_list(5, 100)
    told(desk, Happening.OPENED)
    letters.work(desk, clock(desk).now, lambda: False)
    row = desk.rows.scan(Table.AGENDA, letters.SHARD, after="m|", before="m|~")[0]
    strange = replace(row, values={**row.values, **document.columns("doc", '{"kind": "of a later version"}')})
    desk.rows.commit(Table.AGENDA, letters.SHARD, [Upsert(strange)])
    deliver(desk, clock(desk).forward(minutes=15))
    assert len(sent(desk)) == 4
    [shown] = [row.values for _, row in agenda.every(desk, "f")]
    assert (shown["kind"], shown["ticket"]) == ("illegible", "letter")
    [later] = [key for key in left(desk) if "|letter|" in key]
    assert later > row.key, "it is tried again"


class Away(MemoryRows):
    """Storage that does not find outages, for a while."""

    is_away = False

    def get(self, table: Table, partition: str, key: str) -> Row | None:
        if self.is_away and partition == "outages":
            raise StorageUnavailable("away")
        return super().get(table, partition, key)


def test_storage_that_fails_among_letters_uses_up_none_of_the_quota() -> None:
    rows = Away()
    desk = a_list(30, 20, rows=rows)
    told(desk, Happening.OPENED)
    rows.is_away = True
    for _ in range(3):
        with suppress(StorageUnavailable):
            deliver(desk, clock(desk).forward(seconds=20))
    rows.is_away = False
    assert deliver(desk, clock(desk).forward(seconds=20)).sent == 10


def test_news_that_is_told_again_after_a_crash_overtakes_nothing() -> None:
    desk = a_list(1, 20)
    for what in (Happening.OPENED, Happening.ENDED, Happening.OPENED):  # the beginning is gone through once more
        told(desk, what)
    list(hours(desk, 1))
    assert [what for _, what in sent(desk)] == ["outage_ended"]


class Busy(MemoryMailer):
    """Takes nothing at first."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def send(self, mail: Mail) -> SentMail:
        if self.times:
            self.times -= 1
            raise MailPostponed("busy", retry_after_s=3000)
        return super().send(mail)


def test_a_letter_that_the_mail_service_put_off_does_not_leave_after_the_end_has() -> None:
    desk = a_list(1, 20, Busy(1))
    told(desk, Happening.OPENED)
    deliver(desk, clock(desk).now)
    assert sent(desk) == [] and len(left(desk)) == 1
    clock(desk).forward(minutes=5)
    told(desk, Happening.ENDED)
    list(hours(desk, 2))
    assert [what for _, what in sent(desk)] == ["outage_ended"] and left(desk) == []


def test_what_was_said_before_an_incident_was_resolved_does_not_leave_after_that() -> None:
    desk = a_list(1, 20)
    body = {"title": {"it": "Lento", "en": "Slow"}, "text": TEXT, "services": ["archive"], "phase": "investigating"}
    id = as_staff(desk, "carla", "POST", "/api/incidents", body).json["id"]

    def say(phase: str) -> None:
        clock(desk).forward(minutes=1)
        assert as_staff(desk, "carla", "POST", f"/api/incidents/{id}/entries", {"phase": phase, "text": TEXT}).status == 200

    say("identified")
    say("resolved")
    list(hours(desk, 1))
    assert len(sent(desk)) == 1, "the resolution alone"
    say("monitoring")  # opened again
    list(hours(desk, 1))
    assert len(sent(desk)) == 2 and left(desk) == []


def test_who_puts_right_earlier_words_takes_back_no_resolution() -> None:
    desk = a_list(1, 20)
    body = {"title": {"it": "Lento", "en": "Slow"}, "text": TEXT, "services": ["archive"], "phase": "investigating"}
    url = f"/api/incidents/{as_staff(desk, 'carla', 'POST', '/api/incidents', body).json['id']}/entries"
    list(hours(desk, 1))
    for more in ({}, {"corrects": 1}):
        clock(desk).forward(minutes=1)
        assert as_staff(desk, "carla", "POST", url, {"phase": "resolved", "text": TEXT, **more}).status == 200
    list(hours(desk, 1))
    assert len(sent(desk)) == 3, "the beginning, the resolution, and the correction"
    assert as_staff(desk, "carla", "POST", url, {"phase": "resolved", "text": TEXT}).status == 200
    assert as_staff(desk, "carla", "POST", url, {"phase": "monitoring", "text": TEXT, "corrects": 2}).status == 200
    list(hours(desk, 1))
    assert len(sent(desk)) == 4, "it was opened again: that it is over is not so any more"
    assert left(desk) == []


def test_the_most_urgent_leave_first_whatever_has_waited_longer() -> None:
    assert set(URGENCY) == set(LetterKind)
    desk = a_list(0, 8)
    kinds = [LetterKind.MAINTENANCE_ANNOUNCED, LetterKind.MAINTENANCE_CANCELLED, LetterKind.INCIDENT, LetterKind.OUTAGE_BEGAN]
    for kind in [*kinds, LetterKind.ALARM_RAISED]:
        at = clock(desk).forward(minutes=1)
        owed = [Letter(key=f"{kind}{n}", kind=kind, to=f"{n}@acme.example", language="it", at=at) for n in range(2)]
        letters.owe(desk, owed, at)
    deliver(desk, clock(desk).now)
    assert [what for _, what in sent(desk)] == ["alarm_raised"] * 2 + ["outage_began"] * 2
    list(hours(desk, 3))
    assert [what for _, what in sent(desk)][4:] == ["incident"] * 2 + ["maintenance_cancelled"] * 2 + [
        "maintenance_announced"
    ] * 2


def test_an_alarm_is_found_behind_thousands_of_other_letters() -> None:
    desk = a_list(0, 2)
    at = clock(desk).now
    many = [Letter(key=f"m{n}", kind=LetterKind.INCIDENT, to="a@acme.example", language="it", at=at) for n in range(1500)]
    letters.owe(desk, many, at)
    alarm = Letter(
        key="a", kind=LetterKind.ALARM_RAISED, to="carla@desk.example", language="it", at=clock(desk).forward(minutes=1)
    )
    letters.owe(desk, [alarm], clock(desk).now)
    deliver(desk, clock(desk).now)
    assert sent(desk) == [("carla@desk.example", "alarm_raised")]
