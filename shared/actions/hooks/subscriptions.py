"""Which other systems are told of events: registering them, changing their secret, stopping, and telling them again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.actions import customers
from shared.actions.desk import Desk
from shared.actions.hooks import hook_log
from shared.actions.once import Once
from shared.actions.ports import Delete, Insert, Replace, Row, Table
from shared.actions.post import owed
from shared.domain.announcement import MOST, TYPES
from shared.domain.errors import Conflict, InvalidInput, KeyReused, NotAllowedNow
from shared.domain.notice import Notice
from shared.domain.people import Principal, RetiredSecret, Subscription

BOTH_SIGN = timedelta(hours=24)
"""How long a secret that was replaced goes on signing beside the new one."""

RETIRED_AT_MOST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for. `kinds`: event types; none: all. `customer`: None: of every customer's tickets."""

    url: str
    kinds: Sequence[str] = ()
    customer: str | None = None


def every(desk: Desk) -> list[Subscription]:
    """All subscriptions, as they are stored now, in the order of their ids."""
    rows = desk.rows.scan(Table.SYSTEM, customers.DIRECTORY, after="hook:", before="hook:~")
    return [customers.subscription_in(row) for row in rows]


def one(desk: Desk, id: str) -> Subscription:
    """NotFound when there is none."""
    return customers.subscription(desk, id)


def register(
    desk: Desk, wanted: Wanted, principal: Principal, now: datetime, *, idempotency_key: str | None = None
) -> tuple[Subscription, bool]:
    """A new subscription with a secret of its own, and whether the same key had registered it before.

    AddressRefused for a URL that the desk does not send to; UnknownCustomer; NotAllowedNow when there are ten.
    """
    unknown = sorted(set(wanted.kinds) - TYPES)
    if unknown:
        allowed = sorted(TYPES)
        raise InvalidInput(f"There are no events {', '.join(unknown)[:300]}; allowed: {', '.join(allowed)}.", allowed=allowed)
    id = hashlib.sha256(f"{principal.id}|{idempotency_key}".encode()).hexdigest()[:32] if idempotency_key else desk.salt()
    existing = every(desk)
    if again := next((each for each in existing if each.id == id), None):
        return _same(again, wanted), True
    if len(existing) >= MOST:
        raise NotAllowedNow(f"There are {MOST} subscriptions already; delete one that is not needed any more.")
    if wanted.customer is not None:
        customers.find(desk, wanted.customer)
    desk.publisher.check(wanted.url)
    made = Subscription(
        id=id,
        url=wanted.url,
        secret=desk.signing_secret(),
        kinds=tuple(sorted(set(wanted.kinds))),
        customer=wanted.customer,
        created_at=now,
        created_by=principal.id,
    )
    try:
        desk.rows.commit(Table.SYSTEM, customers.DIRECTORY, [Insert(customers.subscription_row(made))])
    except Conflict:
        return _same(one(desk, id), wanted), True
    return made, False


def rotate(desk: Desk, id: str, now: datetime, once: Once | None = None) -> Subscription:
    """A new secret; those before it go on signing for a day, so that the other side can change over in its own time.

    Under the key of the last change it is the secret that this made.
    """
    row = customers.subscription_stored(desk, id)
    before = customers.subscription_in(row)
    if once is not None and before.changed_by == once.key:
        return before
    retired = tuple(secret for secret in before.retired if now < secret.until)
    if len(retired) >= RETIRED_AT_MOST:
        raise NotAllowedNow(f"{RETIRED_AT_MOST} earlier secrets still sign; wait until the first of them has ended.")
    after = replace(
        before,
        secret=desk.signing_secret(),
        retired=(RetiredSecret(secret=before.secret, until=now + BOTH_SIGN), *retired),
        changed_by=once.key if once else None,
    )
    return _kept(desk, after, row)


def resume(desk: Desk, id: str) -> Subscription:
    """Tells a subscriber again that had been stopped because it said that it was gone."""
    row = customers.subscription_stored(desk, id)
    before = customers.subscription_in(row)
    if before.is_active:
        return before
    desk.publisher.check(before.url)
    return _kept(desk, replace(before, is_active=True, stopped=None), row)


def delete(desk: Desk, id: str) -> None:
    """The same again is no error. What is still owed to it is given up when its turn comes."""
    if customers.is_subscription_id(id):
        desk.rows.commit(Table.SYSTEM, customers.DIRECTORY, [Delete(f"hook:{id}")])


def replay(desk: Desk, id: str, delivery: str, now: datetime) -> Notice:
    """Owes an event again, whatever became of it: the same webhook-id, the same body."""
    if not one(desk, id).is_active:
        raise NotAllowedNow("The subscription is stopped; resume it first.")
    told = hook_log.one(desk, id, delivery)
    again = owed.again(desk, told.ticket, told.notice, now, even_if_sent=True)
    hook_log.note(desk, again, None, now)
    return again


def _same(again: Subscription, wanted: Wanted) -> Subscription:
    """The key's subscription, if it is what is asked for now."""
    if (again.url, again.kinds, again.customer) != (wanted.url, tuple(sorted(set(wanted.kinds))), wanted.customer):
        raise KeyReused("This Idempotency-Key has registered another subscription.")
    return again


def _kept(desk: Desk, subscription: Subscription, before: Row) -> Subscription:
    desk.rows.commit(Table.SYSTEM, customers.DIRECTORY, [Replace(customers.subscription_row(subscription, before.etag))])
    return subscription
