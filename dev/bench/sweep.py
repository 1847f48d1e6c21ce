"""What the sweep costs: a request a shard when nothing is due, however much is open; at most four more for each due."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from dev.bench.desks import START, Clock, counted, emulator
from dev.demo import ANNA
from shared.actions import agenda, intake
from shared.actions.desk import Desk
from shared.actions.lists import places
from shared.actions.ports import Table, Upsert, Write
from shared.actions.sweep import sweep
from shared.domain.ticket import Ticket

Row = tuple[str, str, str, bool]

OPEN = (1_000, 100_000)
"""Open tickets. The larger number is measured on the memory store, whose calls are requests just the same: filling the
emulator would take an hour."""

DUE = (1, 10, 100)


def rows() -> list[Row]:
    with emulator() as connection:
        return [_nothing_due(connection, OPEN[0]), *(_nothing_due(None, number) for number in OPEN), *_due()]


def _nothing_due(connection: str | None, open_tickets: int) -> Row:
    """The agenda is filled with the rows that so many open tickets have there: their wakes, and their places on the board."""
    desk, requests, _ = counted(connection, Clock())
    fill(desk, request(desk, "template"), open_tickets)
    requests.reset()
    assert sweep(desk, START).due == 0
    shards, made = desk.options.agenda_shards, requests.requests
    where = "emulator" if connection else "memory"
    return (
        f"sweep, nothing due, {open_tickets:,} open tickets ({where})",
        f"{made} requests",
        f"= {shards} shards",
        made == shards,
    )


def _due() -> Iterator[Row]:
    for due in DUE:
        clock = Clock(START + timedelta(days=due))
        desk, requests, _ = counted(None, clock)
        for number in range(due):
            request(desk, f"due-{number}")
        clock.now += timedelta(minutes=31)
        desk.directory(clock.now)
        requests.reset()
        assert sweep(desk, clock.now).decisions == due
        more = requests.requests - desk.options.agenda_shards
        yield f"sweep, {due} due, beyond the shards", f"{more} requests", f"<= {4 * due} (4 each)", more <= 4 * due


def request(desk: Desk, source: str) -> Ticket:
    request = intake.Request(
        customer="ACME",
        contact=ANNA,
        language="it",
        product="zenshare-up",
        subject="Prova",
        description="Una richiesta di prova.",
    )
    now = desk.clock()
    return intake.accept(desk, request, source=source, raw="raw/none", seen_at=now, now=now).ticket


def fill(desk: Desk, template: Ticket, open_tickets: int) -> None:
    by_shard: dict[str, list[Write]] = {shard: [] for shard in agenda.shards(desk)}
    for number in range(2, open_tickets + 1):
        ticket = places.placed(None, replace(template, id=f"ACME-{number}", number=number))
        wake = START + timedelta(hours=1, seconds=number % 86_400)
        by_shard[agenda.shard_of(desk, ticket.id)] += [
            Upsert(agenda.wake_row(ticket, wake, START)),
            Upsert(places.row(ticket, START)),
        ]
    for shard, writes in by_shard.items():
        for start in range(0, len(writes), agenda.BATCH):
            desk.rows.commit(Table.AGENDA, shard, writes[start : start + agenda.BATCH])
