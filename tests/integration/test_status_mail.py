"""News of the services by mail: asked for, confirmed, sent once, ended; whatever crashes, and nobody learns who is subscribed."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode, urlsplit

import pytest

from shared.actions import agenda
from shared.actions.desk import Desk, Options
from shared.actions.ports import Blobs, Insert, Row, Rows, Table, Write
from shared.actions.post.deliver import deliver
from shared.actions.running import failures
from shared.actions.status import letters, outage_news, subscribed
from shared.adapters.memory import MemoryMailer, MemoryRows
from shared.domain.errors import MailPostponed, MailRefused
from shared.domain.mail import Mail, SentMail
from shared.domain.status.letter import Letter, LetterKind, News
from shared.domain.status.subscriber import HOURLY
from shared.domain.watch.outage import Outage
from shared.domain.watch.tally import Happening
from shared.web.status.letters import Letters
from tests.support.desks import LINKS, Clock, a_desk, rome, taken_in
from tests.support.doors import Answer, as_staff, ask
from tests.support.monitor import watched
from tests.support.watching import SERVICE

FORM = {"content-type": "application/x-www-form-urlencoded"}
ANNA = "Anna@acme.example"


@pytest.fixture
def desk(empty_store: tuple[Rows, Blobs]) -> Desk:
    write = Letters(links=LINKS, public_url="https://desk.example").render
    start = Clock(rome("2026-03-10 20:00"))
    return a_desk(start, rows=empty_store[0], blobs=empty_store[1], services=watched(SERVICE), write=write)


def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


def sent(desk: Desk) -> list[Mail]:
    """What leaves now."""
    assert isinstance(desk.mailer, MemoryMailer)
    before = len(desk.mailer.sent)
    deliver(desk, desk.clock())
    return list(desk.mailer.sent)[before:]


def posted(desk: Desk, url: str, **fields: str) -> Answer:
    return ask(desk, "POST", url, headers=FORM, body=urlencode(fields).encode())


def asked(desk: Desk, email: str = ANNA, lang: str = "it") -> Answer:
    return posted(desk, "/api/status/subscribers", email=email, lang=lang)


def link_in(mail: Mail) -> str:
    [link] = re.findall(r"https://desk\.example(/api/status/subscribers/confirmation\S+)", mail.text)
    return str(link)


def button(desk: Desk, url: str) -> Answer:
    """The page that a link opens, and then its button."""
    page = ask(desk, "GET", url)
    assert page.status == 200, page.body
    html = page.body.decode()
    fields = {name: value.replace("&amp;", "&") for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', html)}
    return posted(desk, re.findall(r'action="([^"]+)"', html)[0], **fields)


def subscribe(desk: Desk, email: str = ANNA, lang: str = "it") -> None:
    asked(desk, email, lang)
    [mail] = sent(desk)
    assert button(desk, link_in(mail)).status == 200


def news(desk: Desk, key: str = "n1") -> None:
    facts = {"services": [{"it": "A", "en": "A"}]}
    letters.tell(desk, News(key=key, kind=LetterKind.OUTAGE_BEGAN, at=desk.clock(), facts=facts), desk.clock())


def test_an_address_is_written_to_once_it_has_been_confirmed_and_in_its_language(desk: Desk) -> None:
    assert asked(desk, lang="en").status == 200
    news(desk)
    [mail] = sent(desk)
    assert mail.to == ANNA and mail.subject.startswith("Confirm your subscription")
    link = link_in(mail)
    ask(desk, "GET", link)  # a scanner of mail looks at it: nothing is confirmed by that
    news(desk, "n2")
    assert sent(desk) == []
    assert [row.key for _, row in agenda.every(desk, "m") if "|letter|" in row.key] == []
    assert "Subscription confirmed" in button(desk, link).body.decode()
    news(desk, "n3")
    [told] = sent(desk)
    assert told.subject == "Interruption: A" and told.to == ANNA


def test_every_answer_is_the_same_whatever_is_known_of_the_address(desk: Desk) -> None:
    unknown = asked(desk, "nobody@acme.example")
    subscribe_first = asked(desk)
    sent(desk)
    again_at_once = asked(desk)
    clock(desk).forward(hours=2)
    subscribe(desk)
    clock(desk).forward(hours=2)
    known = asked(desk)
    assert {(a.status, a.body) for a in (unknown, subscribe_first, again_at_once, known)} == {(200, unknown.body)}
    [mail] = sent(desk)
    assert "Li riceve già" in mail.text and "confirmation" not in mail.text
    strange = posted(desk, "/api/status/subscribers/unsubscription", token="nobody's")
    assert strange.status == 200 and strange.body == button(desk, urlsplit(unsubscription(mail)).geturl()).body


def unsubscription(mail: Mail) -> str:
    return mail.headers["List-Unsubscribe"].strip("<>").removeprefix("https://desk.example")


def test_an_address_is_asked_once_an_hour_whoever_wants_it(desk: Desk) -> None:
    for _ in range(5):
        asked(desk)
        clock(desk).forward(minutes=10)
    assert len(sent(desk)) == 1
    clock(desk).forward(minutes=11)
    asked(desk, "Anna@ACME.example")
    assert len(sent(desk)) == 1


def asked_from(desk: Desk, network: str, number: int) -> int:
    body = urlencode({"email": f"a{number}@{network.replace(':', '-')}.example", "lang": "it"}).encode()
    said = f"198.51.100.1, {network}"  # what the caller says, and what the platform adds
    return ask(desk, "POST", "/api/status/subscribers", headers={**FORM, "x-forwarded-for": said}, body=body).status


def test_one_network_uses_up_half_of_an_hour_and_five_all_of_it(desk: Desk) -> None:
    """Each may take half of what the others have left: 10, 5, 3, 1, 1."""
    places = ["203.0.113.{}", "192.0.2.{}", "[2001:db8:1::{}]", "[2001:db8:2:0:{}::]", "198.18.0.{}", "198.18.1.{}"]
    taken = [[asked_from(desk, place.format(number), number) for number in range(1, 13)].count(200) for place in places]
    assert taken == [10, 5, 3, 1, 1, 0] and sum(taken) == HOURLY
    clock(desk).forward(hours=1)
    assert asked(desk).status == 200


def test_where_the_platform_does_not_say_from_where_all_are_one_network(desk: Desk) -> None:
    answers = [asked(desk, f"a{number}@acme.example").status for number in range(HOURLY // 2 + 1)]
    assert answers == [200] * (HOURLY // 2) + [429]


def test_what_was_counted_names_no_network_and_is_forgotten_with_the_next_hour(desk: Desk) -> None:
    for hour in range(3):
        assert asked_from(desk, "203.0.113.9", hour) == 200
        clock(desk).forward(hours=1)
    [row] = desk.rows.scan(Table.WATCH, subscribed.PARTITION, after="h|", before="h|~")
    assert row.values["count"] == 1 and "203" not in str(row.values["networks"])


class Racing(MemoryRows):
    """Lets somebody else in just before a commit in the partition of the subscribers."""

    others: list[Callable[[], object]] = []

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        if self.others and partition == subscribed.PARTITION:
            self.others.pop()()
        super().commit(table, partition, writes)


@pytest.mark.parametrize(
    "others", [["bob@acme.example"], ["bob@acme.example", "eve@acme.example"], [ANNA], [ANNA, "bob@acme.example"]]
)
def test_two_who_ask_at_the_same_moment_are_both_written_to(others: list[str]) -> None:
    rows = Racing()
    write = Letters(links=LINKS, public_url="https://desk.example").render
    desk = a_desk(Clock(rome("2026-03-10 20:00")), rows=rows, services=watched(SERVICE), write=write)
    rows.others = [partial(asked, desk, email) for email in others]
    assert asked(desk).status == 200
    assert Counter(mail.to for mail in sent(desk)) == Counter({ANNA, *others})
    [row] = desk.rows.scan(Table.WATCH, subscribed.PARTITION, after="h|", before="h|~")
    assert row.values["count"] == len(others) + 1


@pytest.mark.parametrize("email", ["", "anna", "anna@acme", "a b@acme.example", "anna@acme.example\r\nBcc: x@y.z"])
def test_what_is_no_address_is_not_written_to(desk: Desk, email: str) -> None:
    assert asked(desk, email).status == 422
    assert sent(desk) == []


def test_a_link_confirms_for_two_days_and_then_the_address_is_forgotten(desk: Desk) -> None:
    asked(desk)
    link = link_in(sent(desk)[0])
    clock(desk).forward(days=2)
    assert ask(desk, "GET", link).status == 404
    sent(desk)
    assert desk.rows.scan(Table.WATCH, subscribed.PARTITION, after="t|", before="t|~") == []


def test_whoever_confirmed_is_not_forgotten(desk: Desk) -> None:
    subscribe(desk)
    clock(desk).forward(days=3)
    sent(desk)
    assert len(desk.rows.scan(Table.WATCH, subscribed.PARTITION, after="t|", before="t|~")) == 1


@pytest.mark.parametrize("part", ["token", "until", "key"])
def test_a_link_that_was_changed_confirms_nothing(desk: Desk, part: str) -> None:
    asked(desk)
    link = link_in(sent(desk)[0])
    changed = re.sub(rf"({part}=[^&]*)(\d)", lambda m: f"{m[1]}{9 - int(m[2])}", link, count=1)
    assert changed != link
    assert ask(desk, "GET", changed).status == 404
    fields = dict(re.findall(r"[?&](\w+)=([^&]*)", changed))
    assert posted(desk, "/api/status/subscribers/confirmation", **fields).status == 404


def test_one_click_of_a_mail_program_ends_it(desk: Desk) -> None:
    subscribe(desk)
    news(desk)
    [mail] = sent(desk)
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = unsubscription(mail)
    assert ask(desk, "POST", url, headers=FORM, body=b"List-Unsubscribe=One-Click").status == 200
    assert desk.rows.scan(Table.WATCH, subscribed.PARTITION, after="t|", before="t|~") == []
    assert ask(desk, "POST", url, headers=FORM, body=b"List-Unsubscribe=One-Click").status == 200


def test_whoever_ends_it_gets_no_letter_that_was_owed_already(desk: Desk) -> None:
    subscribe(desk)
    news(desk)
    slow = replace(desk, options=replace(desk.options, mail_per_minute=0))
    assert sent(slow) == []
    [row] = desk.rows.scan(Table.WATCH, subscribed.PARTITION, after="t|", before="t|~")
    token = LINKS.seal(f"status:subscriber:{ANNA}")
    posted(desk, "/api/status/subscribers/unsubscription", token=token)
    clock(desk).forward(minutes=5)
    assert row and sent(desk) == []


def test_the_store_knows_no_link(desk: Desk) -> None:
    subscribe(desk)
    token = LINKS.seal(f"status:subscriber:{ANNA}")
    everything = [desk.rows.scan(Table.WATCH, subscribed.PARTITION), desk.rows.scan(Table.AGENDA, "00")]
    assert token not in repr(everything)


def test_news_is_told_once_however_often_it_is_owed(desk: Desk) -> None:
    subscribe(desk)
    began = rome("2026-03-10 19:59")
    outage = Outage(service="archive", number=1, last_good=None, first_bad=began, last_bad=began)
    for _ in range(2):
        outage_news.tell(desk, Happening.OPENED, outage, clock(desk).now, clock(desk).now)
    assert [mail.subject for mail in sent(desk)] == ["Interruzione: Archivio"]
    outage_news.tell(desk, Happening.OPENED, outage, clock(desk).now, clock(desk).now)
    assert sent(desk) == []


def test_what_is_not_public_is_told_to_nobody(desk: Desk) -> None:
    subscribe(desk)
    hidden = replace(desk, services=lambda: watched(replace(SERVICE, is_public=False)))
    outage = Outage(service="archive", number=1, last_good=None, first_bad=clock(desk).now, last_bad=clock(desk).now)
    outage_news.tell(hidden, Happening.OPENED, outage, clock(desk).now, clock(desk).now)
    assert sent(desk) == []


def test_an_incident_is_told_in_the_readers_language_entry_by_entry(desk: Desk) -> None:
    subscribe(desk)
    body = {"title": {"it": "Lento", "en": "Slow"}, "text": {"it": "Cerchiamo.", "en": "We look."}, "services": ["archive"]}
    made = as_staff(desk, "carla", "POST", "/api/incidents", body)
    [mail] = sent(desk)
    assert mail.subject == "Lento – Verifica in corso" and "Cerchiamo." in mail.text and "We look" not in mail.text
    as_staff(desk, "carla", "POST", f"/api/incidents/{made.json['id']}/entries", {"phase": "resolved", "text": body["text"]})
    assert [mail.subject for mail in sent(desk)] == ["Lento – Risolta"]


def a_letter(desk: Desk, **changes: object) -> Letter:
    values = {"key": "l1", "kind": LetterKind.MAINTENANCE_ANNOUNCED, "to": ANNA, "language": "it", "at": desk.clock(), **changes}
    return Letter(**values)  # type: ignore[arg-type]


def test_a_letter_without_its_proof_waits_and_is_dropped_after_the_grace_period(desk: Desk) -> None:
    letters.owe(desk, [a_letter(desk, proof=("timeline", "x")), a_letter(desk, key="l2", proof=("timeline", "y"))], desk.clock())
    assert sent(desk) == []
    desk.rows.commit(Table.WATCH, "timeline", [Insert(Row(key="x", values={"at": desk.clock()}))])
    assert len(sent(desk)) == 1
    clock(desk).forward(minutes=11)
    assert sent(desk) == [] and [row for _, row in agenda.every(desk, "m")] == []


class Faulty(MemoryMailer):
    def __init__(self, *faults: Exception) -> None:
        super().__init__()
        self.faults = list(faults)

    def send(self, mail: Mail) -> SentMail:
        if self.faults:
            raise self.faults.pop(0)
        return super().send(mail)


def test_a_letter_that_was_postponed_goes_later_and_once(desk: Desk) -> None:
    trouble = replace(desk, mailer=Faulty(MailPostponed("busy")))
    letters.owe(trouble, [a_letter(desk)], desk.clock())
    assert sent(trouble) == [] and deliver(trouble, desk.clock()).due == 0
    clock(desk).forward(hours=1)
    assert len(sent(trouble)) == 1 and sent(trouble) == []


def test_a_letter_that_was_refused_is_shown_for_a_day_without_the_address(desk: Desk) -> None:
    trouble = replace(desk, mailer=Faulty(MailRefused("no such box")))
    letters.owe(trouble, [a_letter(desk)], desk.clock())
    assert deliver(trouble, desk.clock()).failed == 1
    [shown] = failures.given_up_notices(trouble)
    assert ANNA not in repr(shown) and "maintenance_announced" in repr(shown)
    clock(desk).forward(days=1)
    deliver(trouble, desk.clock())
    assert failures.given_up_notices(trouble) == []


def test_tickets_go_first_and_letters_leave_half_of_the_hour_to_them(desk: Desk) -> None:
    few = replace(desk, options=Options(public_url="https://desk.example", mail_per_minute=10, mail_per_hour=10))
    letters.owe(few, [a_letter(desk, key=f"l{number}") for number in range(9)], desk.clock())
    taken_in(few)
    mails = sent(few)
    assert [mail.to for mail in mails[:2]] == ["carla@desk.example", "anna@acme.example"] or len(mails) == 5
    assert len(mails) == 5  # two of the ticket, three letters; five are left for what is more urgent
    assert not any(mail.to == ANNA for mail in mails[:2])


def test_two_senders_at_once_send_it_once(desk: Desk) -> None:
    letters.owe(desk, [a_letter(desk)], desk.clock())
    outer: list[int] = []

    class Nested(MemoryMailer):
        def send(self, mail: Mail) -> SentMail:
            outer.append(letters.work(desk, desk.clock()).sent)  # another run, while this one is sending
            return super().send(mail)

    assert letters.work(replace(desk, mailer=Nested()), desk.clock()).sent == 1
    assert outer == [0]
    clock(desk).forward(minutes=10)
    assert letters.work(desk, clock(desk).now + timedelta(0)).due == 0
