"""What the desk writes into its own ticket about an outage: its bracket, the looks that showed it, and where the rest is.

In the language of the contract. Instants are written as everywhere in evidence, in UTC and to the microsecond: this is compared
with other records, line by line.
"""

from collections.abc import Mapping, Sequence

from shared.domain.evidence import stamp
from shared.domain.text import text_in
from shared.domain.watch.outage import Outage
from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Service

WORDS: Mapping[str, Mapping[str, str]] = {
    "it": {
        "subject": "Interruzione: {name}",
        "opening": "{name} ({service}) non risponde come dovrebbe: il sistema di controllo ha aperto l'interruzione {outage}.",
        "last_good": "Ultima risposta regolare: {at}",
        "never_good": "Prima d'ora nessuna risposta regolare.",
        "first_bad": "Prima verifica fallita: {at}",
        "check": "Verifica {number}: {kind} {target}",
        "looks": "Che cosa si è visto:",
        "good": "regolare",
        "bad": "fallita",
        "reprobe": "ripetuta subito",
        "ms": "{ms} ms",
        "affected": "Clienti che hanno un prodotto che dipende da questo servizio: {customers}",
        "nobody": "Nessun cliente ha un prodotto che dipende da questo servizio.",
        "raw": "Tutti i risultati della giornata: {name} (archivio degli oggetti)",
        "states": "Stati del periodo, da ricalcolare con `make -s calculate`: {url}",
        "page": "Pagina dello stato: {url}",
    },
    "en": {
        "subject": "Outage: {name}",
        "opening": "{name} ({service}) does not answer as it should. The monitor has opened the outage {outage}.",
        "last_good": "Last good look: {at}",
        "never_good": "No look has been good so far.",
        "first_bad": "First bad look: {at}",
        "check": "Check {number}: {kind} {target}",
        "looks": "What was seen:",
        "good": "good",
        "bad": "bad",
        "reprobe": "asked again at once",
        "ms": "{ms} ms",
        "affected": "Customers with a product that runs on this service: {customers}",
        "nobody": "No customer has a product that runs on this service.",
        "raw": "All results of the day: {name} (blob)",
        "states": "The states of that time, to be recomputed with `make -s calculate`: {url}",
        "page": "Status page: {url}",
    },
}


def subject(service: Service, language: str) -> str:
    return _words(language)["subject"].format(name=text_in(service.name, language))


def description(
    service: Service, outage: Outage, looks: Sequence[Sample], affected: Sequence[str], places: Mapping[str, str], language: str
) -> str:
    """`looks`: those of the run that confirmed it. `places`: `raw`, the name of a blob; `states` and `page`, addresses."""
    words = _words(language)
    name = text_in(service.name, language)
    good = words["last_good"].format(at=stamp(outage.last_good)) if outage.last_good else words["never_good"]
    lines = [
        words["opening"].format(name=name, service=service.id, outage=outage.id),
        "",
        good,
        words["first_bad"].format(at=stamp(outage.first_bad)),
        *_check(service, looks, words),
        "",
        words["looks"],
        *(_look(each, words) for each in looks),
        "",
        words["affected"].format(customers=", ".join(affected)) if affected else words["nobody"],
        words["raw"].format(name=places["raw"]),
        words["states"].format(url=places["states"]),
        words["page"].format(url=places["page"]),
    ]
    return "\n".join(lines)


def _check(service: Service, looks: Sequence[Sample], words: Mapping[str, str]) -> list[str]:
    """The check that failed first."""
    number = next((look.check for look in looks if look.outcome is Outcome.BAD and look.check is not None), None)
    if number is None or number >= len(service.checks):
        return []
    check = service.checks[number]
    return [words["check"].format(number=number + 1, kind=check.kind.value.upper(), target=check.target)]


def _look(look: Sample, words: Mapping[str, str]) -> str:
    """- 2026-11-23T09:01:00.000000Z: bad, answered 503 (asked again at once), 12 ms"""
    parts = [words[look.outcome.value], *([look.detail] if look.detail else [])]
    parts += [words["ms"].format(ms=look.latency_ms)] if look.latency_ms is not None else []
    again = f" ({words['reprobe']})" if look.seer is Seer.REPROBE else ""
    return f"- {stamp(look.at)}: {', '.join(parts)}{again}"


def _words(language: str) -> Mapping[str, str]:
    return WORDS.get(language, WORDS["en"])
