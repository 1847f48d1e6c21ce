"""Letters to one address that several name, or that is both named and subscribed; what becomes of one cut off or illegible."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.actions import agenda, customers, document
from shared.actions.desk import Desk
from shared.actions.ports import Replace, Row, Table, Upsert, Write
from shared.actions.post.deliver import deliver
from shared.actions.status import letters, outage_news
from shared.adapters.memory import MemoryMailer, MemoryRows
from shared.domain.errors import MailPostponed, StorageUnavailable
from shared.domain.mail import Mail, SentMail
from shared.domain.people import Correspondent, Customer
from shared.domain.status.letter import Letter, LetterKind, News
from shared.domain.watch.outage import Outage
from shared.domain.watch.tally import Happening
from tests.integration.test_letters_in_time import BEGAN, a_list, clock, hours, left, sent
from tests.support.desks import in_brief

NOC = Correspondent(name="NOC", email="noc@msp.example", language="it")


def named(desk: Desk, customer: str, *notify: Correspondent) -> Customer:
    """The customer, who names these from now on."""
    found, etag = customers.find(desk, customer)
    found = replace(found, notify=notify)
    desk.rows.commit(Table.DESK, customer, [Replace(customers.customer_row(found, etag))])
    return found


def told(desk: Desk, what: Happening, holders: Sequence[Customer], again: int = 0) -> None:
    now = clock(desk).now
    first_bad, first_good = BEGAN + timedelta(hours=again), now if what is Happening.ENDED else None
    outage = Outage(
        service="archive", number=1, last_good=None, first_bad=first_bad, last_bad=now, first_good=first_good, again=again
    )
    outage_news.tell(desk, what, outage, now, now, holders)


def without_mail(desk: Desk) -> Desk:
    return replace(desk, options=replace(desk.options, mail_per_hour=0))


def noting(desk: Desk, facts: list[Letter]) -> Desk:
    def written(letter: Letter) -> Mail:
        facts.append(letter)
        return in_brief(letter)

    return replace(desk, write=written)


def spells(letter: Letter) -> list[object]:
    found = letter.facts.get("earlier", ())
    assert isinstance(found, list | tuple)
    return [each["first_bad"] for each in found]


def test_an_address_that_two_customers_name_is_told_for_each_of_them_that_it_is_up_again() -> None:
    desk = a_list(1, 20)
    holders = [named(desk, each, NOC) for each in ("ACME", "BETA")]
    waiting = without_mail(desk)
    told(waiting, Happening.OPENED, holders)
    deliver(waiting, clock(desk).forward(minutes=1))
    clock(desk).forward(minutes=2)
    told(waiting, Happening.ENDED, holders)
    list(hours(desk, 2))
    assert Counter(sent(desk)) == {("noc@msp.example", "outage_ended"): 2, ("reader000@acme.example", "outage_ended"): 1}
    assert left(desk) == []


def test_an_address_that_a_customer_names_twice_is_told_once() -> None:
    desk = a_list(0, 20)
    holders = [named(desk, "ACME", NOC, NOC)]
    told(desk, Happening.OPENED, holders)
    list(hours(desk, 1))
    assert sent(desk) == [("noc@msp.example", "outage_began")]


def test_two_letters_that_overtake_the_same_one_remove_it_once() -> None:
    desk = a_list(0, 20)
    now, unless = clock(desk).now, ("outages", "told|archive.1|0001")

    def one(key: str, *unless: str) -> Letter:
        return Letter(
            key=key, kind=LetterKind.INCIDENT, to="a@acme.example", language="it", at=now, unless=unless, about="archive.1"
        )

    letters.owe(desk, [one("first", *unless)], now)
    desk.rows.commit(Table.WATCH, unless[0], [Upsert(Row(key=unless[1], values={"at": now}))])
    letters.owe(desk, [one("second"), one("third"), one("third"), one("first")], now)
    assert len(left(desk)) == 2


def test_a_subscriber_loses_nothing_by_having_been_named_as_well() -> None:
    facts: list[Letter] = []
    desk = noting(a_list(1, 20), facts)
    waiting = without_mail(desk)
    holders = [named(desk, "ACME", Correspondent(name="R", email="reader000@acme.example", language="it"))]
    for again in range(2):
        for what in (Happening.REOPENED if again else Happening.OPENED, Happening.ENDED):
            told(waiting, what, holders, again)
            deliver(waiting, clock(desk).forward(minutes=2))
    named(desk, "ACME")
    list(hours(desk, 2))
    [letter] = facts
    assert letter.is_subscribed and len(spells(letter)) == 1, "the end that was overtaken"


class Cut(MemoryRows):
    """Fails once, at a commit to a table after so many that went well."""

    table = Table.AGENDA
    after: int | None = None

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        if table is self.table and self.after is not None:
            self.after -= 1
            if self.after < 0:
                self.after = None
                raise StorageUnavailable("cut off")
        super().commit(table, partition, writes)


def test_news_is_owed_whatever_becomes_of_the_letters_to_named_people() -> None:
    rows = Cut()
    desk = a_list(2, 20, rows=rows)
    holders = [named(desk, "ACME", NOC)]
    rows.after = 1
    with pytest.raises(StorageUnavailable):
        told(desk, Happening.OPENED, holders)
    list(hours(desk, 1))
    assert len(sent(desk)) == 2, "the subscribers"


def test_news_that_was_never_marked_as_told_does_not_leave() -> None:
    rows = Cut()
    desk = a_list(2, 20, rows=rows)
    rows.table, rows.after = Table.WATCH, 0
    with pytest.raises(StorageUnavailable):
        told(desk, Happening.OPENED, [])
    list(hours(desk, 1))
    assert sent(desk) == [] and left(desk) == []


@pytest.mark.parametrize("after", range(4))
def test_a_reader_is_owed_something_wherever_replacing_their_letters_is_cut_off(after: int) -> None:
    rows = Cut()
    desk = a_list(60, 20, rows=rows)
    waiting = without_mail(desk)
    over = ("timeline", "resolution|x|0001")

    def say(number: int, *unless: str) -> None:
        now = clock(desk).now
        letters.tell(
            desk,
            News(key=f"incident:x:{number}", kind=LetterKind.INCIDENT, at=now, facts={}, unless=unless, about="incident.x"),
            now,
        )

    for number in range(2):
        say(number, *over)
        deliver(waiting, clock(desk).forward(minutes=1))
    desk.rows.commit(Table.WATCH, over[0], [Upsert(Row(key=over[1], values={"at": clock(desk).now}))])
    say(2)
    rows.after = after
    deliver_or_not(waiting, clock(desk).forward(minutes=1))
    owed = [letter for _, row in agenda.every(desk, "m") if (letter := letters._read(row)) is not None]
    assert len({letter.to for letter in owed}) == 60
    turns = Counter(letter.key.rpartition(":")[2] for letter in owed)
    assert max(turns.values()) <= 2
    deliver_or_not(waiting, clock(desk).forward(minutes=30))
    moments = {letters._moment(row) for _, row in agenda.every(desk, "m")}
    assert len(moments) == 1, "nobody has lost their turn"


def deliver_or_not(desk: Desk, now: datetime) -> None:
    try:
        deliver(desk, now)
    except StorageUnavailable:
        pass


def broken(desk: Desk, change: Callable[[str], str]) -> None:
    """Makes the one letter that is owed one that this program cannot read."""
    [row] = [row for _, row in agenda.every(desk, "m")]
    doc = change(document.joined("doc", row.values))
    values = {**row.values, **document.columns("doc", doc)}
    desk.rows.commit(Table.AGENDA, letters.SHARD, [Upsert(Row(key=row.key, values=values))])


def owing(desk: Desk, named_by: str) -> None:
    now = clock(desk).now
    to = "reader000@acme.example"
    letters.owe(desk, [Letter(key="k", kind=LetterKind.INCIDENT, to=to, language="it", at=now, named_by=named_by)], now)


def theirs(letter: Letter) -> bool:
    return (letter.is_subscribed or letter.named_by == "ACME") and letter.to == "reader000@acme.example"


@pytest.mark.parametrize(("named_by", "gone"), [("ACME", True), ("BETA", False)])
def test_a_letter_of_a_later_version_is_withdrawn_by_whom_it_is_to(named_by: str, gone: bool) -> None:
    desk = a_list(0, 20)
    owing(desk, named_by)
    broken(desk, lambda doc: doc.replace('"incident"', '"postmortem"'))
    assert letters.withdraw(desk, theirs, clock(desk).now) == gone
    assert (left(desk) == []) is gone


def test_a_letter_that_does_not_say_why_it_is_sent_is_withdrawn_by_its_address() -> None:
    desk = a_list(0, 20)
    owing(desk, "ACME")
    broken(desk, lambda doc: '{"kind": "postmortem", "to": "reader000@acme.example"}')
    assert letters.withdraw(desk, theirs, clock(desk).now) == 1 and left(desk) == []


@pytest.mark.parametrize("doc", ["{", "[]", '{"kind": "of a later version"}', '{"to": 7}'])
def test_nothing_is_said_to_be_withdrawn_while_a_letter_does_not_show_whom_it_is_to(doc: str) -> None:
    desk = a_list(0, 20)
    owing(desk, "ACME")
    broken(desk, lambda _: doc)
    with pytest.raises(StorageUnavailable):
        letters.withdraw(desk, theirs, clock(desk).now)


class Interrupted(MemoryMailer):
    """Something happens while the first mail of an end is being sent, which the mail service then puts off."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], None] | None = None

    def send(self, mail: Mail) -> SentMail:
        if (meanwhile := self.meanwhile) is not None:
            self.meanwhile = None
            meanwhile()
            raise MailPostponed("busy")
        return super().send(mail)


def test_an_end_that_was_leaving_when_it_came_back_and_did_not_is_told_with_that() -> None:
    facts: list[Letter] = []
    mailer = Interrupted()
    desk = noting(a_list(0, 20, mailer), facts)
    holders = [named(desk, "ACME", NOC)]
    told(desk, Happening.OPENED, holders)
    deliver(desk, clock(desk).now)
    clock(desk).forward(minutes=5)
    told(desk, Happening.ENDED, holders)
    mailer.meanwhile = lambda: told(desk, Happening.REOPENED, holders, 1)
    deliver(desk, clock(desk).now)
    list(hours(desk, 1))
    assert [what for _, what in sent(desk)] == ["outage_began", "outage_began"]
    assert len(spells(facts[-1])) == 1 and left(desk) == []
