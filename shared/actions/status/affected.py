"""Who is written to about maintenance: the addresses that a customer named (`Customer.notify`), when one of its products runs on
a service of the window, each in its language; and the subscribers of the status page. Of services that are not public nobody is
told.

A letter's key names window, occasion and address: however often it is owed, it is one letter.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from shared.actions import codec, customers
from shared.actions.desk import Desk
from shared.actions.ports import Table
from shared.actions.status import letters
from shared.domain.evidence import stamp
from shared.domain.guarantees import promises
from shared.domain.people import Customer
from shared.domain.status.letter import Letter, LetterKind, News
from shared.domain.watch.maintenance import Window


def tell(
    desk: Desk, window: Window, kind: LetterKind, proof: tuple[str, str], now: datetime, unless: tuple[str, ...] = ()
) -> None:
    """Owes everybody their letter, before the commit that writes the `proof`: partition and key of a row in `watch`. `unless`: of
    the row that withdraws it."""
    services = desk.services()
    known = (services.services[id] for id in window.services if id in services.services)
    named = [service for service in known if service.is_public]
    if not named:
        return
    facts: Mapping[str, object] = {
        "id": window.id,
        "services": [dict(service.name) for service in named],
        "starts_at": stamp(window.starts_at),
        "ends_at": stamp(window.ends_at),
        "reason": dict(window.reason),
        "zone": promises.contract_at(desk.catalogue(), services.contract, now).zone,
    }
    key = f"maintenance:{window.id}:{kind}"
    products = {product for service in named for product in service.products}
    owed = [
        Letter(
            key=f"{key}:{customer.id}:{hashlib.sha256(each.email.lower().encode()).hexdigest()[:16]}",
            kind=kind,
            to=each.email,
            to_name=each.name,
            language=each.language,
            at=now,
            facts=facts,
            proof=proof,
            unless=unless,
            named_by=customer.id,
        )
        for customer in having(desk, products, now)
        for each in customer.notify
    ]
    letters.owe(desk, owed, now)
    letters.tell(desk, News(key=key, kind=kind, at=now, facts=facts, proof=proof, unless=unless), now)


def having(desk: Desk, products: Iterable[str], now: datetime) -> Iterator[Customer]:
    """Customers under contract that have one of the products."""
    wanted = frozenset(products)
    for id in customers.every_id(desk):
        row = desk.rows.get(Table.DESK, id, customers.CUSTOMER)
        customer = None if row is None else codec.loaded(Customer, str(row.values["doc"]))
        if customer is not None and customer.is_covered_at(now) and wanted & set(customer.products):
            yield customer
