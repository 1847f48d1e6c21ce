"""Hands the events that are owed to other systems, each at least once and always under the same id (see `owed`).

Every attempt is noted in its subscription's log. A subscriber that does not take one event is left alone for a minute, so that a
dead one holds up no other; one that says that it is gone is told nothing more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar

from shared.actions import agenda, customers
from shared.actions.agenda import Due
from shared.actions.desk import Desk
from shared.actions.hooks import hook_log
from shared.actions.ports import Replace, Row, Table, Write
from shared.actions.post import owed
from shared.domain import announcement
from shared.domain.errors import AddressRefused, Conflict, HookPostponed, HookRefused, HookWithdrawn
from shared.domain.notice import Notice

LEFT_ALONE = timedelta(minutes=1)
"""How long a subscriber's other events wait when it did not take one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a run came to. `waiting`: due, but put off because their subscriber is in trouble, or out of time."""

    due: int = 0
    sent: int = 0
    postponed: int = 0
    failed: int = 0
    waiting: int = 0


def publish(desk: Desk, now: datetime, has_time: Callable[[], bool] = lambda: True) -> Published:
    """Sends what is due, the oldest first, while there is time. One that fails is postponed and shown; those of other
    subscribers go on."""
    rows = [row for page in agenda.due(desk, "w", now, pages=owed.PAGES) for row in page]
    rows.sort(key=lambda row: (row.at, row.key))
    outcomes: list[str] = []
    finished: list[Due] = []
    waiting: list[Due] = []
    in_trouble: set[str] = set()
    for row in rows:
        if not has_time():
            break
        subscriber = str(row.values["notice"]).rpartition(":")[2]
        if subscriber in in_trouble:
            waiting.append(row)
            continue
        outcomes.append(owed.attempted(desk, row, ByWebhook(desk)))
        if outcomes[-1] == "postponed":
            in_trouble.add(subscriber)
        if outcomes[-1] != "kept":
            finished.append(row)
    agenda.done(desk, finished)
    agenda.put_off(desk, waiting, desk.clock() + LEFT_ALONE)
    return Published(
        due=len(rows),
        sent=outcomes.count("sent"),
        postponed=outcomes.count("postponed"),
        failed=outcomes.count("failed"),
        waiting=len(rows) - len(outcomes),
    )


@dataclass(slots=True)
class ByWebhook:
    """owed.Way. The subscription is read anew for each event: what was deleted or stopped meanwhile gets nothing."""

    name: ClassVar[str] = "webhook"

    desk: Desk
    status: int | None = field(default=None, init=False)
    """What the subscriber answered, where it took the event."""

    def send(self, notice: Notice) -> Notice:
        now = self.desk.clock()
        row = self.desk.rows.get(Table.SYSTEM, customers.DIRECTORY, notice.recipient.id)
        if row is None:
            raise HookWithdrawn("The subscription has been deleted.")
        subscription = customers.subscription_in(row)
        if not subscription.is_active:
            raise HookWithdrawn("The subscription is stopped.")
        id, body = announcement.webhook_id(notice), announcement.body(notice.facts)
        try:
            self.status = self.desk.publisher.post(subscription.url, subscription.secrets_at(now), id, body, now)
        except HookRefused as gone:
            _stop(self.desk, row, gone.detail)
            raise
        return replace(notice, message_id=id)

    def noted(self, notice: Notice, now: datetime) -> None:
        hook_log.note(self.desk, notice, self.status, now)

    def settled(self, notice: Notice, writes: list[Write], now: datetime) -> bool:
        """That an event was told changes nothing about its ticket."""
        return False


def tried(desk: Desk, id: str, now: datetime) -> tuple[int | None, str | None]:
    """Sends a subscription a ping, now and once: the status it answered, or why it did not take it. NotFound if there is none."""
    subscription = customers.subscription(desk, id)
    body = announcement.ping(subscription.id, now)
    try:
        return desk.publisher.post(subscription.url, subscription.secrets_at(now), f"ping_{desk.salt()}", body, now), None
    except (HookPostponed, HookRefused, AddressRefused) as failure:
        return None, failure.detail


def _stop(desk: Desk, row: Row, why: str) -> None:
    """Tells a subscriber nothing more. Should somebody change the subscription at this moment, the next event stops it."""
    stopped = replace(customers.subscription_in(row), is_active=False, stopped=why)
    try:
        desk.rows.commit(Table.SYSTEM, customers.DIRECTORY, [Replace(customers.subscription_row(stopped, row.etag))])
    except Conflict:
        return
