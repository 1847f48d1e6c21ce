"""Subscribers of the status page as rows: partition `subscriber` of `watch`, a row each, named by the SHA-256 of their token.

Whoever reads the store learns addresses, for they are needed to write to them, but no link that confirms or unsubscribes.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Replace, Row, Table
from shared.domain.errors import Conflict
from shared.domain.status.subscriber import Subscriber, token_words

PARTITION = "subscriber"
PAGE = 1000


def key_of(token: str) -> str:
    """The name that a token's subscriber is stored under."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def found(desk: Desk, key: str) -> tuple[Subscriber, str] | None:
    """A subscriber and their row's ETag."""
    row = desk.rows.get(Table.WATCH, PARTITION, f"t|{key}")
    return (_in(row), row.etag) if row else None


def row(subscriber: Subscriber, etag: str = "") -> Row:
    return Row(key=f"t|{subscriber.key}", values={"doc": codec.dumped(subscriber)}, etag=etag)


def confirmed(desk: Desk) -> Iterator[list[Subscriber]]:
    """All who are to be written to, a thousand to a request."""
    for page in _pages(desk):
        yield [each for each in page if each.confirmed_at is not None]


def every(desk: Desk) -> Iterator[Subscriber]:
    """Those who have not confirmed, too."""
    for page in _pages(desk):
        yield from page


def remove(desk: Desk, key: str) -> None:
    """Forgets an address. One that is not there is no error."""
    desk.rows.commit(Table.WATCH, PARTITION, [Delete(f"t|{key}")])


def _pages(desk: Desk) -> Iterator[list[Subscriber]]:
    after = "t|"
    while rows := desk.rows.scan(Table.WATCH, PARTITION, after=after, before="t|~", limit=PAGE):
        yield list(map(_in, rows))
        if len(rows) < PAGE:
            return
        after = rows[-1].key


def key_of_address(desk: Desk, email: str) -> str:
    return key_of(desk.seal(token_words(email)))


def is_confirmed(desk: Desk, email: str) -> bool:
    known = found(desk, key_of_address(desk, email))
    return known is not None and known[0].confirmed_at is not None


def was_asked(desk: Desk, email: str, at: datetime) -> bool:
    """Whether a link was last asked for at this very moment."""
    known = found(desk, key_of_address(desk, email))
    return known is not None and known[0].asked_at == at


def forget_unconfirmed(desk: Desk, key: str, now: datetime) -> None:
    """Removes an address whose time to confirm is over."""
    known = found(desk, key)
    if known is None or known[0].confirmed_at is not None or known[0].until > now:
        return
    try:  # emptied first: whoever confirms at this very moment either comes before that, or finds nothing to confirm
        desk.rows.commit(Table.WATCH, PARTITION, [Replace(row(replace(known[0], email=""), known[1]))])
    except Conflict:
        return
    desk.rows.commit(Table.WATCH, PARTITION, [Delete(f"t|{key}")])


def forget_unreachable(desk: Desk, key: str, written_at: datetime) -> None:
    """Removes an address that a letter, which left at `written_at`, has not reached and none will. Whoever has asked for it anew
    since then is left: what that one is sent will tell."""
    known = found(desk, key)
    if known is not None and known[0].asked_at <= written_at:
        desk.rows.commit(Table.WATCH, PARTITION, [Delete(f"t|{key}")])


def _in(stored: Row) -> Subscriber:
    return codec.loaded(Subscriber, str(stored.values["doc"]))
