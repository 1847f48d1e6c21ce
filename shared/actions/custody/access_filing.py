"""Pages of lists that were read are filed under the customers whose tickets they showed: one row a customer, with the tickets.

    s|<moment>|list|<salt>       ->       access:<moment of the read>:000000:<salt>

The keys follow from the agenda's row, which goes when all are filed: doing it twice, or after a crash, is doing it once.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from shared.actions import document
from shared.actions.agenda import Due
from shared.actions.custody import access_record
from shared.actions.custody.access_record import NO_TICKET, Grounds, Reading
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Row, Table, Value
from shared.domain.errors import Conflict
from shared.domain.evidence import stamp
from shared.domain.ticket import parse_ticket_id

LIST = "list"


def row(read_at: datetime, salt: str, doc: str) -> Row:
    """Has the sweep file a page that was read. `doc`: who read it, as what, and which tickets on which grounds, as JSON."""
    moments: dict[str, Value] = {"at": read_at, "written_at": read_at, "read_at": read_at}
    values = {"ticket": f"{LIST} {salt}", "salt": salt, **moments}
    return Row(key=f"s|{stamp(read_at)}|{LIST}|{salt}", values={**values, **document.columns("doc", doc)})


def is_list(due: Due) -> bool:
    """Whether a row of the agenda is a page to be filed, and no ticket's."""
    return due.key.split("|")[2] == LIST


def file(desk: Desk, due: Due) -> None:
    """Files one page under every customer concerned."""
    for customer, filed in _rows(due).items():
        with suppress(Conflict):  # it was filed before
            desk.rows.commit(Table.DESK, customer, [Insert(filed)])


def _rows(due: Due) -> Mapping[str, Row]:
    """The record of each customer whose tickets were shown."""
    doc = json.loads(document.joined("doc", due.values))
    read_at, salt = due.values["read_at"], str(due.values["salt"])
    assert isinstance(read_at, datetime)
    found = {}
    for customer, grounds in _by_customer(doc["tickets"]).items():
        basis, detail = access_record.ground_of(grounds)
        tickets = tuple(grounds)
        reading = Reading(
            who=doc["who"], name=doc["name"], what=doc["what"], at=read_at, tickets=tickets, basis=basis, detail=detail
        )
        found[customer] = access_record.row_of(reading, NO_TICKET, salt)
    return found


def _by_customer(grounds: Grounds) -> Mapping[str, Grounds]:
    found: dict[str, dict[str, Sequence[str]]] = {}
    for ticket, ground in grounds.items():
        found.setdefault(parse_ticket_id(ticket)[0], {})[ticket] = ground
    return found
