"""The outage that a letter speaks of: its service, what is certain of its edges to the very instant, and where to follow it."""

from shared.web import facts as read
from shared.web import i18n
from shared.web.facts import Facts
from shared.web.status import paths
from shared.web.status.words import words_in

EDGES = ("last_good", "first_bad", "last_bad", "first_good")


def values(facts: Facts, language: str, zone: str, public_url: str) -> dict[str, object]:
    """What templates may name, empty where the facts speak of none. Moments as the status page has them: nothing is cut."""
    outage = read.mapping(facts, "outage")
    words, label = words_in(language, zone), i18n.phrases(i18n.spoken(language))["status_mail"]
    service, name = read.line(outage, "service"), read.worded(outage, "name", words.language)
    moments = [(label[edge], words.in_zone(at)) for edge in EDGES if (at := read.instant(outage, edge)) is not None]
    return {
        "outage": [(label["services"], name), *moments] if moments else [],
        "service": name,
        "affected": read.number(outage, "affected") or 0,
        "status_page": f"{public_url.rstrip('/')}{paths.page(words.language, service=service)}" if service else "",
    }
