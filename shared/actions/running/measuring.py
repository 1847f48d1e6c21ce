"""What there is to do, counted for whoever watches the desk: often, at the cost of what is due and not of what is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.actions import agenda
from shared.actions.desk import Desk
from shared.actions.lists import urgency
from shared.actions.lists.urgency import Urgency
from shared.actions.ports import Row, Table
from shared.actions.running import backlog, rounds
from shared.domain.evidence import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Counts, and ages in whole seconds: fields of the event `desk.measured` (docs/operations/telemetry.md)."""

    overdue_rows: int
    oldest_overdue_s: int
    notices_due: int
    oldest_notice_s: int
    quarantined: int
    unread_reports: int
    failing_tickets: int
    given_up_notices: int
    open_breached: int
    open_hour: int
    open_day: int


def measure(desk: Desk, now: datetime) -> Measured:
    """Measures the whole desk and tells of it. What grows with all that is open the reconciliation counts, once a night."""
    left = backlog.look(desk, now)
    ahead = urgency.counted(_ahead(desk, now), now)
    measured = Measured(
        overdue_rows=left.overdue,
        oldest_overdue_s=round(left.oldest_overdue.total_seconds()),
        notices_due=left.mails,
        oldest_notice_s=round(left.oldest_mail.total_seconds()),
        quarantined=left.quarantined,
        unread_reports=left.unread_reports,
        failing_tickets=left.failing_tickets,
        given_up_notices=left.given_up_notices,
        open_breached=ahead[Urgency.BREACHED],
        open_hour=ahead[Urgency.HOUR],
        open_day=ahead[Urgency.DAY],
    )
    going = " ".join(each.name for each in rounds.of(desk))
    desk.telemetry.tell("desk.measured", rounds=going, **{name: getattr(measured, name) for name in Measured.__slots__})
    return measured


def _ahead(desk: Desk, now: datetime) -> Iterator[Row]:
    """The open requests whose next deadline has passed or comes soon: the beginning of the board."""
    end = f"o|{stamp(now + urgency.HORIZON)}"
    for shard in agenda.shards(desk):
        after = "o|"
        while page := desk.rows.scan(Table.AGENDA, shard, after=after, before=end, limit=agenda.PAGE):
            yield from page
            if len(page) < agenda.PAGE:
                break
            after = page[-1].key
