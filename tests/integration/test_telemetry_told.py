"""What the desk tells of itself, in the course of whole workflows: the events that are documented, with ids alone."""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from shared.actions import cases
from shared.actions.custody import access
from shared.actions.desk import Desk
from shared.actions.ports import Table, Upsert
from shared.actions.running import measuring, rounds, watchdog
from shared.adapters.memory import MemoryMailer, MemoryProber, MemoryPublisher, MemoryTelemetry
from shared.adapters.telemetry import LoggedTelemetry
from shared.domain import lifecycle
from shared.domain.contract import Catalogue
from shared.domain.errors import HookPostponed, MailPostponed, MailRefused
from shared.domain.notice import NoticeKind
from shared.domain.watch.service import Services
from tests.conftest import require
from tests.infra import kql
from tests.infra.events import documented
from tests.support import desks, reports
from tests.support.desks import OMAR, TICK_KEY, Clock, a_desk, rome, staff, taken_in, told
from tests.support.doors import as_staff, signed
from tests.support.watching import SERVICE

ROOT = Path(__file__).resolve().parents[2]
QUERIES = sorted((ROOT / "infra" / "queries").rglob("*.kql"))

SERVICES = Services(contract="zenshare-support", desk="ACME", services={"archive": replace(SERVICE, products=("zenshare-up",))})
TEXTS = ("Segreto della cliente", "Quale versione avete?", "Ci stiamo lavorando", "Il server di Anna", "NOSUCH AND SECRET")
HOOK = "https://hooks.example.org/x?token=t0ken"

type Told = list[tuple[str, dict[str, str | int | bool | None]]]


class Both:
    """ports.Telemetry. Remembers, and writes the lines that are relayed."""

    def __init__(self, memory: MemoryTelemetry) -> None:
        self.memory, self.lines = memory, LoggedTelemetry()

    def tell(self, event: str, /, *, is_warning: bool = False, **fields: str | int | bool | None) -> None:
        self.memory.tell(event, is_warning=is_warning, **fields)
        self.lines.tell(event, is_warning=is_warning, **fields)


@dataclass(frozen=True)
class Story:
    """What was told, the lines as the host relays them, and the words that none may hold."""

    told: Told
    lines: str
    words: Sequence[str]


class Telling:
    """A desk in two days of trouble: mail that is refused, put off, bounced; a broken ticket; an outage; a stalled timer."""

    def __init__(self) -> None:
        self.clock, self.memory = Clock(rome("2026-03-10 09:00")), MemoryTelemetry()
        self.mailer, self.publisher, self.prober = MemoryMailer(), MemoryPublisher(), MemoryProber()
        self.desk = a_desk(
            self.clock,
            mailer=self.mailer,
            publisher=self.publisher,
            prober=self.prober,
            services=SERVICES,
            telemetry=Both(self.memory),
        )

    def minutes(self, number: int, *names: str) -> None:
        for _ in range(number):
            rounds.run(self.desk, names or ("probe", "sweep", "deliver", "publish", "collect"), self.clock())
            self.clock.forward(minutes=1)

    def go(self) -> None:
        assert as_staff(self.desk, "carla", "POST", "/api/subscriptions", {"url": HOOK}).status == 201
        self.clock.forward(minutes=2)
        self._mail()
        self._work()
        self._refusals()
        self._outage()
        self.clock.forward(minutes=10)
        watchdog.tick(self.desk, self.clock(), TICK_KEY)
        measuring.measure(self.desk, self.clock())

    def _mail(self) -> None:
        self.mailer.fail_next(MailRefused("The mailbox anna@acme.example is unknown."))
        self.publisher.fail_next(HookPostponed("hooks.example.org said: Segreto della cliente"))
        taken_in(self.desk, subject=TEXTS[0], description=TEXTS[3])
        self.minutes(2)
        self.mailer.fail_next(MailPostponed("The quota for anna@acme.example is used up."))
        taken_in(self.desk, "w2")
        self.minutes(3)

    def _work(self) -> None:
        first = staff(self.desk, "ACME-1")
        first.acknowledge()
        first.classify("bug")
        first.prioritise(2)
        first.assign("omar")
        staff(self.desk, "ACME-1", OMAR).reply(TEXTS[2])
        staff(self.desk, "ACME-1", OMAR).hold(TEXTS[1])
        self.minutes(2)
        reports.report(self.desk, NoticeKind.QUESTION, "Bounced")
        self.minutes(2)
        self.clock.forward(days=2)
        self.minutes(2)
        staff(self.desk, "ACME-1", OMAR).resolve(TEXTS[2])
        staff(self.desk, "ACME-2").acknowledge()

    def _refusals(self) -> None:
        assert signed(self.desk, {"customer": TEXTS[4]}, id="refused").status >= 400
        assert as_staff(self.desk, "olga", "GET", "/api/tickets/ACME-1").status == 403
        taken_in(self.desk, "w3")
        head = self.desk.rows.get(Table.DESK, "ACME", cases.head_key(3))
        assert head is not None
        broken = {**head.values, "doc": f"not JSON, but anna@acme.example: {TEXTS[3]}"}
        self.desk.rows.commit(Table.DESK, "ACME", [Upsert(replace(head, values=broken))])
        assert as_staff(self.desk, "carla", "GET", "/api/tickets/ACME-3").status == 500
        self.minutes(1, "reconcile")
        blind = replace(self.desk, catalogue=_broken)
        assert as_staff(blind, "carla", "GET", "/api/tickets/ACME-1").status == 500
        self.desk.rows.commit(Table.DESK, "ACME", [Upsert(replace(head, etag=""))])

    def _outage(self) -> None:
        now = self.clock()
        self.prober.down("archive", now + timedelta(minutes=1), now + timedelta(minutes=9), detail="answered 503")
        self.minutes(14)


def _broken() -> Catalogue:
    raise ValueError(f"anna@acme.example has written: {TEXTS[3]}")


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    lines: list[str] = []

    class Relaying(logging.Handler):
        """As the worker's: it formats the record, and hands on the text."""

        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    root, handler = logging.getLogger(), Relaying()
    level = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    try:
        telling = Telling()
        telling.go()
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    yield Story(told=telling.memory.told, lines="\n".join(lines), words=_words())


def _words() -> Sequence[str]:
    """Of the staff the names are ids here; every address has an @."""
    people = [(person.name, person.email) for person in desks.SIGNED_IN if person.customer]
    request = desks.a_request()
    texts = (request.subject, request.description, request.contact.email, request.contact.name)
    return [
        *TEXTS,
        *texts,
        *(word for pair in people for word in pair if word),
        "@",
        "https://",
        "http://",
        "hooks.example",
        "t0ken",
    ]


def test_what_is_told_is_documented_with_exactly_its_fields(story: Story) -> None:
    found: dict[str, set[str]] = {}
    for event, fields in story.told:
        found.setdefault(event, set()).update(fields.keys() - {"is_warning"})
    assert found == documented()


def test_every_event_that_the_code_names_is_documented() -> None:
    told_of = re.compile(r"\b_?tell\(\s*(?:desk, )?\"(\w+\.\w+)\"")
    code = "\n".join(path.read_text() for folder in ("shared", "functions") for path in (ROOT / folder).rglob("*.py"))
    assert set(told_of.findall(code)) == documented().keys()


def test_nothing_of_anybodys_is_told_or_logged(story: Story) -> None:
    assert story.lines.count('{"event":') == len(story.told)
    leaks = [(word, line) for word in story.words for line in story.lines.splitlines() if word.lower() in line.lower()]
    assert leaks == []


def test_a_line_is_json_with_the_event_first(story: Story) -> None:
    lines = [line for line in story.lines.splitlines() if line.startswith('{"event":')]
    for line, (event, fields) in zip(lines, story.told, strict=True):
        assert json.loads(line) == {"event": event, **{name: value for name, value in fields.items() if name != "is_warning"}}
        assert line.startswith(f'{{"event":"{event}"')


CASTS = {"tolong": int, "toint": int, "todouble": int, "tostring": str}


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_reads_each_field_as_what_it_is(path: Path, story: Story) -> None:
    require(kql.is_installed(), "The parser of Kusto queries", "make setup")
    query = kql.ours()[path.relative_to(ROOT / "infra" / "queries").as_posix()]
    types: dict[str, set[type]] = {"event": {str}, "ticket": {str}, "kind": {str}}
    for event, fields in story.told:
        if event in query.events:
            for name, value in fields.items():
                types.setdefault(name, set()).update({type(value)} - {type(None)})
    for cast, name in query.casts:
        assert types[name] == {CASTS[cast]}, name


def test_warnings_are_what_somebody_should_see(story: Story) -> None:
    always = {
        "tick.ran",
        "notice.postponed",
        "notice.given_up",
        "request.quarantined",
        "outage.told",
        "access.refused",
        "fault.met",
    }
    never = {"desk.measured", "deadline.judged", "notice.sent"}
    for event, fields in story.told:
        assert event not in always or fields["is_warning"], event
        assert event not in never or not fields["is_warning"], event
    assert {fields["outcome"] == "failed" for event, fields in story.told if event == "timer.ran" and fields["is_warning"]} <= {
        True
    }


def test_a_fault_names_its_errors_and_where_they_were_raised(story: Story) -> None:
    faults = [fields for event, fields in story.told if event == "fault.met" and fields["work"] == "ticket_read"]
    assert [(fault["ticket"], fault["error"]) for fault in faults] == [(None, "JSONDecodeError"), (None, "ValueError")]
    assert "endpoint.py" in str(faults[0]["trace"]) and "decoder.py" in str(faults[0]["trace"])


def a_desk_at(text: str) -> Desk:
    return a_desk(Clock(rome(text)))


def judged(desk: Desk) -> list[tuple[object, ...]]:
    names = ("ticket", "promise", "round", "priority", "verdict", "late_s")
    return [tuple(fields[name] for name in names) for fields in told(desk, "deadline.judged")]


def test_a_promise_is_told_when_it_is_judged_and_not_before() -> None:
    desk = a_desk_at("2026-03-02 09:00")
    taken_in(desk)
    staff(desk, "ACME-1").classify("bug")
    assert judged(desk) == []
    clock = desk.clock
    assert isinstance(clock, Clock)
    clock.forward(minutes=30)
    staff(desk, "ACME-1").acknowledge()
    assert judged(desk) == [("ACME-1", "response", 1, None, "met", 0)]
    staff(desk, "ACME-1").prioritise(2)
    assert len(judged(desk)) == 1, "judged anew with the same outcome, it is not told again"


def test_what_is_not_promised_after_all_is_withdrawn_and_what_is_again_is_judged_again() -> None:
    desk = a_desk_at("2026-03-02 09:00")
    clock = desk.clock
    assert isinstance(clock, Clock)
    taken_in(desk)
    due_at = cases.load(desk, "ACME-1").ticket.clocks[0].due_at
    assert due_at is not None
    clock.now = due_at + timedelta(seconds=90)
    staff(desk, "ACME-1").acknowledge()
    assert judged(desk) == [("ACME-1", "response", 1, None, "missed", 90)]
    for classification in ("bug", "evolution", "bug"):
        staff(desk, "ACME-1").classify(classification)
    assert [each[4:] for each in judged(desk)] == [("missed", 90), ("withdrawn", 0), ("missed", 90)]


def test_a_commit_that_somebody_else_overtook_tells_nothing() -> None:
    desk = a_desk_at("2026-03-02 09:00")
    taken_in(desk)
    case = cases.load(desk, "ACME-1")
    staff(desk, "ACME-1").acknowledge()
    before = len(judged(desk))
    decision = lifecycle.acknowledge(case.ticket, cases.occasion(desk, case.ticket, desks.CARLA, desk.clock()))
    assert decision is not None
    assert cases.save(desk, case, decision, desk.clock()) is None
    assert len(judged(desk)) == before == 1


def test_who_may_not_see_is_told_by_a_token() -> None:
    desk = a_desk_at("2026-03-02 09:00")
    ticket = taken_in(desk)
    with pytest.raises(Exception, match="no ticket"):
        access.read(desk, ticket.id, desks.BRUNO, "ticket", desk.clock())
    [refused] = told(desk, "access.refused")
    assert str(refused["who"]).startswith("contact:") and "bruno" not in str(refused["who"])
