"""What an entitlement says to the customer where the contract's data has no sentence of its own, in Italian and English."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.contract import Contract, Product
from shared.domain.text import Text, text_in
from shared.domain.tier import Right, Terms, Tier

LANGUAGES = ("it", "en")

OF_RIGHT: Mapping[Terms, Text] = {
    Terms.COVERED: {
        "it": "«{right}»: è compreso nel canone del livello di supporto {tier}.",
        "en": "“{right}”: the fee of {tier} support includes it.",
    },
    Terms.CHARGED: {
        "it": "«{right}»: con il livello di supporto {tier} è a carico del cliente.",
        "en": "“{right}”: with {tier} support it is charged to the customer.",
    },
    Terms.QUOTED: {
        "it": "«{right}»: è oggetto di un preventivo, che il cliente accetta prima che si cominci.",
        "en": "“{right}”: it is quoted, and work begins once the customer has accepted.",
    },
    Terms.NOT_COVERED: {
        "it": "«{right}»: il livello di supporto {tier} non lo comprende.",
        "en": "“{right}”: {tier} support does not include it.",
    },
}
OTHERWISE: Mapping[Terms, Text] = {
    Terms.COVERED: {
        "it": "Il canone del livello di supporto {tier} comprende anche le richieste come questa.",
        "en": "The fee of {tier} support includes requests like this one as well.",
    },
    Terms.CHARGED: {
        "it": "Con il livello di supporto {tier} le richieste come questa sono a carico del cliente.",
        "en": "With {tier} support, requests like this one are charged to the customer.",
    },
    Terms.QUOTED: {
        "it": "Il livello di supporto {tier} non comprende questa richiesta, che è oggetto di un preventivo a parte.",
        "en": "{tier} support does not include this request, which is quoted separately.",
    },
    Terms.NOT_COVERED: {
        "it": "Il livello di supporto {tier} non comprende le richieste come questa.",
        "en": "{tier} support does not include requests like this one.",
    },
}
WITHOUT_TIER: Mapping[Terms, Text] = {
    Terms.COVERED: {
        "it": "Per questa richiesta non è registrato un livello di supporto, ma il contratto ne prevede comunque la gestione.",
        "en": "No level of support is recorded for this request, but the contract provides for such requests all the same.",
    },
    Terms.QUOTED: {
        "it": "Per questa richiesta non è registrato un livello di supporto: prima di lavorarla si invia un preventivo.",
        "en": "No level of support is recorded for this request, so it is quoted before anybody works on it.",
    },
    Terms.NOT_COVERED: {
        "it": "Per richieste di questo tipo il contratto non prevede alcun lavoro: vengono chiuse comunicandone il motivo.",
        "en": "The contract provides for no work on requests of this kind: they are closed, and the reason is told.",
    },
}
PHONE_CLOSED: Text = {
    "it": "Alla ricezione della richiesta il telefono non era attivo: risponde da {opening}, e fuori orario "
    "«{right}» non si applica; {rest}.",
    "en": "Nobody answered the telephone at the time of the request: it is answered from {opening}, and “{right}” does not apply "
    "outside its hours; {rest}.",
}
REST: Mapping[Terms, Text] = {
    Terms.COVERED: {"it": "la richiesta è comunque compresa nel canone", "en": "the fee includes the request all the same"},
    Terms.CHARGED: {"it": "la richiesta è a carico del cliente", "en": "the request is charged to the customer"},
    Terms.QUOTED: {"it": "la richiesta è oggetto di un preventivo", "en": "the request is quoted"},
    Terms.NOT_COVERED: {
        "it": "per telefono, a quell'ora, la richiesta non è compresa",
        "en": "by telephone, at that time, the request is not covered",
    },
}
NOT_BEGUN: Text = {
    "it": "Alla ricezione della richiesta il contratto di supporto non era ancora in vigore (primo giorno: {day}).",
    "en": "The support contract was not yet in force when the request was received (first day: {day}).",
}
ENDED: Text = {
    "it": "Alla ricezione della richiesta il contratto di supporto non era più in vigore (ultimo giorno: {day}).",
    "en": "The support contract was no longer in force when the request was received (last day: {day}).",
}
NOT_HELD: Text = {
    "it": "Il contratto di supporto del cliente non comprende il prodotto {product}.",
    "en": "The customer's support contract does not include the product {product}.",
}
OTHER_DELIVERY: Text = {
    "it": "Il supporto per {product} è previsto in modalità {modes}, mentre il cliente lo ha in modalità {mode}.",
    "en": "Support for {product} is given in the mode {modes}, and the customer has it in another: {mode}.",
}
OR: Text = {"it": " o ", "en": " or "}

_DAYS: Mapping[str, tuple[str, ...]] = {
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Mapping[str, tuple[str, ...]] = {
    "it": tuple("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()),
    "en": tuple("January February March April May June July August September October November December".split()),
}
_AT: Text = {"it": ", ore", "en": " at"}


def of_right(tier: Tier, right: Right) -> Text:
    if right.sentence is not None:
        return _in_both(right.sentence)
    return _filled(OF_RIGHT[right.terms], right=right.name, tier=tier.name)


def otherwise(tier: Tier) -> Text:
    return _in_both(tier.sentence) if tier.sentence is not None else _filled(OTHERWISE[tier.otherwise], tier=tier.name)


def without_tier(terms: Terms) -> Text:
    return WITHOUT_TIER[terms]


def phone_closed(contract: Contract, right: Right, terms: Terms, opens_at: datetime) -> Text:
    """`terms`: what holds in place of the right."""
    calendar = contract.calendars[contract.support.phone_calendar or contract.calendar].versions[0].calendar
    opening = {language: f"{_moment(opens_at, calendar.zone, language)} ({calendar.zone.key})" for language in LANGUAGES}
    return _filled(PHONE_CLOSED, opening=opening, right=right.name, rest=REST[terms])


def not_begun(contract: Contract, since: datetime) -> Text:
    return _filled(NOT_BEGUN, day=_day(contract, since))


def ended(contract: Contract, until: datetime) -> Text:
    """`until` is exclusive: a contract that runs until 1 January, 0:00, has 31 December as its last day."""
    return _filled(ENDED, day=_day(contract, until - timedelta(microseconds=1)))


def not_held(product: Product) -> Text:
    return _filled(NOT_HELD, product=product.name)


def other_delivery(contract: Contract, product: Product, mode: str) -> Text:
    modes = {
        language: OR[language].join(text_in(contract.delivery[each], language) for each in product.delivery)
        for language in LANGUAGES
    }
    return _filled(OTHER_DELIVERY, product=product.name, modes=modes, mode=contract.delivery.get(mode, {"": mode}))


def _filled(text: Text, **gaps: Text) -> Text:
    return {
        language: text[language].format(**{name: text_in(gap, language) for name, gap in gaps.items()}) for language in LANGUAGES
    }


def _in_both(text: Text) -> Text:
    """A contract in other languages says it in the first one it has."""
    return {language: text_in(text, language) for language in LANGUAGES}


def _day(contract: Contract, at: datetime) -> Text:
    local = at.astimezone(ZoneInfo(contract.zone))
    return {language: _date(local, language) for language in LANGUAGES}


def _moment(at: datetime, zone: ZoneInfo, language: str) -> str:
    """lunedì 10 agosto 2026, ore 9:00; Monday 10 August 2026 at 9:00."""
    local = at.astimezone(zone)
    return f"{_DAYS[language][local.weekday()]} {_date(local, language)}{_AT[language]} {local.hour}:{local.minute:02}"


def _date(local: datetime, language: str) -> str:
    """10 agosto 2026; the first of a month is 1º in Italian."""
    day = "1º" if local.day == 1 and language == "it" else str(local.day)
    return f"{day} {_MONTHS[language][local.month - 1]} {local.year}"
