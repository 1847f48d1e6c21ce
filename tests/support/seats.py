"""The access matrix, to be read: who there is, what each of them sees, and every door with those for whom it is.

A door that is missing here fails `tests/integration/test_access_matrix.py`; so does one that lets others in, or leaves no record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from shared.actions.desk import Desk
from tests.support.desks import OMAR, Clock, staff
from tests.support.doors import as_staff


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Somebody in a situation. `sees`: an ordinary ticket, a vulnerability. `basis`: the ground on record, where they do."""

    who: str
    sees: tuple[bool, bool]
    basis: str = ""
    of: str = ""
    situation: Callable[[Desk, Clock, str], None] = lambda desk, clock, ticket: None


def granted(desk: Desk, clock: Clock, ticket: str) -> None:
    answer = as_staff(desk, "carla", "POST", f"/api/tickets/{ticket}/grants", {"operator": "olga", "text": "She knows it."})
    assert answer.status == 200, answer.body


def grant_ended(desk: Desk, clock: Clock, ticket: str) -> None:
    granted(desk, clock, ticket)
    clock.now += timedelta(days=7)


def grant_revoked(desk: Desk, clock: Clock, ticket: str) -> None:
    granted(desk, clock, ticket)
    assert as_staff(desk, "carla", "DELETE", f"/api/tickets/{ticket}/grants/1").status == 200


def resolved(desk: Desk, clock: Clock, ticket: str) -> None:
    """As its kind is: resolved by the assignee, or treated by them and closed by the Customer Care Manager."""
    case = as_staff(desk, "omar", "GET", f"/api/tickets/{ticket}").json
    if case["classification"] == "vulnerability":
        staff(desk, ticket, OMAR).treat(None)
        staff(desk, ticket).close(None)
    else:
        staff(desk, ticket, OMAR).resolve(None)


def within_grace(desk: Desk, clock: Clock, ticket: str) -> None:
    resolved(desk, clock, ticket)
    clock.now += timedelta(days=3) - timedelta(microseconds=1)


def beyond_grace(desk: Desk, clock: Clock, ticket: str) -> None:
    resolved(desk, clock, ticket)
    clock.now += timedelta(days=3)


def reassigned(desk: Desk, clock: Clock, ticket: str) -> None:
    staff(desk, ticket).assign("olga")


NO, BOTH, ORDINARY = (False, False), (True, True), (True, False)
ACME, BETA = "ACME", "BETA"

SEATS: Mapping[str, Seat] = {
    # seat                        who signs in     sees what      on what ground          whose
    "nobody": Seat(who="", sees=NO),
    "contact": Seat(who="anna", sees=BOTH, basis="own", of=ACME),
    "colleague": Seat(who="carlo", sees=NO, of=ACME),
    "administrator": Seat(who="ada", sees=BOTH, basis="administrator", of=ACME),
    "foreign contact": Seat(who="bruno", sees=NO, of=BETA),
    "foreign administrator": Seat(who="berta", sees=NO, of=BETA),
    "assignee": Seat(who="omar", sees=BOTH, basis="assignment"),
    "assignee within grace": Seat(who="omar", sees=BOTH, basis="assignment", situation=within_grace),
    "assignee beyond grace": Seat(who="omar", sees=NO, situation=beyond_grace),
    "former assignee": Seat(who="omar", sees=NO, situation=reassigned),
    "operator": Seat(who="olga", sees=NO),
    "granted": Seat(who="olga", sees=BOTH, basis="grant", situation=granted),
    "grant ended": Seat(who="olga", sees=NO, situation=grant_ended),
    "grant revoked": Seat(who="olga", sees=NO, situation=grant_revoked),
    "manager": Seat(who="carla", sees=BOTH, basis="role"),
    "service manager": Seat(who="sandro", sees=ORDINARY, basis="role"),
}


def rendered() -> str:
    """The seats as docs/access.md shows them."""
    yes_no = {True: "sees it", False: "–"}
    rows = (f"| {name} | {yes_no[s.sees[0]]} | {yes_no[s.sees[1]]} | {s.basis or '–'} |\n" for name, s in SEATS.items())
    return "".join(rows)


EVERYBODY = frozenset(SEATS)
STAFF = frozenset(name for name, seat in SEATS.items() if seat.who and not seat.of)
CUSTOMERS = frozenset({"contact", "administrator"})
ASSIGNEES = frozenset({"assignee", "assignee within grace"})
MANAGER = frozenset({"manager"})
MANAGERS = frozenset({"manager", "service manager"})


@dataclass(frozen=True, kw_only=True)
class Door:
    """A door, and for whom it is: of those who see the ticket in its path (`ticket`), or of all there are.

    `staff_only`: a customer's people are turned away before anything is looked at. `rows`: how many reads a success records.
    `first`: what somebody has done just before, so that the door has something to do. `is_late`: there is nothing left to do.
    `at_customer`: it is about a customer.
    """

    url: str
    body: object = None
    method: str = "GET"
    may: frozenset[str] = EVERYBODY
    ticket: bool = True
    staff_only: bool = False
    at_customer: bool = False
    rows: int = 1
    is_late: bool = False
    first: Callable[[Desk, str], object] = field(default=lambda desk, ticket: None)


def ticket(noun: str, may: frozenset[str] = EVERYBODY, **further: object) -> Door:
    return Door(url="/api/tickets/{ticket}" + noun, may=may, **further)  # type: ignore[arg-type]


def change(noun: str, may: frozenset[str], body: object = None, method: str = "POST", **further: object) -> Door:
    return ticket(f"/{noun}", may, body={} if body is None and method != "DELETE" else body, method=method, **further)


def managers(url: str, method: str = "GET", body: object = None, rows: int = 0) -> Door:
    return Door(url=url, method=method, body=body, may=MANAGERS, ticket=False, staff_only=True, rows=rows)


def public(url: str, method: str = "GET", body: object = None, rows: int = 0) -> Door:
    return Door(url=url, method=method, body=body, ticket=False, rows=rows)


TEXT = {"text": "Ecco."}


def asked(desk: Desk, ticket: str) -> object:
    return as_staff(desk, "omar", "POST", f"/api/tickets/{ticket}/hold", TEXT)


def disputed(desk: Desk, ticket: str) -> object:
    body = {"about": "classification", "claim": "evolution", **TEXT}
    return as_staff(desk, "anna", "POST", f"/api/tickets/{ticket}/disputes", body)


def with_a_grant(desk: Desk, ticket: str) -> object:
    return as_staff(desk, "carla", "POST", f"/api/tickets/{ticket}/grants", {"operator": "sandro", **TEXT})


def to_quote(desk: Desk, ticket: str) -> None:
    """An ordinary ticket turns out to be an evolution; a vulnerability stays what it is."""
    if as_staff(desk, "carla", "GET", f"/api/tickets/{ticket}").json["classification"] == "bug":
        as_staff(desk, "carla", "PUT", f"/api/tickets/{ticket}/classification", {"classification": "evolution"})


ESTIMATE = {"intervention": "Analisi", "hours": "4", "rate": "80"}


def drawn_up(desk: Desk, ticket: str, card: str = "estimate") -> None:
    to_quote(desk, ticket)
    as_staff(desk, "carla", "PUT", f"/api/tickets/{ticket}/{card}", ESTIMATE)


def sent(desk: Desk, ticket: str, card: str = "estimate") -> None:
    drawn_up(desk, ticket, card)
    as_staff(desk, "carla", "POST", f"/api/tickets/{ticket}/{card}/sending", {})


def offer_drawn_up(desk: Desk, ticket: str) -> None:
    drawn_up(desk, ticket, "package-offer")


def offer_sent(desk: Desk, ticket: str) -> None:
    sent(desk, ticket, "package-offer")


def package_bought(desk: Desk, ticket: str) -> None:
    offer_sent(desk, ticket)
    as_staff(desk, "anna", "POST", f"/api/tickets/{ticket}/package-offer/acceptance", {"version": 1})


def estimate_accepted(desk: Desk, ticket: str) -> None:
    package_bought(desk, ticket)
    sent(desk, ticket)
    as_staff(desk, "anna", "POST", f"/api/tickets/{ticket}/estimate/acceptance", {"version": 1})


def ended(desk: Desk, ticket: str) -> object:
    return as_staff(desk, "omar", "POST", f"/api/tickets/{ticket}/resolution", {})


DOORS: Mapping[str, Door] = {
    # Reading a ticket: for whoever sees it.
    "ticket_read": ticket(""),
    "ticket_events": ticket("/events"),
    "ticket_explanation": ticket("/explanation"),
    "ticket_notices": ticket("/notices"),
    "ticket_entitlement": ticket("/entitlement"),
    "ticket_evidence": ticket("/evidence"),
    "ticket_accesses": ticket("/accesses"),
    # Changing one: of those who see it, for whom the table of transitions names.
    "ticket_acknowledgement": change("acknowledgement", MANAGERS, is_late=True),
    "ticket_classification": change("classification", MANAGER, {"classification": "bug"}, "PUT"),
    "ticket_priority": change("priority", MANAGERS, {"priority": 3}, "PUT"),
    "ticket_assignee": change("assignee", MANAGERS, {"assignee": "olga"}, "PUT"),
    "ticket_replies": change("replies", ASSIGNEES | MANAGER, TEXT),
    "ticket_messages": change("messages", CUSTOMERS, TEXT),
    "ticket_hold": change("hold", ASSIGNEES | MANAGER, TEXT),
    "ticket_answer": change("answer", CUSTOMERS | ASSIGNEES | MANAGER, TEXT, first=asked),
    "ticket_resolution": change("resolution", ASSIGNEES | MANAGER),
    "ticket_treatment": change("treatment", ASSIGNEES),
    "ticket_closure": change("closure", MANAGER, {**TEXT, "classification": "not-accepted"}),
    "ticket_reopening": change("reopening", CUSTOMERS | ASSIGNEES | MANAGER, TEXT, first=ended),
    "ticket_disputes": change("disputes", CUSTOMERS, {"about": "classification", "claim": "evolution", **TEXT}),
    "ticket_verdict": change("disputes/1/verdict", MANAGERS, {"upheld": False, **TEXT}, first=disputed),
    "ticket_links": change("links", ASSIGNEES | MANAGER, {"ticket": "ACME-1"}, rows=2),
    "ticket_merge": change("merge", MANAGER, {"into": "ACME-1"}, rows=2),
    "ticket_grants": change("grants", MANAGER, {"operator": "sandro", **TEXT}, staff_only=True),
    "ticket_grant": change("grants/1", MANAGER, method="DELETE", staff_only=True, first=with_a_grant),
    "ticket_notice_retry": change("notices/{notice}/retry", MANAGERS, staff_only=True),
    "ticket_notice_dismissal": change("notices/{notice}/dismissal", MANAGERS, staff_only=True),
    "ticket_estimate": change("estimate", ASSIGNEES | MANAGER | {"granted"}, ESTIMATE, "PUT", first=to_quote),
    "ticket_estimate_dropping": change("estimate", MANAGER, method="DELETE", first=drawn_up),
    "ticket_estimate_versions": ticket("/estimate", first=sent),
    "ticket_estimate_sending": change("estimate/sending", MANAGER, first=drawn_up),
    "ticket_estimate_acceptance": change("estimate/acceptance", CUSTOMERS, {"version": 1}, first=sent),
    "ticket_estimate_refusal": change("estimate/refusal", CUSTOMERS, {"version": 1}, first=sent),
    "ticket_package_offer": change("package-offer", MANAGER, ESTIMATE, "PUT", first=to_quote),
    "ticket_package_offer_dropping": change("package-offer", MANAGER, method="DELETE", first=offer_drawn_up),
    "ticket_package_offer_versions": ticket("/package-offer", first=offer_sent),
    "ticket_package_offer_sending": change("package-offer/sending", MANAGER, first=offer_drawn_up),
    "ticket_package_offer_acceptance": change("package-offer/acceptance", CUSTOMERS, {"version": 1}, first=offer_sent),
    "ticket_package_offer_refusal": change("package-offer/refusal", CUSTOMERS, {"version": 1}, first=offer_sent),
    "ticket_task": change("task", MANAGER, first=estimate_accepted),
    "ticket_work": change("work", ASSIGNEES | MANAGER, {"hours": "1", "on": "2026-03-02"}),
    # What belongs to a customer, or to a contact, and to no single ticket.
    "customer_accesses": Door(
        url="/api/customers/ACME/accesses", may=MANAGERS | {"administrator"}, ticket=False, at_customer=True
    ),
    "entitlement": Door(
        url="/api/entitlement?customer=ACME&product=zenshare-up",
        may=MANAGERS | {"administrator"},
        ticket=False,
        at_customer=True,
    ),
    "customer_addressees": Door(
        url="/api/customers/ACME/addressees", may=MANAGER | {"administrator"}, ticket=False, at_customer=True, rows=0
    ),
    "customer_addressee_add": Door(
        url="/api/customers/ACME/addressees",
        body={"email": "noc@acme.example", "name": "NOC", "language": "it"},
        method="POST",
        may=MANAGER | {"administrator"},
        ticket=False,
        at_customer=True,
        rows=0,
    ),
    "customer_addressee_removal": Door(
        url="/api/customers/ACME/addressees/0123456789abcdef",
        method="DELETE",
        may=MANAGER | {"administrator"},
        ticket=False,
        at_customer=True,
        rows=0,
    ),
    "customer_packages": Door(
        url="/api/customers/ACME/packages", may=MANAGERS | {"administrator"}, ticket=False, at_customer=True
    ),
    "package_statement": Door(
        url="/api/customers/ACME/packages/1/statement",
        may=MANAGERS | {"administrator"},
        ticket=False,
        at_customer=True,
        first=package_bought,
    ),
    # What belongs to the desk.
    "availability": managers("/api/availability?period=2026-03"),
    "availability_states": managers("/api/availability/x/states?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z"),
    "maintenance_announcement": managers("/api/maintenance", "POST", {}),
    "maintenance_list": managers("/api/maintenance"),
    "maintenance_one": managers("/api/maintenance/x"),
    "maintenance_cancellation": managers("/api/maintenance/x", "DELETE"),
    "frozen_months": managers("/api/frozen/x/y"),
    "frozen_amendment": managers("/api/frozen/x/y/amendments", "POST", {}),
    "failures": managers("/api/failures", rows=1),
    "quarantine_list": managers("/api/quarantine", rows=1),
    "quarantine_raw": managers("/api/quarantine/{entry}/raw", rows=1),
    "quarantine_release": managers("/api/quarantine/{entry}/release", "POST"),
    "quarantine_dismissal": managers("/api/quarantine/{entry}/dismissal", "POST"),
    "subscription_create": managers("/api/subscriptions", "POST", {"url": "https://example.org/hook"}),
    "subscription_list": managers("/api/subscriptions"),
    "subscription_read": managers("/api/subscriptions/x"),
    "subscription_delete": managers("/api/subscriptions/x", "DELETE"),
    "subscription_secret": managers("/api/subscriptions/x/secret", "POST", {}),
    "subscription_resumption": managers("/api/subscriptions/x/resumption", "POST", {}),
    "subscription_test": managers("/api/subscriptions/x/test", "POST", {}),
    "subscription_deliveries": managers("/api/subscriptions/x/deliveries"),
    "subscription_replay": managers("/api/subscriptions/x/deliveries/y/replay", "POST", {}),
    "incident_list": managers("/api/incidents"),
    "incident_create": managers("/api/incidents", "POST", {}),
    "incident_read": managers("/api/incidents/x"),
    "incident_entry": managers("/api/incidents/x/entries", "POST", {}),
    # For anybody: they show nothing of anybody's, or ask for something else than a name.
    "health": public("/api/health"),
    "problem": public("/api/problems/not-found"),
    "openapi": public("/api/openapi.json"),
    "docs": public("/api/docs"),
    "portal_webhook": public("/api/webhooks/portal", "POST", {}),
    "witness_webhook": public("/api/webhooks/witness", "POST", {}),
    "tick": public("/api/internal/tick", "POST"),
    "status": public("/api/status"),
    "status_page": public("/api/status/page"),
    "status_feed": public("/api/status/feed"),
    "status_maintenance": public("/api/status/maintenance.ics"),
    "status_badge": public("/api/status/badge/x.svg"),
    "status_days": public("/api/status/days.csv"),
    "status_frozen": public("/api/status/frozen/x"),
    "status_export": public("/api/status/export/x/2026-03"),
    "metrics": public("/api/metrics"),
    "status_subscription": public("/api/status/subscribers", "POST", b"email=x"),
    "status_confirmation": public("/api/status/subscribers/confirmation?key=wrong"),
    "status_confirmed": public("/api/status/subscribers/confirmation", "POST", b"key=wrong"),
    "status_unsubscription": public("/api/status/subscribers/unsubscription?token=wrong"),
    "status_unsubscribed": public("/api/status/subscribers/unsubscription", "POST", b"token=wrong"),
    "request_page": public("/api/requests/{ticket}?key=wrong"),
    "card_page": public("/api/estimates/{ticket}/intervention/1?key=wrong"),
    "card_acceptance": public("/api/estimates/{ticket}/intervention/1/acceptance", "POST", b"key=wrong"),
    "card_refusal": public("/api/estimates/{ticket}/intervention/1/refusal", "POST", b"key=wrong"),
}

ELSEWHERE = {
    "ticket_list": "test_a_list_shows_each_seat_what_it_sees_and_records_it",
    "ticket_entry": "test_staff_alone_enter_requests",
    "contact_export": "test_export",
    "contact_erasure": "test_erasure",
}
"""Doors whose answer is not one ticket's: where they are tried instead."""
