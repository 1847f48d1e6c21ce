"""What a reader was to be told and was not, since something newer has overtaken it: the newer letter says it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from shared.domain.status.letter import Letter, LetterKind

EDGES = ("last_good", "first_bad", "last_bad", "first_good")
MOST = 20
"""Earlier spells of an outage in one letter, the latest; the status page has all of them."""


def with_unsaid(letter: Letter, overtaken: Iterable[Letter]) -> Letter:
    """The letter with the edges of the spells whose end the reader has not been told: `earlier` in its facts, in order.

    `overtaken`: letters to the same reader about the same outage that have not left. Word of a beginning holds nothing that word
    of the end, or of another beginning, does not hold.
    """
    found: dict[str, Mapping[str, object]] = {}
    for each in overtaken:
        found |= {str(spell.get("first_bad")): spell for spell in earlier(each.facts)}
        if each.kind is LetterKind.OUTAGE_ENDED:
            found[str(each.facts.get("first_bad"))] = {name: each.facts[name] for name in EDGES if name in each.facts}
    found.pop(str(letter.facts.get("first_bad")), None)
    spells = [dict(found[began]) for began in sorted(found)][-MOST:]
    return replace(letter, facts={**letter.facts, "earlier": spells}) if spells else letter


def earlier(facts: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The spells before, as the facts have them."""
    found = facts.get("earlier")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []
