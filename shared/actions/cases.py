"""Loading a ticket and saving what was decided about it: the write protocol, in one place.

    agenda rows first  ->  one entity group transaction in the customer's partition  ->  reply

The transaction holds the head (by ETag), the events, the texts, the notices and the keys that make the effect happen once. A
crash before it leaves agenda rows that point to nothing; a crash after it leaves nothing undone that the agenda does not know.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.actions import agenda, codec, document
from shared.actions.desk import Desk
from shared.actions.lists import places
from shared.actions.ports import Delete, Insert, Replace, Row, Table, Upsert, Value, Write
from shared.domain import due_work
from shared.domain.conclusion import Occasion
from shared.domain.contract import Contract
from shared.domain.errors import Conflict, InvalidInput, NotFound, RowTooLarge, StaleVersion, StorageUnavailable
from shared.domain.evidence import Event, stamp
from shared.domain.notice import Notice
from shared.domain.people import SYSTEM, Principal
from shared.domain.ticket import Content, Decision, State, Ticket, parse_ticket_id
from shared.domain.verdict import verdicts

ATTEMPTS = 100
"""How often a change is decided anew when others keep writing first. Each round lets at least one writer through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A ticket as it was read, with the ETag that only this state of it has."""

    ticket: Ticket
    etag: str


def ticket_in(row: Row) -> Ticket:
    return codec.loaded(Ticket, document.joined("doc", row.values))


def head_key(number: int) -> str:
    return f"ticket:{number:06d}"


def load(desk: Desk, id: str) -> Case:
    """The ticket of that number. NotFound when there is none."""
    customer, number = parse_ticket_id(id)
    row = desk.rows.get(Table.DESK, customer, head_key(number))
    if row is None:
        raise NotFound(f"There is no ticket {id}.")
    return Case(ticket=ticket_in(row), etag=row.etag)


def contract_of(desk: Desk, ticket: Ticket) -> Contract:
    """The contract version frozen on the ticket."""
    return desk.catalogue().version(ticket.contract, ticket.contract_version)


def occasion(desk: Desk, ticket: Ticket, actor: Principal, now: datetime) -> Occasion:
    return Occasion(contract=contract_of(desk, ticket), directory=desk.directory(now), actor=actor, now=now)


def change(
    desk: Desk,
    id: str,
    decide: Callable[[Ticket], Decision | None],
    now: datetime,
    *,
    also: Sequence[Write] | Callable[[Ticket], Sequence[Write]] = (),
    if_match: int | None = None,
) -> Ticket:
    """Loads, decides, saves; when somebody else wrote first, loads and decides again. Returns the ticket as it stands.

    What has fallen due by itself happens first: a deadline that passed a moment before it was met is still recorded as broken.
    `decide` may return None for "nothing to do". `also` goes into the same transaction; it may follow from the ticket as it was
    read. `if_match`: the revision the caller has seen; StaleVersion, with the ticket, when it is another by now.
    """
    for _ in range(ATTEMPTS):
        case = load(desk, id)
        if if_match is not None and case.ticket.revision != if_match:
            at = f"{id} is at revision {case.ticket.revision}"
            raise StaleVersion(f"{at}, which is not the one you have seen; look at it again.", ticket=case.ticket)
        overdue = due_work.overdue_work(case.ticket, occasion(desk, case.ticket, SYSTEM, now))
        if overdue is not None:
            if save(desk, case, overdue, now, is_awake=True) and if_match is not None:
                if_match += 1
            continue
        decision = decide(case.ticket)
        if decision is None:
            return case.ticket
        saved = save(desk, case, decision, now, also=also(case.ticket) if callable(also) else also)
        if saved is not None:
            return saved
    raise StorageUnavailable(f"Too many others are changing {id}; try again in a moment.")


def settled(desk: Desk, id: str, now: datetime) -> Case:
    """A ticket on which nothing is overdue, for whoever decides about several at once."""
    change(desk, id, lambda ticket: None, now)
    return load(desk, id)


def save(
    desk: Desk, case: Case | None, decision: Decision, now: datetime, *, also: Sequence[Write] = (), is_awake: bool = False
) -> Ticket | None:
    """The ticket as it stands when the decision is in. None: somebody else wrote first and nothing was written.

    `is_awake`: see `agenda`.
    """
    saved = save_together(desk, [(case, decision)], now, also=also, is_awake=is_awake)
    return saved[0] if saved else None


def save_together(
    desk: Desk,
    decided: Sequence[tuple[Case | None, Decision]],
    now: datetime,
    *,
    also: Sequence[Write] = (),
    is_awake: bool = False,
) -> list[Ticket]:
    """The same for several tickets of one customer: every decision is in, or none is, and the list is empty."""
    moved: list[tuple[Ticket | None, Ticket]] = []
    writes: list[Write] = []
    for case, decision in decided:
        before = case.ticket if case else None
        after = places.placed(before, decision.ticket)
        moved.append((before, after))
        writes += writes_of(case, decision)
        agenda.plan(desk, after, agenda.planned_writes(desk, before, after, decision.notices, now, is_awake=is_awake))
    try:
        desk.rows.commit(Table.DESK, moved[0][1].customer, [*writes, *also])
    except (Conflict, RowTooLarge, InvalidInput) as refused:
        for before, after in moved:
            take_back(desk, before, after, now)
        if isinstance(refused, Conflict):
            return []
        raise
    for before, after in moved:
        _tell(desk, before, after)
    return [after for _, after in moved]


def _tell(desk: Desk, before: Ticket | None, after: Ticket) -> None:
    """Tells of the promises that this commit has judged."""
    for verdict in verdicts(before, after):
        desk.telemetry.tell(
            "deadline.judged",
            ticket=after.id,
            promise=verdict.promise.value,
            round=verdict.round,
            priority=after.priority,
            verdict=verdict.judgement.value,
            late_s=round(verdict.late.total_seconds()),
        )


def take_back(desk: Desk, before: Ticket | None, ahead: Ticket, now: datetime) -> None:
    """A commit has not come to pass: the row written ahead of it goes, and the one that this took away comes back.

    Looks again after that, for somebody else may have moved the ticket meanwhile. A ticket never made is left to the sweep.
    """
    stray, taken = ahead.board, before.board if before else ""
    while stray != taken:
        row = desk.rows.get(Table.DESK, ahead.customer, head_key(ahead.number))
        if row is None or (ticket := ticket_in(row)).board == stray:
            return
        if stray:
            agenda.plan(desk, ticket, [Delete(stray)])
        if not taken or ticket.board != taken:
            return
        show_as_it_is(desk, ticket, now)
        stray, taken = taken, ""


def show_as_it_is(desk: Desk, ticket: Ticket, now: datetime) -> None:
    """Puts a ticket's row back on the board, with a look: a writer who is at it may just have taken it away."""
    look = places.look(ticket, ticket.board, now, desk.options.grace)
    agenda.plan(desk, ticket, [Upsert(places.row(ticket, now)), Upsert(look)])


def writes_of(case: Case | None, decision: Decision) -> Iterator[Write]:
    """The rows of a decision, for one transaction in the customer's partition."""
    ticket = places.placed(case.ticket if case else None, decision.ticket)
    head = Row(
        key=head_key(ticket.number),
        values={
            **document.columns("doc", codec.dumped(ticket)),
            "state": ticket.state.value,
            "revision": ticket.revision,
        },
        etag=case.etag if case else "",
    )
    yield Replace(head) if case else Insert(head)
    for event in decision.events:
        yield Insert(event_row(event, ticket.number))
    for content in decision.contents:
        yield Insert(content_row(content))
    for notice in decision.notices:
        yield Insert(notice_row(notice))
        yield Insert(Row(key=f"owed:{notice.key}", values={"ticket": ticket.id}))
    for milestone in decision.milestones:
        yield Insert(Row(key=f"milestone:{ticket.number:06d}:{milestone}", values={"ticket": ticket.id}))
    if case is None:
        yield Insert(Row(key=f"open:{ticket.number:06d}", values={"ticket": ticket.id}))
    elif ticket.state is State.CLOSED and case.ticket.state is not State.CLOSED:
        yield Delete(f"open:{ticket.number:06d}")


def event_row(event: Event, ticket_number: int) -> Row:
    data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    values: dict[str, Value] = {
        "ticket": event.ticket,
        "number": event.number,
        "kind": event.kind,
        "at": stamp(event.at),
        "recorded_at": stamp(event.recorded_at),
        "actor": event.actor,
        "data": data,
        "previous": event.previous,
        "hash": event.hash,
    }
    return Row(key=f"event:{ticket_number:06d}:{event.number:06d}", values=values)


def events_of(desk: Desk, ticket: Ticket) -> list[Event]:
    """The whole history of a ticket, in order."""
    prefix = f"event:{ticket.number:06d}:"
    return [
        codec.revived(Event, {**row.values, "data": json.loads(str(row.values["data"]))})
        for row in under(desk, ticket.customer, prefix)
    ]


def content_row(content: Content) -> Row:
    values: dict[str, Value] = {"salt": content.salt, **document.columns("text", content.text)}
    return Row(key=f"content:{content.key}", values={**values, "erased": content.erased} if content.erased else values)


def content_in(row: Row) -> Content:
    return Content(
        key=row.key.removeprefix("content:"),
        text=document.joined("text", row.values),
        salt=str(row.values["salt"]),
        erased=str(row.values.get("erased", "")),
    )


def contents_of(desk: Desk, ticket: Ticket) -> list[Content]:
    """What was written about a ticket, in order; of an erased text the commitment alone is left."""
    return [content_in(row) for row in under(desk, ticket.customer, f"content:{ticket.number:06d}:")]


def notice_row(notice: Notice, etag: str = "") -> Row:
    values = {**document.columns("doc", codec.dumped(notice)), "state": notice.state.value}
    return Row(key=f"notice:{notice.key}", values=values, etag=etag)


def notice_in(row: Row) -> Notice:
    return codec.loaded(Notice, document.joined("doc", row.values))


def notices_of(desk: Desk, ticket: Ticket) -> list[Notice]:
    """Every message the ticket has owed, with what became of it."""
    return [notice_in(row) for row in under(desk, ticket.customer, f"notice:{ticket.number:06d}:")]


def under(desk: Desk, partition: str, prefix: str) -> Iterator[Row]:
    """Every row of a customer's partition whose key begins with `prefix`, in order."""
    after = prefix
    while page := desk.rows.scan(Table.DESK, partition, after=after, before=f"{prefix}~"):
        yield from page
        if len(page) < 1000:
            return
        after = page[-1].key
