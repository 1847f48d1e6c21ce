"""What a page of the open list costs: one request for the page and one to record who saw it, whatever is open or closed."""

from dev.bench.desks import START, Clock, counted, emulator
from dev.bench.sweep import fill, request
from shared.actions.custody import access
from shared.actions.lists import board
from shared.domain.listing import Filters
from shared.domain.people import Principal, Role

Row = tuple[str, str, str, bool]

OPEN = (1_000, 100_000)
"""Open tickets; the larger number on the memory store, as in the bench of the sweep."""

MANAGER = Principal(id="carla", name="Carla", roles=frozenset({Role.CUSTOMER_CARE_MANAGER}))


def rows() -> list[Row]:
    with emulator() as connection:
        return [_page(connection, OPEN[0]), *(_page(None, number) for number in OPEN)]


def _page(connection: str | None, open_tickets: int) -> Row:
    desk, requests, _ = counted(connection, Clock())
    fill(desk, request(desk, "template"), open_tickets)
    requests.reset()

    page = board.open_requests(
        desk,
        START,
        limit=50,
        after=None,
        filters=Filters(),
        visible=lambda summary: access.access_to(desk, summary, MANAGER, START) is not None,
    )
    access.record_list(desk, MANAGER, page.tickets, "list", START)
    assert len(page.tickets) == 50
    made, bound = requests.requests, desk.options.agenda_shards + 1
    where = "emulator" if connection else "memory"
    return (
        f"a page of the open list, {open_tickets:,} open tickets ({where})",
        f"{made} requests",
        f"<= {bound}, one a shard and one",
        made <= bound,
    )
