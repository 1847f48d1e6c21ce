"""The app as Microsoft's worker library sees it: every trigger, with every binding, is the one that is meant."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dev.host import prefix_in
from dev.ncrontab import Schedule
from dev.routes import match, routes_of
from dev.worker import Worker

ROOT = Path(__file__).resolve().parents[2]

Bindings = tuple[dict[str, Any], ...]


def http(route: str, *methods: str) -> Bindings:
    trigger = {
        "direction": "IN",
        "type": "httpTrigger",
        "name": "req",
        "methods": list(methods),
        "authLevel": "ANONYMOUS",
        "route": route,
    }
    return trigger, {"direction": "OUT", "type": "http", "name": "$return"}


def timer(schedule: str, **options: Any) -> Bindings:
    return ({"direction": "IN", "type": "timerTrigger", "name": "timer", "schedule": schedule} | options,)


EXPECTED: dict[str, Bindings] = {
    "health": http("health", "GET", "HEAD"),
    "failures": http("failures", "GET"),
    "ticket_notice_dismissal": http("tickets/{ticket}/notices/{notice}/dismissal", "POST"),
    "problem": http("problems/{kind}", "GET"),
    "tick": http("internal/tick", "POST"),
    "availability": http("availability", "GET"),
    "availability_states": http("availability/{service}/states", "GET"),
    "maintenance_announcement": http("maintenance", "POST"),
    "maintenance_list": http("maintenance", "GET"),
    "maintenance_one": http("maintenance/{maintenance}", "GET"),
    "maintenance_cancellation": http("maintenance/{maintenance}", "DELETE"),
    "frozen_months": http("frozen/{guarantee}/{service}", "GET"),
    "frozen_amendment": http("frozen/{guarantee}/{service}/amendments", "POST"),
    "openapi": http("openapi.json", "GET"),
    "docs": http("docs", "GET"),
    "portal_webhook": http("webhooks/portal", "POST"),
    "witness_webhook": http("webhooks/witness", "POST"),
    "quarantine_list": http("quarantine", "GET"),
    "quarantine_raw": http("quarantine/{entry}/raw", "GET"),
    "quarantine_release": http("quarantine/{entry}/release", "POST"),
    "quarantine_dismissal": http("quarantine/{entry}/dismissal", "POST"),
    "card_page": http("estimates/{ticket}/{kind}/{version}", "GET"),
    "card_acceptance": http("estimates/{ticket}/{kind}/{version}/acceptance", "POST"),
    "card_refusal": http("estimates/{ticket}/{kind}/{version}/refusal", "POST"),
    "ticket_estimate": http("tickets/{ticket}/estimate", "PUT"),
    "ticket_estimate_dropping": http("tickets/{ticket}/estimate", "DELETE"),
    "ticket_estimate_versions": http("tickets/{ticket}/estimate", "GET"),
    "ticket_estimate_sending": http("tickets/{ticket}/estimate/sending", "POST"),
    "ticket_estimate_acceptance": http("tickets/{ticket}/estimate/acceptance", "POST"),
    "ticket_estimate_refusal": http("tickets/{ticket}/estimate/refusal", "POST"),
    "ticket_package_offer": http("tickets/{ticket}/package-offer", "PUT"),
    "ticket_package_offer_dropping": http("tickets/{ticket}/package-offer", "DELETE"),
    "ticket_package_offer_versions": http("tickets/{ticket}/package-offer", "GET"),
    "ticket_package_offer_sending": http("tickets/{ticket}/package-offer/sending", "POST"),
    "ticket_package_offer_acceptance": http("tickets/{ticket}/package-offer/acceptance", "POST"),
    "ticket_package_offer_refusal": http("tickets/{ticket}/package-offer/refusal", "POST"),
    "ticket_task": http("tickets/{ticket}/task", "POST"),
    "ticket_work": http("tickets/{ticket}/work", "POST"),
    "customer_addressees": http("customers/{customer}/addressees", "GET"),
    "customer_addressee_add": http("customers/{customer}/addressees", "POST"),
    "customer_addressee_removal": http("customers/{customer}/addressees/{addressee}", "DELETE"),
    "customer_packages": http("customers/{customer}/packages", "GET"),
    "package_statement": http("customers/{customer}/packages/{number}/statement", "GET"),
    "request_page": http("requests/{ticket}", "GET"),
    "ticket_list": http("tickets", "GET"),
    "ticket_read": http("tickets/{ticket}", "GET"),
    "ticket_events": http("tickets/{ticket}/events", "GET"),
    "ticket_evidence": http("tickets/{ticket}/evidence", "GET"),
    "ticket_explanation": http("tickets/{ticket}/explanation", "GET"),
    "ticket_notices": http("tickets/{ticket}/notices", "GET"),
    "ticket_notice_retry": http("tickets/{ticket}/notices/{notice}/retry", "POST"),
    "ticket_acknowledgement": http("tickets/{ticket}/acknowledgement", "POST"),
    "ticket_classification": http("tickets/{ticket}/classification", "PUT", "POST"),
    "ticket_priority": http("tickets/{ticket}/priority", "PUT", "POST"),
    "ticket_assignee": http("tickets/{ticket}/assignee", "PUT", "POST"),
    "ticket_replies": http("tickets/{ticket}/replies", "POST"),
    "ticket_hold": http("tickets/{ticket}/hold", "POST"),
    "ticket_answer": http("tickets/{ticket}/answer", "POST"),
    "ticket_resolution": http("tickets/{ticket}/resolution", "POST"),
    "ticket_reopening": http("tickets/{ticket}/reopening", "POST"),
    "contact_export": http("customers/{customer}/contacts/export", "POST"),
    "contact_erasure": http("customers/{customer}/contacts/erasure", "POST"),
    "ticket_accesses": http("tickets/{ticket}/accesses", "GET"),
    "customer_accesses": http("customers/{customer}/accesses", "GET"),
    "ticket_grants": http("tickets/{ticket}/grants", "POST"),
    "ticket_grant": http("tickets/{ticket}/grants/{number}", "DELETE"),
    "ticket_entitlement": http("tickets/{ticket}/entitlement", "GET"),
    "entitlement": http("entitlement", "GET"),
    "subscription_create": http("subscriptions", "POST"),
    "subscription_list": http("subscriptions", "GET"),
    "subscription_read": http("subscriptions/{subscription}", "GET"),
    "subscription_delete": http("subscriptions/{subscription}", "DELETE"),
    "subscription_secret": http("subscriptions/{subscription}/secret", "POST"),
    "subscription_resumption": http("subscriptions/{subscription}/resumption", "POST"),
    "subscription_test": http("subscriptions/{subscription}/test", "POST"),
    "subscription_deliveries": http("subscriptions/{subscription}/deliveries", "GET"),
    "subscription_replay": http("subscriptions/{subscription}/deliveries/{delivery}/replay", "POST"),
    "ticket_messages": http("tickets/{ticket}/messages", "POST"),
    "ticket_treatment": http("tickets/{ticket}/treatment", "POST"),
    "ticket_closure": http("tickets/{ticket}/closure", "POST"),
    "ticket_disputes": http("tickets/{ticket}/disputes", "POST"),
    "ticket_verdict": http("tickets/{ticket}/disputes/{number}/verdict", "POST"),
    "ticket_links": http("tickets/{ticket}/links", "POST"),
    "ticket_merge": http("tickets/{ticket}/merge", "POST"),
    "ticket_entry": http("tickets", "POST"),
    "probe": timer("0 * * * * *"),
    "judge": timer("30 */5 * * * *"),
    "status": http("status", "GET", "HEAD"),
    "status_page": http("status/page", "GET", "HEAD"),
    "status_feed": http("status/feed", "GET", "HEAD"),
    "status_maintenance": http("status/maintenance.ics", "GET", "HEAD"),
    "status_badge": http("status/badge/{badge}", "GET", "HEAD"),
    "status_days": http("status/days.csv", "GET", "HEAD"),
    "status_frozen": http("status/frozen/{service}", "GET", "HEAD"),
    "status_export": http("status/export/{service}/{month}", "GET", "HEAD"),
    "metrics": http("metrics", "GET", "HEAD"),
    "status_subscription": http("status/subscribers", "POST"),
    "status_confirmation": http("status/subscribers/confirmation", "GET", "HEAD"),
    "status_confirmed": http("status/subscribers/confirmation", "POST"),
    "status_unsubscription": http("status/subscribers/unsubscription", "GET", "HEAD"),
    "status_unsubscribed": http("status/subscribers/unsubscription", "POST"),
    "incident_list": http("incidents", "GET"),
    "incident_create": http("incidents", "POST"),
    "incident_read": http("incidents/{incident}", "GET"),
    "incident_entry": http("incidents/{incident}/entries", "POST"),
    "sweep": timer("0 * * * * *"),
    "reconcile": timer("0 30 2 * * *"),
}
"""What function.json would hold, by function name."""


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    sys.modules.pop("function_app", None)
    worker = Worker(ROOT)
    yield worker
    worker.close()
    sys.path.remove(str(ROOT))


def test_the_app_has_exactly_the_triggers_that_are_meant(worker: Worker) -> None:
    assert {function.name for function in worker.functions} == EXPECTED.keys()
    assert len(worker.functions) == len(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_binding_is_as_expected(worker: Worker, name: str) -> None:
    [function] = [function for function in worker.functions if function.name == name]
    assert tuple(dict(binding) for binding in function.bindings) == EXPECTED[name]


def test_no_binding_names_an_app_setting_that_could_be_missing(worker: Worker) -> None:
    values = [str(value) for function in worker.functions for binding in function.bindings for value in binding.values()]
    assert [value for value in values if "%" in value] == []


def test_every_route_and_schedule_is_one_the_local_host_reads_as_the_real_one(worker: Worker) -> None:
    prefix = prefix_in(ROOT)
    routes = routes_of(worker.functions, prefix)
    for function in worker.functions:
        if function.trigger["type"] == "timerTrigger":
            Schedule(function.trigger["schedule"])
            continue
        path = f"/{prefix}/" + "/".join("x" if part.startswith("{") else part for part in function.trigger["route"].split("/"))
        for method in function.trigger["methods"]:
            found = match(routes, method, path)
            assert found is not None and found[0].name == function.name
