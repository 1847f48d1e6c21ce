"""Subscribing to news of the services by e-mail: asked for, confirmed by a link, ended by a click.

What is answered, and what it costs, is the same whether an address is known or not: nobody learns who is subscribed.

    partition subscriber    h|<hour>    how often was asked in it, and by how many networks how often; the next hour forgets it
"""

import hmac
from dataclasses import replace
from datetime import datetime

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Insert, Replace, Row, Table, Value, Write
from shared.actions.status import letters, subscribed
from shared.actions.status.subscribed import PARTITION
from shared.domain.errors import Conflict, NotAllowedNow, NotFound
from shared.domain.evidence import stamp
from shared.domain.status.letter import Letter, LetterKind
from shared.domain.status.subscriber import HOURLY, QUIET, VALID, Subscriber, address, confirmation_words, may_ask, token_words

_MANY = 50


def ask(desk: Desk, email: str, language: str, now: datetime, network: str = "") -> None:
    """Sends a link that confirms to an address, or word that it is subscribed already; at most one in `QUIET`.

    `network`: from where it is asked, so that one cannot use up what all have; "": from nobody knows where. Raises NotAllowedNow
    when too many are asked for in this hour, whoever they are for.
    """
    for _ in range(HOURLY):
        try:
            return _ask(desk, address(email), language, now, network)
        except Conflict:
            continue  # somebody else has asked at this very moment: they are counted now
    return _ask(desk, address(email), language, now, network)


def _ask(desk: Desk, email: str, language: str, now: datetime, network: str) -> None:
    key = subscribed.key_of(desk.seal(token_words(email)))
    known = subscribed.found(desk, key)
    count = _counted(desk, now, network)
    subscriber, etag = known or (None, "")
    if subscriber is not None and subscriber.email and now - subscriber.asked_at < QUIET:
        desk.rows.commit(Table.WATCH, PARTITION, [count])
        return
    until = now + VALID
    asked = Subscriber(key=key, email=email, language=language, asked_at=now, until=until)
    kind = LetterKind.CONFIRM
    if subscriber is not None and subscriber.confirmed_at is not None:
        asked, kind = replace(subscriber, asked_at=now), LetterKind.ALREADY
    written = subscribed.row(asked, etag)
    letter = Letter(
        key=f"subscription:{key}:{stamp(now)}",
        kind=kind,
        to=email,
        language=asked.language,
        at=now,
        facts={"until": stamp(until)},
        is_subscribed=True,
        proof=(PARTITION, written.key),
    )
    letters.owe(desk, [letter], now)
    letters.plan(desk, [letters.forget_later(key, until, now)])
    desk.rows.commit(Table.WATCH, PARTITION, [count, Replace(written) if etag else Insert(written)])


def confirm(desk: Desk, token: str, until: datetime, signature: str, now: datetime) -> None:
    """Whoever holds the link that was sent to an address wants it to be written to. NotFound: the link is not ours, or over."""
    if not is_open(desk, token, until, signature, now):
        raise NotFound("This link does not confirm anything, or not any more.")
    known = subscribed.found(desk, subscribed.key_of(token))
    if known is None or not known[0].email:
        raise NotFound("This link does not confirm anything any more.")
    if known[0].confirmed_at is not None:
        return
    desk.rows.commit(Table.WATCH, PARTITION, [Replace(subscribed.row(replace(known[0], confirmed_at=now), known[1]))])


def is_open(desk: Desk, token: str, until: datetime, signature: str, now: datetime) -> bool:
    """Whether a link still confirms: it is signed by us, and not too old. Costs no request, and tells nothing of any address."""
    expected = desk.seal(confirmation_words(token, until))
    return hmac.compare_digest(expected.encode(), signature.encode(errors="replace")) and now < until


def unsubscribe(desk: Desk, token: str) -> None:
    """Forgets the address. The same again, or a token that is nobody's, is no error."""
    desk.rows.commit(Table.WATCH, PARTITION, [Delete(f"t|{subscribed.key_of(token)}")])


def _counted(desk: Desk, now: datetime, network: str) -> Write:
    """One more in this hour, by a network that only the secret of the links can tell. Raises NotAllowedNow."""
    hour = stamp(now)[:13]
    row = desk.rows.get(Table.WATCH, PARTITION, f"h|{hour}")
    count = int(str(row.values["count"])) if row else 0
    networks = codec.loaded(dict[str, int], str(row.values["networks"])) if row else {}
    name = desk.seal(f"status:network:{hour}:{network}")[:12]
    mine = networks.get(name, 0)
    if not may_ask(mine, count):
        raise NotAllowedNow("Too many subscriptions were asked for in this hour; try again later.")
    if row is None:
        _forget_before(desk, hour)
    values: dict[str, Value] = {"count": count + 1, "networks": codec.dumped({**networks, name: mine + 1})}
    counted = Row(key=f"h|{hour}", values=values, etag=row.etag if row else "")
    return Replace(counted) if row else Insert(counted)


def _forget_before(desk: Desk, hour: str) -> None:
    if over := desk.rows.scan(Table.WATCH, PARTITION, after="h|", before=f"h|{hour}", limit=_MANY):
        desk.rows.commit(Table.WATCH, PARTITION, [Delete(row.key) for row in over])
