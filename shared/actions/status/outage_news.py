"""What subscribers of the status page, and the addresses that affected customers have named, are told of outages: that one began,
came back, or ended; each once.

What is told next takes the place of what has not left yet: so nobody reads that it is down when it is up again, and nobody loses
their turn. Word of an end has its edges, and those of ends before that the reader was not told (`unsaid`): nobody misses any.
Partition `outages`, `told|<outage>|<number>`: what has been told; after its news, which waits for it, and before its letters.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Upsert
from shared.actions.status import letters
from shared.actions.watch import reporting
from shared.domain.evidence import stamp
from shared.domain.guarantees import promises
from shared.domain.people import Customer
from shared.domain.status.letter import Letter, LetterKind, News
from shared.domain.watch.outage import Outage
from shared.domain.watch.tally import Happening

KINDS = {
    Happening.OPENED: LetterKind.OUTAGE_BEGAN,
    Happening.REOPENED: LetterKind.OUTAGE_BEGAN,
    Happening.ENDED: LetterKind.OUTAGE_ENDED,
}


def tell(desk: Desk, what: Happening, outage: Outage, at: datetime, now: datetime, holders: Iterable[Customer] = ()) -> None:
    """`at`: when it was found, the same however often this is repeated. `holders`: customers with a product that runs on the
    service. Outages of services that are not public are not told."""
    services = desk.services()
    service = services.services.get(outage.service)
    if what not in KINDS or service is None or not service.is_public:
        return
    edges = {"last_good": outage.last_good, "first_bad": outage.first_bad}
    if what is Happening.ENDED:
        edges |= {"last_bad": outage.last_bad, "first_good": outage.first_good}
    facts: dict[str, object] = {
        "services": [dict(service.name)],
        "zone": promises.contract_at(desk.catalogue(), services.contract, now).zone,
        **{name: stamp(moment) for name, moment in edges.items() if moment is not None},
    }
    number = 2 * outage.again + (what is Happening.ENDED)
    unless = (reporting.PARTITION, _told(outage.id, number + 1))
    key = f"outage:{outage.id}:{outage.again}:{'ended' if what is Happening.ENDED else 'began'}"
    named = [
        Letter(
            key=f"{key}:{customer.id}:{hashlib.sha256(each.email.lower().encode()).hexdigest()[:16]}",
            kind=KINDS[what],
            to=each.email,
            to_name=each.name,
            language=each.language,
            at=at,
            facts=facts,
            unless=unless,
            named_by=customer.id,
            about=outage.id,
        )
        for customer in holders
        for each in customer.notify
    ]
    proof = (reporting.PARTITION, _told(outage.id, number))
    news = News(key=key, kind=KINDS[what], at=at, facts=facts, proof=proof, unless=unless, about=outage.id)
    letters.tell(desk, news, now)
    desk.rows.commit(Table.WATCH, reporting.PARTITION, [Upsert(Row(key=_told(outage.id, number), values={"at": at}))])
    letters.owe(desk, named, now)


def _told(outage: str, number: int) -> str:
    """0: it began; 1: it ended; 2: it came back; 3: it ended again, and so on."""
    return f"told|{outage}|{number:04d}"
