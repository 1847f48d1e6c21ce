"""Announcing maintenance: when it was announced is the desk's own clock, and nothing is entered or changed afterwards.

    partition timeline    <inverted starts_at>|w|<id>    the window (see `timeline`)
                          window|<id>                    where it is: under one id there is one window
                          withdrawn|<id>                 it was cancelled: written with that, and never before

Whoever is affected is written to (see `affected`). Their letters are owed before the window is written, with it as their proof,
so a crash in between neither loses nor invents one.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.actions import codec, document
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Replace, Row, Table
from shared.actions.status import affected
from shared.actions.watch import timeline
from shared.domain.errors import Conflict, InvalidInput, KeyReused, NotAllowedNow, NotFound
from shared.domain.evidence import stamp
from shared.domain.guarantees import promises
from shared.domain.guarantees.windows import Accounted, ledger
from shared.domain.people import Principal
from shared.domain.status.letter import LetterKind
from shared.domain.text import Text
from shared.domain.watch.maintenance import Window

LONGEST = timedelta(days=7)
"""So that whatever touches a period is found by one look at when windows begin."""

FURTHEST = timedelta(days=731)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is announced."""

    services: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What of a window is excluded for one service under one guarantee, and why the rest will count."""

    guarantee: str
    service: str
    accounted: Accounted


def announce(
    desk: Desk, wanted: Wanted, principal: Principal, now: datetime, *, idempotency_key: str | None = None
) -> tuple[Window, bool]:
    """The window, and whether the same key had announced it before. InvalidInput for one that is not ahead."""
    id = hashlib.sha256(f"{principal.id}|{idempotency_key}".encode()).hexdigest()[:16] if idempotency_key else desk.salt()
    window = Window(
        id=id,
        services=tuple(sorted(set(wanted.services))),
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        announced_at=now,
        announced_by=principal.id,
        reason=wanted.reason,
    )
    if idempotency_key is not None and (again := _stored(desk, id)) is not None:
        return _same(again[0], window), True
    _check(desk, wanted, now)
    proof, unless = (timeline.PARTITION, _key(window)), (timeline.PARTITION, f"withdrawn|{id}")
    affected.tell(desk, window, LetterKind.MAINTENANCE_ANNOUNCED, proof, now, unless)
    pointer = Row(key=f"window|{id}", values={"key": _key(window)})
    try:
        desk.rows.commit(Table.WATCH, timeline.PARTITION, [Insert(_row(window)), Insert(pointer)])
    except Conflict:
        return _same(one(desk, id), window), True
    desk.windows.forget()
    return window, False


def cancel(desk: Desk, id: str, now: datetime) -> Window:
    """Withdraws a window before it begins. The same again is no error; once it has begun it stands as announced."""
    found = _stored(desk, id)
    if found is None:
        raise NotFound(f"There is no maintenance {id[:40]!r}.")
    window, etag = found
    if window.cancelled_at is not None:
        return window
    if now >= window.starts_at:
        raise NotAllowedNow(f"The maintenance began at {stamp(window.starts_at)}; from then on it stands as it was announced.")
    cancelled = replace(window, cancelled_at=now)
    affected.tell(desk, cancelled, LetterKind.MAINTENANCE_CANCELLED, (timeline.PARTITION, f"withdrawn|{id}"), now)
    proof = Row(key=f"withdrawn|{id}", values={"at": now})
    desk.rows.commit(Table.WATCH, timeline.PARTITION, [Replace(_row(cancelled, etag)), Insert(proof)])
    desk.windows.forget()
    return cancelled


def one(desk: Desk, id: str) -> Window:
    """NotFound when there is none."""
    found = _stored(desk, id)
    if found is None:
        raise NotFound(f"There is no maintenance {id[:40]!r}.")
    return found[0]


def between(desk: Desk, starts_at: datetime, ends_at: datetime) -> list[Window]:
    """Every window that touches some time, cancelled ones too, in order of beginning: one request."""
    rows = timeline.between(desk, starts_at - LONGEST, ends_at)
    found = [_window_in(row) for row in rows if timeline.kind_of(row) == timeline.WINDOW]
    return [window for window in reversed(found) if window.starts_at < ends_at and window.ends_at > starts_at]


def effects(desk: Desk, window: Window) -> list[Effect]:
    """What will be excluded of a window, and of the rest why not, as far as is known now."""
    services = desk.services()
    contract = promises.contract_at(desk.catalogue(), services.contract, window.starts_at)
    found: list[Effect] = []
    others: dict[tuple[datetime, datetime], list[Window]] = {}
    for id in window.services:
        if id not in services.services:
            continue
        for guarantee in promises.guarantees_of(contract, services.services[id]):
            at = window.starts_at
            while at < window.ends_at:
                judging, then = promises.judging(desk.catalogue(), services.contract, guarantee, at)
                period = then.period_at(at)
                known = others[period] if period in others else others.setdefault(period, between(desk, *period))
                of_service = [each for each in known if id in each.services and each.id != window.id] + [window]
                told = ledger(of_service, then.maintenance, promises.hours_of(judging, then), period)
                found += [
                    Effect(guarantee=guarantee.id, service=id, accounted=each) for each in told if each.window.id == window.id
                ]
                at = period[1]
    return found


def _check(desk: Desk, wanted: Wanted, now: datetime) -> None:
    known = desk.services().services
    unknown = sorted(set(wanted.services) - known.keys())
    if unknown or not wanted.services:
        raise InvalidInput(
            f"There are no services {', '.join(unknown)[:200]}; allowed: {', '.join(sorted(known)) or 'none'}."
            if unknown
            else "A maintenance names at least one service.",
            field="services",
        )
    if wanted.starts_at <= now:
        raise InvalidInput(
            f"The maintenance would begin at {stamp(wanted.starts_at)}, and it is {stamp(now)}: only what is announced before it "
            "begins can be excluded, so none can be entered afterwards. What went wrong is an outage; tell it as an incident.",
            field="starts_at",
        )
    for field in ("starts_at", "ends_at"):
        if getattr(wanted, field).microsecond:
            raise InvalidInput("A maintenance begins and ends at whole seconds: calendars know no others.", field=field)
    if wanted.ends_at <= wanted.starts_at:
        raise InvalidInput("The maintenance would end before it begins.", field="ends_at")
    if wanted.ends_at - wanted.starts_at > LONGEST:
        raise InvalidInput(f"A maintenance lasts {LONGEST.days} days at most; announce more than one.", field="ends_at")
    if wanted.starts_at - now > FURTHEST:
        raise InvalidInput("A maintenance is announced at most two years ahead.", field="starts_at")


def _same(again: Window, wanted: Window) -> Window:
    """The key's window, if it is what is asked for now."""
    if (again.services, again.starts_at, again.ends_at, again.reason) != (
        wanted.services,
        wanted.starts_at,
        wanted.ends_at,
        wanted.reason,
    ):
        raise KeyReused("This Idempotency-Key has announced another maintenance.")
    return again


def _stored(desk: Desk, id: str) -> tuple[Window, str] | None:
    if not (0 < len(id) <= 40 and id.isascii() and id.isalnum()):
        return None
    pointer = desk.rows.get(Table.WATCH, timeline.PARTITION, f"window|{id}")
    row = desk.rows.get(Table.WATCH, timeline.PARTITION, str(pointer.values["key"])) if pointer else None
    return (_window_in(row), row.etag) if row else None


def _row(window: Window, etag: str = "") -> Row:
    return replace(timeline.row(window.starts_at, timeline.WINDOW, window.id, codec.dumped(window)), etag=etag)


def _key(window: Window) -> str:
    return timeline.key(window.starts_at, timeline.WINDOW, window.id)


def _window_in(row: Row) -> Window:
    return codec.loaded(Window, document.joined("doc", row.values))
