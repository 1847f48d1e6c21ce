"""Everything that proves how a ticket was dealt with, in one file that says all that is needed to work it out again elsewhere.

It holds what was really used and no more: the rows of the contract's table that the ticket was judged by, its calendars from the
days before the receipt to the last instant it speaks of. So nearly everything in it can be checked against the chained events.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from shared.actions import cases
from shared.actions.desk import Desk
from shared.domain import clock as clocks
from shared.domain import dossier
from shared.domain.clock import Clock
from shared.domain.contract import CalendarHistory, CalendarVersion, Contract
from shared.domain.custody import confidence
from shared.domain.evidence import Event, canonical, stamp
from shared.domain.notice import Notice, NoticeKind
from shared.domain.people import Principal
from shared.domain.ticket import Content, Ticket
from shared.domain.worktime import definition

type Section = tuple[str, object]


def file_of(desk: Desk, ticket: Ticket, reader: Principal, now: datetime, further: Sequence[Section] = ()) -> bytes:
    """The evidence of a ticket as it was read, in canonical JSON. `further`: sections that nothing but the seal covers.

    It is without what is not for the reader (`confidence`; commitments stay), for a customer's people also without what mail
    servers said.
    """
    contract = cases.contract_of(desk, ticket)
    events = cases.events_of(desk, ticket)[: ticket.events]
    at = max(now, *(event.recorded_at for event in events))
    shown = sorted((_as_of(clock, contract, ticket, at) for clock in ticket.clocks), key=dossier.clock_order)
    head, chained = dossier.ticket(ticket), [dossier.event(event) for event in events]
    terms, running = _contract(contract, ticket, events), [dossier.clock(clock, at) for clock in shown]
    moments = dossier.moments(stamp(at), head, chained, running)
    file: dict[str, object] = {
        "format": dossier.FORMAT,
        "exported_at": stamp(at),
        "ticket": head,
        "contract": terms,
        "calendars": list(_calendars(contract, terms, ticket, moments, at)),
        "events": chained,
        "contents": list(_contents(desk, ticket, events, reader)),
        "clocks": running,
        "pauses": [dossier.pause(pause) for pause in ticket.pauses],
        "ledgers": [_ledger(clock, contract, ticket, at) for clock in shown if not clock.is_withdrawn],
        "notices": [dossier.notice(_for(reader, each)) for each in cases.notices_of(desk, ticket) if _is_of(each, ticket)],
        **dict(further),
    }
    return canonical({**file, "seal": dossier.seal(file)})


def _as_of(clock: Clock, contract: Contract, ticket: Ticket, at: datetime) -> Clock:
    """A calendar may have changed since the ticket was last written; what was done stays as it was judged."""
    return clocks.planned(clock, contract.calendars[clock.target.calendar], ticket.pauses, at) if clock.is_open else clock


def _ledger(clock: Clock, contract: Contract, ticket: Ticket, at: datetime) -> dict[str, object]:
    known = _known(contract.calendars[clock.target.calendar], clock.calendar_version)
    return dossier.ledger(clock, clocks.explanation(clock, known, ticket.pauses, at))


def _known(history: CalendarHistory, version: int) -> CalendarHistory:
    """The calendar as far as it was known when a clock was judged."""
    return CalendarHistory(name=history.name, versions=history.versions[:version])


def _contract(contract: Contract, ticket: Ticket, events: Sequence[Event]) -> dict[str, object]:
    stands = [_stands(event) for event in events]
    kinds = sorted({kind for kind, _, _ in stands if kind is not None})
    ladder = {stage.id: stage for stage in contract.ladder}
    reached = dict.fromkeys(str(event.data["stage"]) for event in events if "stage" in event.data)
    was_resolved = any(state == "resolved" for _, _, state in stands)
    return {
        "id": contract.id,
        "version": contract.version,
        "digest": contract.digest,
        "effective_from": stamp(contract.effective_from),
        "family": contract.products[ticket.product].family,
        "classifications": {kind: _classification(contract, kind) for kind in kinds},
        "families": _families(contract, ticket, stands),
        "reopening": dossier.target(contract.reopening) if was_resolved else None,
        "ladder": [dossier.stage(ladder[id]) for id in reached],
    }


def _stands(event: Event) -> tuple[str | None, int | None, str]:
    """Classification, priority and state from an event on."""
    stands = event.data["stands"]
    assert isinstance(stands, dict)
    return stands["classification"], stands["priority"], stands["state"]


def _classification(contract: Contract, kind: str) -> dict[str, object]:
    found = contract.classification(kind)
    return {"has_targets": found.has_targets, "family": found.family if found.has_targets else None}


def _families(
    contract: Contract, ticket: Ticket, stands: Iterable[tuple[str | None, int | None, str]]
) -> dict[str, dict[str, object]]:
    """Of each table the rows that the ticket was judged by."""
    found: dict[str, dict[str, object]] = {}
    for kind, priority, _ in stands:
        if kind is not None and not contract.classification(kind).has_targets:
            continue
        family = contract.family_of(ticket.product, kind)
        table = found.setdefault(family.id, {"untriaged_priority": None, "priorities": {}})
        number = family.untriaged_priority if priority is None else priority
        if priority is None:
            table["untriaged_priority"] = number
        rows = table["priorities"]
        assert isinstance(rows, dict)
        targets = family.priority(number).targets
        rows[str(number)] = {promise.value: dossier.target(on) for promise, on in targets.items()}
    return found


def _calendars(
    contract: Contract, terms: dict[str, object], ticket: Ticket, moments: Sequence[object], at: datetime
) -> Iterator[dict[str, object]]:
    """Every calendar that something was counted on, with all versions that had been announced."""
    for name in sorted(set(_under("calendar", terms))):
        history = contract.calendars[name]
        first, last = dossier.covered(ticket.received_at, moments, history.versions[0].calendar.zone)
        known = [v for v in history.versions if v.announced_at <= at] or history.versions[:1]
        yield {
            "name": name,
            "covers": [first.isoformat(), last.isoformat()],
            "versions": [_version(version, first, last) for version in known],
        }


def _under(key: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name == key and isinstance(item, str):
                yield item
            else:
                yield from _under(key, item)
    elif isinstance(value, list):
        for item in value:
            yield from _under(key, item)


def _version(version: CalendarVersion, first: date, last: date) -> dict[str, object]:
    rules = version.calendar.rules
    return {
        "number": version.number,
        "announced_at": stamp(version.announced_at),
        "author": version.author,
        "reason": dict(version.reason),
        "definition": definition.defined(rules, first, last),
        "names": definition.names(rules, first, last),
    }


def _contents(desk: Desk, ticket: Ticket, events: Sequence[Event], reader: Principal) -> Iterator[dict[str, object]]:
    """What the head holds of the customer's words, which has the salt of the description; then all that was written."""
    written = [each for each in cases.contents_of(desk, ticket) if _number(each) <= ticket.contents]
    withheld = confidence.withheld(events, written, reader)
    is_erased = ticket.erased_at is not None or bool(written[0].erased)
    for name in dossier.TOLD_AT_RECEIPT:
        if (commitment := events[0].data.get(name)) is not None:
            text = getattr(ticket, name) or ""
            yield dossier.content(name, text, written[0].salt, str(commitment), is_erased=is_erased)
    for each in written:
        yield dossier.content(
            each.key,
            each.text,
            each.salt,
            each.commitment,
            is_erased=bool(each.erased),
            is_withheld=each.commitment in withheld,
        )


def _for(reader: Principal, notice: Notice) -> Notice:
    return notice if reader.is_staff else replace(notice, last_error=None)


def _number(content: Content) -> int:
    return int(content.key.rpartition(":")[2])


def _is_of(notice: Notice, ticket: Ticket) -> bool:
    """Whether it is a message to a person, of an event that was there when the ticket was read."""
    return notice.kind is not NoticeKind.EVENT and int(notice.key.split(":")[1]) <= ticket.events
