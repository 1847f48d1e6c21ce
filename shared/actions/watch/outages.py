"""What is done about outages: a ticket of the desk's own, letters, and a word to the customers who have reported it.

    began       a ticket of priority 1 (once: the source `outage:<id>`), letters; requests that come in are tied to it
    came back   noted on that ticket, which is opened again if it was resolved; letters
    ended       noted on that ticket, letters; noted on every request that was tied to it, whose contact is told, unless something
                else that the product runs on is still down: then when that ends

All of it is asked for by rows of the agenda (`events`), and harmless to repeat: a ticket's `Tie` says what it has been told, and
letters have keys. An end is asked about once more, two minutes later, for requests that another instance was just tying to it.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from shared.actions import cases, customers, intake
from shared.actions.codec import plain
from shared.actions.desk import Desk
from shared.actions.status import affected, outage_news
from shared.actions.watch import reporting
from shared.actions.watch.events import Happened
from shared.domain import lifecycle
from shared.domain.contract import Contract, Course
from shared.domain.errors import NotFound
from shared.domain.evidence import canonical, stamp
from shared.domain.guarantees import promises
from shared.domain.people import SYSTEM, Contact, Customer
from shared.domain.ticket import Decision, Ticket
from shared.domain.watch import evidence_words
from shared.domain.watch.outage import Outage
from shared.domain.watch.sample import Sample
from shared.domain.watch.service import Service
from shared.domain.watch.tally import Happening
from shared.domain.watch.tie import MOST_NAMED, tied

log = logging.getLogger("sportello.outages")


def act(desk: Desk, happened: Happened, now: datetime) -> datetime | None:
    """Does all that is to be done, now; when to ask again, if that is needed."""
    outage, service = happened.spell, desk.services().services.get(happened.outage.service)
    desk.telemetry.tell("outage.told", is_warning=True, outage=outage.id, what=happened.what.value, again=happened.again)
    if service is None:
        return None  # it is watched no longer
    has_ended = happened.what is Happening.ENDED
    if not happened.is_repeated:
        _known(desk, happened.outage, service)
        holders = [each for each in affected.having(desk, service.products, now) if each.id != desk.services().desk]
        ticket = _opened(desk, happened, service, holders, now)
        if has_ended or happened.what is Happening.REOPENED:
            _noted(desk, ticket.id, outage, now)
        outage_news.tell(desk, happened.what, outage, happened.at, now, holders)
    if has_ended:
        for id, over in reporting.reporters(desk, outage):
            _told(desk, id, over, now)
    return happened.at + reporting.LATE if has_ended and not happened.is_repeated else None


def _known(desk: Desk, outage: Outage, service: Service) -> None:
    """Whether requests are told of it, by how it stands now, whatever happened first."""
    if outage.is_over:
        reporting.over(desk, outage.id)
    else:
        reporting.begun(desk, tied(outage, service.name))


def _opened(desk: Desk, happened: Happened, service: Service, holders: Sequence[Customer], now: datetime) -> Ticket:
    """The desk's own ticket, made if it is not there yet."""
    outage, ids, source = happened.spell, [each.id for each in holders], f"outage:{happened.spell.id}"
    if (found := intake.found(desk, desk.services().desk, source)) is not None:
        return found
    customer, _ = customers.find(desk, desk.services().desk)
    contract = desk.catalogue().in_force(customer.contract, happened.at)
    language = contract.languages[0]
    product = next((each for each in service.products if each in customer.products), customer.products[0])
    tie = replace(
        tied(outage, service.name),
        is_own=True,
        affected=tuple(ids[:MOST_NAMED]),
        affected_count=len(ids),
        noted=(2 * outage.again,),
    )
    request = intake.Request(
        customer=customer.id,
        contact=Contact(name=customer.name, email=""),
        language=language,
        product=product,
        subject=evidence_words.subject(service, language),
        description=evidence_words.description(
            service, outage, happened.looks, ids[:MOST_NAMED], _places(desk, outage, service, language), language
        ),
        reference=outage.id,
        occurred_at=happened.at,
        actor=SYSTEM,
        classification=_fault(contract),
        priority=min(contract.family_of(product).priorities),
        outage=tie,
    )
    raw, _ = intake.keep_raw(desk, _evidence(outage, happened.looks))
    return intake.accept(desk, request, source=source, raw=raw, seen_at=max(now, happened.at), now=now).ticket


def _noted(desk: Desk, ticket: str, outage: Outage, now: datetime) -> None:
    transition = lifecycle.recover if outage.is_over else lifecycle.come_back

    def decide(ticket: Ticket) -> Decision | None:
        return transition(ticket, cases.occasion(desk, ticket, SYSTEM, now), outage)

    cases.change(desk, ticket, decide, now)


def _told(desk: Desk, id: str, outage: Outage, now: datetime) -> None:
    """A request that was tied to it, once all that its product runs on is back; unless it never came to be, or as another one."""

    def decide(ticket: Ticket) -> Decision | None:
        if ticket.outage is None or ticket.outage.outage != outage.id or ticket.outage.is_own:
            return None
        if not ticket.outage.noted and reporting.waits(desk, ticket, outage):
            return None
        return lifecycle.recover(ticket, cases.occasion(desk, ticket, SYSTEM, now), outage)

    try:
        cases.change(desk, id, decide, now)
    except NotFound:
        log.info("%s was never made; nobody is told there of outage %s", id, outage.id)


def _fault(contract: Contract) -> str:
    """What the contract calls something that is to be repaired, with deadlines."""
    repairs = [each.id for each in contract.classifications.values() if each.course is Course.REPAIR and each.has_targets]
    return "bug" if "bug" in repairs else repairs[0]


def _places(desk: Desk, outage: Outage, service: Service, language: str) -> dict[str, str]:
    """Where the raw results, the states and the page are."""
    base = desk.options.public_url.rstrip("/")
    zone = ZoneInfo(promises.contract_at(desk.catalogue(), desk.services().contract, outage.first_bad).zone)
    start = (outage.last_good or outage.first_bad) - timedelta(minutes=10)
    query = {"from": stamp(start), "to": stamp(outage.first_bad + timedelta(hours=1))}
    page = urlencode({"service": service.id, "lang": language})
    return {
        "raw": f"probes/{outage.first_bad.astimezone(zone).date().isoformat()}.jsonl",
        "states": f"{base}/api/availability/{quote(service.id, safe='')}/states?{urlencode(query, safe=':')}",
        "page": f"{base}/api/status/page?{page}",
    }


def _evidence(outage: Outage, looks: Sequence[Sample]) -> bytes:
    """What the ticket rests on, to be kept as it was: the same bytes each time."""
    return canonical({"outage": plain(outage), "looks": [plain(look) for look in looks]})
