"""Subscriptions and their deliveries."""

from typing import Literal

from shared.web.api.replies.values import Answered, Id, Instant, Number


class Subscription(Answered):
    """`kinds`: empty: every type. `customer`: null: of all. `stopped`: why it is not told any more.
    `earlier_secrets_until`: when each secret that was replaced stops signing."""

    id: Id
    url: str
    kinds: list[str]
    customer: str | None
    active: bool
    stopped: str | None
    created_at: Instant | None
    created_by: str | None
    earlier_secrets_until: list[Instant]


class SubscriptionWithSecret(Subscription):
    """`secret`: for the Standard Webhooks signature; shown in this answer and nowhere else."""

    secret: str


class Subscriptions(Answered):
    """All subscriptions. `kinds`: every event type that one can name."""

    subscriptions: list[Subscription]
    kinds: list[str]


class Ping(Answered):
    """`status`: what the subscriber answered; null where it did not. `error`: what went wrong."""

    delivered: bool
    status: int | None
    error: str | None


class Delivery(Answered):
    """What became of an event. `webhook_id`: the event's own, the same however often it is sent."""

    id: Id
    webhook_id: Id
    type: str
    ticket: str
    state: Literal["owed", "sent", "failed"]
    attempts: Number
    status: int | None
    error: str | None
    owed_at: Instant
    last_attempt_at: Instant


class Deliveries(Answered):
    """A page of deliveries, the newest first. `next_cursor`: null on the last page."""

    deliveries: list[Delivery]
    next_cursor: str | None
