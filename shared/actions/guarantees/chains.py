"""The chains of frozen months as they are stored, one for each service under each guarantee.

    partition frozen    last|<guarantee>|<service>             the last link of a chain
                        link|<guarantee>|<service>|<number>    every link: a month's record, or an amendment of one
                        done|<month>                           all that could be frozen of a month is
                        once:<…>                               an amendment's Idempotency-Key

A link is inserted with the replacement of the last one, so of two who add to a chain at once one is told of it.
"""

from shared.actions import codec, document
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Replace, Row, Table, Write
from shared.domain.errors import NotFound
from shared.domain.guarantees.frozen import Frozen

PARTITION = "frozen"


def chain(desk: Desk, guarantee: str, service: str) -> list[Frozen]:
    """Every link, in order. NotFound when nothing was frozen."""
    links = every(desk, guarantee, service)
    if not links:
        raise NotFound(f"No month of {service[:40]!r} is frozen under {guarantee[:40]!r}.")
    return links


def every(desk: Desk, guarantee: str, service: str) -> list[Frozen]:
    """Every link, in order; none when nothing was frozen. One request for a thousand."""
    prefix = f"link|{guarantee}|{service}|"
    links: list[Frozen] = []
    after = prefix
    while rows := desk.rows.scan(Table.WATCH, PARTITION, after=after, before=f"{prefix}~"):
        links += [link_in(row) for row in rows]
        if len(rows) < 1000:
            break
        after = rows[-1].key
    return links


def lasts(desk: Desk) -> dict[str, Row]:
    """The last link of every chain."""
    found: dict[str, Row] = {}
    after = "last|"
    while rows := desk.rows.scan(Table.WATCH, PARTITION, after=after, before="last|~"):
        found |= {row.key.removeprefix("last|"): row for row in rows}
        if len(rows) < 1000:
            break
        after = rows[-1].key
    return found


def writes_of(link: Frozen, last: Row | None) -> list[Write]:
    """A link, and the last one that it replaces. `month`, beside that: up to which month the chain has come, whatever was amended
    since."""
    values = document.columns("doc", codec.dumped(link))
    key = f"{link.guarantee}|{link.service}"
    month = link.month if last is None else max(link.month, str(last.values["month"]))
    head = Row(key=f"last|{key}", values={**values, "month": month}, etag="" if last is None else last.etag)
    return [Insert(Row(key=f"link|{key}|{link.number:06d}", values=values)), Insert(head) if last is None else Replace(head)]


def link_in(row: Row) -> Frozen:
    return codec.loaded(Frozen, document.joined("doc", row.values))
