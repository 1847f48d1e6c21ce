"""A month of the desk, simulated on the memory store, every call of a port counted.

The timers are the real ones of functions/timers.py. A tick at which something is due is run; one at which nothing is due costs
what it costs (measured), times how often it comes. Requests are spread over working hours and each goes one of a few ordinary
ways. The watch is measured on a desk of its own, an hour around midnight, with an outage and without.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any, cast

from dev import demo
from dev.bench.counting import CountingBlobs, CountingMailReports, CountingRows
from dev.bench.desks import Clock, counted
from dev.bench.portal import a_body, signed
from dev.bench.watch import watched
from dev.ncrontab import Schedule
from shared import app
from shared.actions import intake
from shared.actions.custody import access
from shared.actions.lists import board
from shared.actions.ports import Rows, Table
from shared.actions.running import health, heartbeat
from shared.actions.tickets import Change
from shared.actions.watch import reading, timeline
from shared.adapters.memory import MemoryBlobs, MemoryMailer, MemoryMailReports, MemoryProber, MemoryPublisher
from shared.domain.listing import Filters
from shared.domain.mail import Mail, SentMail
from shared.domain.mail_report import DELIVERED, TYPE
from shared.domain.watch.service import NOTHING

BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""A Monday, 9:00 in Rome."""
OUTAGES = 4
KINDS: Mapping[str, str] = {"s": "sweep", "d": "sweep", "m": "sweep", "w": "sweep"}
"""Which timer works on which rows of the agenda."""

Wrap = Callable[[Rows], Rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution: of which timer, or "http"; what it asked of the stores; the mails it handed over."""

    name: str
    requests: float
    mails: float = 0


@dataclass(slots=True)
class Usage:
    """What a month came to. `calls` by what was asked of which store; `runs`: how many were like this."""

    tickets: int = 0
    days: int = 0
    mails: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    runs: Counter[Run] = field(default_factory=Counter)
    table_bytes: int = 0
    blob_bytes: int = 0
    looks: Counter[str] = field(default_factory=Counter)

    @property
    def executions(self) -> Counter[str]:
        """By the timers' names, and "http"."""
        found: Counter[str] = Counter()
        for run, number in self.runs.items():
            found[run.name] += number
        return found

    def of(self, kind: str) -> int:
        """Calls whose name begins so: "get", "scan", "commit", "blob"."""
        return sum(number for name, number in self.calls.items() if name.startswith(kind))


Timers = Mapping[str, tuple[Schedule, Callable[[object], object]]]


def timers() -> Timers:
    """Every timer there is, with its schedule: one that is added tomorrow is counted tomorrow."""
    from functions.timers import bp

    found = [builder._function for builder in bp._function_builders]
    return {
        str(each.get_function_name()): (Schedule(cast(Any, each.get_trigger()).schedule), each.get_user_function())
        for each in found
    }


def simulate(
    *,
    tickets: int = 1000,
    services: int = 20,
    days: int = 30,
    wrap: Wrap = lambda rows: rows,
    pace: Callable[[float], None] = lambda share: None,
) -> Usage:
    """`pace` is told again and again what share of the month is counted."""
    usage = Usage(tickets=tickets, days=days)
    _Month(usage, tickets, days, wrap).run(pace)
    _watch(usage, services, days)
    return usage


class ReportedMailer(MemoryMailer):
    """Each mail arrives, and Event Grid says so at once."""

    def __init__(self, reports: MemoryMailReports, clock: Clock) -> None:
        super().__init__()
        self._reports, self._clock = reports, clock

    def send(self, mail: Mail) -> SentMail:
        sent = super().send(mail)
        data = {"messageId": sent.operation_id, "status": DELIVERED, "deliveryAttemptTimestamp": self._clock.now.isoformat()}
        self._reports.put(json.dumps({"type": TYPE, "data": data}))
        return sent


class _Month:
    def __init__(self, usage: Usage, tickets: int, days: int, wrap: Wrap) -> None:
        self._usage, self._clock, self._timers = usage, Clock(BEGIN), timers()
        desk, self._rows, self._blobs = counted(None, self._clock)
        queue = MemoryMailReports()
        self._reports, self._mailer = CountingMailReports(queue), ReportedMailer(queue, self._clock)
        self._desk = replace(
            desk,
            rows=wrap(desk.rows),
            mailer=self._mailer,
            reports=self._reports,
            publisher=MemoryPublisher(),
            services=lambda: NOTHING,
        )
        self._until = BEGIN + timedelta(days=days)
        self._plan: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count()
        for number, at in enumerate(_working_moments(tickets, days)):
            self._at(at, partial(self._arrives, number))

    def run(self, pace: Callable[[float], None]) -> None:
        app.install(self._desk)
        idle = {name: self._idle(name) for name in self._timers if name not in ("probe", "judge", "reconcile")}
        while (moment := self._next()) < self._until:
            self._clock.now = moment
            pace((moment - BEGIN) / (self._until - BEGIN))
            if self._plan and self._plan[0][0] <= moment:
                self._execute("http", heappop(self._plan)[2])
                continue
            for name in sorted({KINDS[kind] for kind in KINDS if self._due(kind) <= moment}):
                self._execute(name, partial(self._timers[name][1], None))
        for name, (schedule, work) in self._timers.items():
            ticks = _ticks(schedule) * self._usage.days
            if name == "reconcile":
                for _ in range(ticks):
                    self._execute(name, partial(work, None))
            elif name in idle:
                _multiplied(self._usage, name, idle[name], max(0, ticks - self._usage.executions[name]))
        self._looks()
        self._usage.mails = len(self._mailer.sent)
        self._usage.table_bytes, self._usage.blob_bytes = _stored(self._rows), _bytes(self._blobs)

    def _next(self) -> datetime:
        """When something happens next: a person does it, or the tick comes at which a row is due."""
        planned = self._plan[0][0] if self._plan else self._until
        dues = [(timer, min(self._due(kind) for kind in KINDS if KINDS[kind] == timer)) for timer in set(KINDS.values())]
        return min([planned, *(self._tick(timer, due) for timer, due in dues)])

    def _tick(self, timer: str, due: datetime) -> datetime:
        if due >= self._until:
            return self._until
        return self._timers[timer][0].after(
            max(due, self._clock.now) - timedelta(microseconds=0 if due <= self._clock.now else 1)
        )

    def _due(self, kind: str) -> datetime:
        """When the first row of a kind is due; looked up behind the counters."""
        first = self._rows._inner.scan(Table.AGENDA, "00", after=f"{kind}|", before=f"{kind}|~", limit=1)
        return cast(datetime, first[0].values["at"]) if first else self._until

    def _idle(self, timer: str) -> Counter[str]:
        """What a tick costs at which nothing is due; the first also reads what the others find read."""
        for _ in range(2):
            before = self._calls()
            self._timers[timer][1](None)
        return self._calls() - before

    def _execute(self, where: str, work: Callable[[], object]) -> None:
        before, mailed = self._calls(), len(self._mailer.sent)
        work()
        spent = self._calls() - before
        _multiplied(self._usage, where, spent, 1, len(self._mailer.sent) - mailed)

    def _calls(self) -> Counter[str]:
        return _calls(self._rows, self._blobs, self._reports)

    def _at(self, moment: datetime, work: Callable[[], object]) -> None:
        heappush(self._plan, (moment, next(self._numbers), work))

    def _arrives(self, number: int) -> None:
        """A request comes in by the portal, and what will be done with it is put on the plan."""
        now, body = self._clock.now, a_body(f"{number}")
        headers = signed(f"m-{number}", body, int(now.timestamp()))
        ticket = intake.receive(self._desk, now, body=body, headers=headers, parse=_parsed).ticket.id
        late = number % 10 == 9  # nobody looks for two days: warned, missed, escalated
        at = now + (timedelta(days=2) if late else timedelta(minutes=20 + number % 30))
        for step in _way(number):
            self._at(at, partial(self._step, ticket, step))
            at += timedelta(hours=26) if step == "hold" else timedelta(minutes=4)

    def _step(self, ticket: str, step: str) -> None:
        desk, now = self._desk, self._clock.now
        who = demo.STAFF["omar" if step in ("reply", "hold", "resolve") else "carla"]
        change = Change(desk, now, actor=who, ticket=ticket)
        match step:
            case "list":
                page = board.open_requests(
                    desk,
                    now,
                    limit=50,
                    after=None,
                    filters=Filters(),
                    visible=lambda summary: access.access_to(desk, summary, who, now) is not None,
                )
                access.record_list(desk, who, page.tickets, "list", now)
            case "read":
                access.read(desk, ticket, who, "ticket", now)
            case "visit":
                access.read_by_link(desk, ticket, "ticket", now)
            case "classify":
                change.classify("bug")
            case "prioritise":
                change.prioritise(3)
            case "assign":
                change.assign("omar")
            case "acknowledge":
                change.acknowledge()
            case "reply":
                change.reply("Stiamo verificando.")
            case "hold":
                change.hold("Può inviarci un esempio?")
            case "resume":
                change.resume(None, "Ecco l'esempio.")
            case "resolve":
                change.resolve("La sequenza è stata ripristinata.")

    def _looks(self) -> None:
        """What a look from outside costs at the door it looks at."""
        doors: Mapping[str, Callable[[], object]] = {
            "health": lambda: health.check(self._desk, self._clock.now),
            "tick": lambda: heartbeat.heartbeats(self._desk),
            "status": lambda: (
                reading.recent(self._desk, self._clock.now),
                list(timeline.since(self._desk, self._clock.now - timedelta(days=90))),
            ),
        }
        for name, door in doors.items():
            before = self._calls()
            door()
            self._usage.looks[name] = (self._calls() - before).total()


def _way(number: int) -> tuple[str, ...]:
    """What is done with a request: three in ten are asked something back, all are seen by the staff and by the customer."""
    triage = ("list", "read", "acknowledge", "classify", "prioritise", "assign", "visit")
    asked = ("read", "hold", "visit", "resume") if number % 10 in (2, 5, 7) else ("read", "reply", "visit")
    return (*triage, *asked, "list", "read", "resolve", "visit")


def _working_moments(tickets: int, days: int) -> list[datetime]:
    """As evenly as can be over the working hours of the days, 9:00 to 17:00 in Rome (in winter time)."""
    working = [day for day in range(days) if (BEGIN + timedelta(days=day)).weekday() < 5]
    whole = timedelta(hours=8) * len(working)
    found = []
    for number in range(tickets):
        day, rest = divmod(whole * number / tickets, timedelta(hours=8))
        found.append(BEGIN + timedelta(days=working[day], seconds=int(rest.total_seconds())))
    return found


def _parsed(body: bytes, kind: str) -> intake.Request:
    """As the portal's door reads it."""
    from functions.intake import _parse

    return _parse(body, kind)


def _watch(usage: Usage, services: int, days: int) -> None:
    """Minutes of `probe` and `judge` as they ordinarily are, and what midnights and outages cost beside them."""
    quiet, idle = _hour(services, None)
    stormy, _ = _hour(services, "service-0001")
    for name, (schedule, _) in timers().items():
        if name in idle:
            _multiplied(usage, name, idle[name], _ticks(schedule) * days)
            midnight = quiet[name]
            _extra(usage, midnight, days)
            _extra(usage, stormy[name] - midnight, OUTAGES)


def _hour(services: int, failing: str | None) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
    """What an hour around midnight cost beyond ordinary runs, and the ordinary run, of each timer of the watch."""
    clock = Clock(datetime(2026, 3, 10, 22, 30, tzinfo=UTC))
    desk, rows, _ = counted(None, clock)
    blobs, prober, known = CountingBlobs(MemoryBlobs()), MemoryProber(), watched(services)
    reports = CountingMailReports(MemoryMailReports())
    if failing:
        prober.down(failing, clock.now + timedelta(minutes=5), clock.now + timedelta(minutes=15))
    app.install(replace(desk, blobs=blobs, prober=prober, services=lambda: known))
    runs: dict[str, list[Counter[str]]] = {"probe": [], "judge": []}
    works = {name: timers()[name][1] for name in runs}
    for minute in range(60):
        for name in ["probe"] + ["judge"] * (minute % 5 == 0):
            before = _calls(rows, blobs, reports)
            works[name](None)
            runs[name].append(_calls(rows, blobs, reports) - before)
        clock.now += timedelta(minutes=1)
    idle = {
        name: Counter(dict(Counter(tuple(sorted(run.items())) for run in each).most_common(1)[0][0]))
        for name, each in runs.items()
    }
    beyond = {}
    for name, each in runs.items():
        whole: Counter[str] = sum(each, Counter())
        beyond[name] = whole - Counter({call: number * len(each) for call, number in idle[name].items()})
    return beyond, idle


def _extra(usage: Usage, spent: Counter[str], times: int) -> None:
    for call, number in spent.items():
        usage.calls[call] += number * times


def _multiplied(usage: Usage, where: str, spent: Counter[str], times: int, mails: int = 0) -> None:
    _extra(usage, spent, times)
    usage.runs[Run(name=where, requests=spent.total(), mails=mails)] += times


def _ticks(schedule: Schedule) -> int:
    """How often a timer fires in a day."""
    number, moment, end = 0, BEGIN, BEGIN + timedelta(days=1)
    while (moment := schedule.after(moment)) <= end:
        number += 1
    return number


def _calls(rows: CountingRows, blobs: CountingBlobs, reports: CountingMailReports) -> Counter[str]:
    others = {"blob": blobs.by_call, "queue": reports.by_call}
    named = {f"{store} {call}": number for store, calls in others.items() for call, number in calls.items()}
    return rows.by_call + Counter(named)


def _stored(rows: CountingRows) -> int:
    partitions = cast(Any, rows._inner)._partitions.values()
    return sum(len(key) + len(str(dict(row.values))) for found in partitions for key, row in found.rows.items())


def _bytes(blobs: CountingBlobs) -> int:
    return sum(map(len, cast(Any, blobs._inner)._content.values()))
