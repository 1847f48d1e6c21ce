"""Subscriptions and their deliveries in JSON. A secret is shown in the one answer that makes it, and nowhere else."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from shared.domain.evidence import stamp
from shared.domain.people import Subscription
from shared.web.views.moments import optional


class Delivery(Protocol):
    """What a log says of one event and one subscription."""

    @property
    def id(self) -> str: ...
    @property
    def webhook_id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def ticket(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def status(self) -> int | None: ...
    @property
    def error(self) -> str | None: ...
    @property
    def owed_at(self) -> datetime: ...
    @property
    def at(self) -> datetime: ...


def subscription(subscription: Subscription, now: datetime) -> dict[str, object]:
    """`earlier_secrets_until`: when each secret that was replaced stops signing."""
    return {
        "id": subscription.id,
        "url": subscription.url,
        "kinds": list(subscription.kinds),
        "customer": subscription.customer,
        "active": subscription.is_active,
        "stopped": subscription.stopped,
        "created_at": optional(subscription.created_at),
        "created_by": subscription.created_by,
        "earlier_secrets_until": [stamp(retired.until) for retired in subscription.retired if now < retired.until],
    }


def with_secret(made: Subscription, now: datetime) -> Mapping[str, object]:
    return {**subscription(made, now), "secret": made.secret}


def delivery(delivery: Delivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "type": delivery.type,
        "ticket": delivery.ticket,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "error": delivery.error,
        "owed_at": stamp(delivery.owed_at),
        "last_attempt_at": stamp(delivery.at),
    }
