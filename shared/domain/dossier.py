"""How an evidence file writes down a ticket: one place for the desk that writes it and for the proof that reads it.

The values of a section are what the proof works out again and compares, so everything here is plain JSON and nothing is left out.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain import clock as clocks
from shared.domain.clock import Clock
from shared.domain.contract import Stage, TargetOn
from shared.domain.evidence import Event, canonical, stamp
from shared.domain.notice import Notice
from shared.domain.target import Explanation, Pause, target_to
from shared.domain.ticket import Ticket

FORMAT = "sportello-evidence/1"

DAYS_BEFORE, DAYS_AFTER = timedelta(days=2), timedelta(days=1)
"""What a calendar says of the days around is kept too: a night shift belongs to the day on which it began."""

TOLD_AT_RECEIPT = ("subject", "declared_severity", "classification_wish", "portal_reference")
"""What the head of a ticket holds of the customer's words. The first event commits to each, with the salt of the description."""


def seal(file: Mapping[str, object]) -> str:
    """SHA-256, in hex, over all of the file but its seal, as canonical JSON."""
    return hashlib.sha256(canonical({name: section for name, section in file.items() if name != "seal"})).hexdigest()


def covered(received_at: datetime, moments: Iterable[object], zone: ZoneInfo) -> tuple[date, date]:
    """The local dates of which a calendar must say all: from the receipt to the last of the moments that the file speaks of.

    `moments`: stamps, which sort as time does; whatever is no text is passed over.
    """
    last = max((each for each in moments if isinstance(each, str)), default=stamp(received_at))
    first_day, last_day = (at.astimezone(zone).date() for at in (received_at, datetime.fromisoformat(last)))
    return first_day - DAYS_BEFORE, last_day + DAYS_AFTER


def moments(
    exported_at: str, head: Mapping[str, object], events: Iterable[Mapping[str, object]], clocks: Iterable[Mapping[str, object]]
) -> list[object]:
    """Every instant up to which something was counted, as these sections write them."""
    found = [exported_at, head["reopen_until"]]
    for event in events:
        data = event["data"]
        deadlines = data["deadlines"] if isinstance(data, dict) else {}
        found += [event["at"], *(deadlines.values() if isinstance(deadlines, dict) else ())]
    return [*found, *(clock[name] for clock in clocks for name in ("due_at", "due_known_at_start"))]


def ticket(ticket: Ticket) -> dict[str, object]:
    """The head, as far as the events tell it: what they do not tell nobody could check."""
    return {
        "id": ticket.id,
        "customer": ticket.customer,
        "product": ticket.product,
        "language": ticket.language,
        "state": ticket.state.value,
        "classification": ticket.classification,
        "priority": ticket.priority,
        "assignee": ticket.assignee,
        "received_at": stamp(ticket.received_at),
        "seen_at": stamp(ticket.seen_at),
        "acknowledged_at": optional(ticket.acknowledged_at),
        "reopened_at": optional(ticket.reopened_at),
        "resolved_at": optional(ticket.resolved_at),
        "reopen_until": optional(ticket.reopen_until),
        "events": ticket.events,
        "chain_tip": ticket.chain_tip,
    }


def event(event: Event) -> dict[str, object]:
    return {
        "number": event.number,
        "kind": event.kind,
        "at": stamp(event.at),
        "recorded_at": stamp(event.recorded_at),
        "actor": event.actor,
        "data": dict(event.data),
        "previous": event.previous,
        "hash": event.hash,
    }


def clock(clock: Clock, now: datetime) -> dict[str, object]:
    """A clock, and how it stands at `now`."""
    return {
        "name": clock.name,
        "promise": clock.promise.value,
        "round": clock.round,
        "version": clock.version,
        "started_at": stamp(clock.started_at),
        **target(clock.target),
        "calendar_version": clock.calendar_version,
        "due_known_at_start": stamp(clock.due_known_at_start),
        "due_at": optional(clock.due_at),
        "done_at": optional(clock.done_at),
        "is_withdrawn": clock.is_withdrawn,
        "fired": list(clock.fired),
        "verdict": clocks.state_of(clock, now).value,
    }


def clock_order(clock: Clock) -> tuple[str, int]:
    """Clocks stand in the order of promises and rounds, whatever the order in which the contract's table has them."""
    return clock.promise.value, clock.round


def target(on: TargetOn) -> dict[str, object]:
    return {"target": target_to(on.target), "calendar": on.calendar}


def stage(stage: Stage) -> dict[str, object]:
    """A rung of the ladder, as far as it says when it comes and whom it tells."""
    return {
        "id": stage.id,
        "action": stage.action.value,
        "fraction": str(stage.fraction) if stage.fraction is not None else None,
        "after": target(stage.after) if stage.after else None,
        "notify": [recipient.value for recipient in stage.notify],
    }


def pause(pause: Pause) -> dict[str, object]:
    return {"from": stamp(pause.starts_at), "to": optional(pause.ends_at)}


def ledger(clock: Clock, explanation: Explanation) -> dict[str, object]:
    """From the clock's start to its due instant, contiguous; `reason` says why a stretch does not count."""
    return {
        "clock": clock.name,
        "due_at": optional(explanation.due),
        "rows": [
            {
                "from": stamp(row.starts_at),
                "to": optional(row.ends_at),
                "counted_s": row.counted.total_seconds(),
                "reason": row.reason.kind.value if row.reason else None,
                "name": row.reason.name if row.reason else None,
            }
            for row in explanation.ledger
        ],
    }


REPORTED = ("round", "reported", "reported_at")
"""What a message has only if it was sent anew after a bounce, or if something was reported of it."""


def notice(notice: Notice) -> dict[str, object]:
    """A message and what became of it; not its words, nor anybody's address."""
    anew = {"round": notice.round} if notice.round > 1 else {}
    reported = {"reported": notice.reported, "reported_at": optional(notice.reported_at)} if notice.reported else {}
    return {
        **anew,
        **reported,
        "key": notice.key,
        "kind": notice.kind.value,
        "recipient": notice.recipient.id,
        "state": notice.state.value,
        "attempts": notice.attempts,
        "owed_at": stamp(notice.owed_at),
        "sent_at": optional(notice.sent_at),
        "message_id": notice.message_id,
        "operation_id": notice.operation_id,
        "last_error": notice.last_error,
    }


def content(key: str, text: str, salt: str, commitment: str, *, is_erased: bool, is_withheld: bool = False) -> dict[str, object]:
    """A text with the salt of its commitment; the commitment alone of one that is erased, or is withheld from the reader.

    Only a withheld one says `is_withheld`; one that is erased is withheld from nobody.
    """
    shown = {"text": None, "salt": None} if is_erased or is_withheld else {"text": text, "salt": salt}
    kept = {"is_withheld": True} if is_withheld and not is_erased else {}
    return {"key": key, **shown, "commitment": commitment, "is_erased": is_erased, **kept}


def optional(at: datetime | None) -> str | None:
    return stamp(at) if at else None
