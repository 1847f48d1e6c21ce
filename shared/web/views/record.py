"""What a ticket leaves behind: its events, its notices, the ledgers of its clocks."""

from collections.abc import Mapping, Sequence

from shared.domain.clock import Clock
from shared.domain.evidence import Event, stamp
from shared.domain.notice import Notice
from shared.domain.people import Principal
from shared.domain.target import Explanation, target_to
from shared.domain.ticket import Content
from shared.web.views.moments import optional


def event(event: Event) -> dict[str, object]:
    """An event as it is chained: `hash` covers all of it, and `previous` is the hash of the one before."""
    return {
        "number": event.number,
        "kind": event.kind,
        "at": stamp(event.at),
        "recorded_at": stamp(event.recorded_at),
        "actor": event.actor,
        "data": event.data,
        "previous": event.previous,
        "hash": event.hash,
    }


def history(events: Sequence[Event], contents: Sequence[Content], withheld: Mapping[str, str | None]) -> dict[str, object]:
    """A ticket's events, and the texts they hold commitments to; None where one was erased, or is withheld from the reader.

    `withheld`: what stands in place of such a text, by its commitment.
    """
    texts = [{"text": None if t.erased else withheld.get(t.commitment, t.text), "commitment": t.commitment} for t in contents]
    return {"events": [event(each) for each in events], "texts": texts}


def notice(notice: Notice) -> dict[str, object]:
    return {
        "key": notice.key,
        "kind": notice.kind.value,
        "to": notice.recipient.id,
        "email": notice.recipient.email,
        "language": notice.recipient.language,
        "state": notice.state.value,
        "owed_at": stamp(notice.owed_at),
        "sent_at": optional(notice.sent_at),
        "attempts": notice.attempts,
        "message_id": notice.message_id,
        "reported": notice.reported,
        "reported_at": optional(notice.reported_at),
        "last_error": notice.last_error,
    }


def notice_for(each: Notice, viewer: Principal) -> dict[str, object] | None:
    """A notice as `viewer` may see it: staff all of it; a customer's people what goes to the customer, no address but theirs."""
    if viewer.customer is None:
        return notice(each)
    if each.recipient.id != "customer":
        return None
    is_theirs = each.recipient.email.lower() == (viewer.email or "").lower()
    return {**notice(each), "email": each.recipient.email if is_theirs else None, "last_error": None}


def explained(clock: Clock, explanation: Explanation, version: Mapping[str, object]) -> dict[str, object]:
    """One clock's ledger: contiguous from its start to its due instant, with a reason for every stretch that does not count."""
    return {
        "clock": clock.name,
        "promise": clock.promise.value,
        "target": target_to(clock.target.target),
        "calendar": version,
        "started_at": stamp(clock.started_at),
        "due_at": optional(explanation.due),
        "ledger": [
            {
                "from": stamp(row.starts_at),
                "to": optional(row.ends_at),
                "counted_s": row.counted.total_seconds(),
                "reason": str(row.reason) if row.reason else None,
            }
            for row in explanation.ledger
        ],
    }
