"""Frozen months as anybody may see them: the record, and beside it what was amended since. Who amended, and why, stays in the
house: reasons are written for the record, and may name people."""

from collections.abc import Iterable, Sequence

from shared.domain.evidence import stamp
from shared.domain.guarantees.frozen import Frozen
from shared.domain.guarantees.frozen_months import Month, Months, budget, share
from shared.web.status import paths
from shared.web.status.budgets import budget_words
from shared.web.status.words import Words
from shared.web.views import availability as views

MOST = 12
"""Months under a guarantee on a page; older ones are in the JSON."""

MOST_CORRECTIONS = 5


def as_json(service: str, found: Iterable[Months]) -> dict[str, object]:
    """Every month, the latest first. Lengths in microseconds, as they are frozen."""
    return {
        "service": service,
        "guarantees": [
            {
                "guarantee": each.guarantee,
                "name": dict(each.name),
                "first_broken": each.first_broken,
                "months": [
                    {
                        "month": month.record.month,
                        "record": _link(month.record),
                        "amendments": [_link(link) for link in month.amendments],
                    }
                    for month in each.months
                ],
            }
            for each in found
        ],
    }


def shown(found: Sequence[Months], words: Words) -> list[dict[str, object]]:
    """As the page has them: under each guarantee the latest months; nothing where nothing is frozen yet."""
    return [
        {
            "guarantee": words.of(each.name) if len(found) > 1 else "",
            "broken": "" if each.first_broken is None else words.says["chain_broken"].format(number=each.first_broken),
            "months": [_month(month, words) for month in each.months[:MOST]],
        }
        for each in found
        if each.months
    ]


def _month(month: Month, words: Words) -> dict[str, object]:
    return {
        "name": words.month(month.record.month),
        "record": _figures(month.record, "frozen_at", words),
        "amendment": _figures(month.amendments[-1], "amended_at", words) if month.amendments else None,
    }


def _figures(link: Frozen, when: str, words: Words) -> dict[str, object]:
    judged, says = link.contractual, words.says
    target, left = share(link.target), budget(link)
    assert target is not None
    return {
        "at": says[when].format(at=words.moment(link.frozen_at)),
        "parts": [
            words.bounds(share(judged.minimum), share(judged.maximum)),
            says["promised" if judged.verdict else "promised_by_year"].format(target=words.target(target)),
            *([says[judged.verdict]] if judged.verdict else []),
        ],
        "verdict": judged.verdict,
        "budget": "" if left is None else budget_words(left, words),
        "corrections": _corrections(link, words),
        "export": paths.export(link.service, link.month, link.guarantee, link.number),
        "export_name": says["states_of" if link.amends is None else "states_amended"].format(month=words.month(link.month)),
    }


def _corrections(link: Frozen, words: Words) -> list[str]:
    told = [
        words.says["correction"].format(
            starts=words.moment(each.starts_at), ends=words.moment(each.ends_at), state=words.says[f"corrected_{each.state}"]
        )
        for each in link.corrections[-MOST_CORRECTIONS:]
    ]
    left_out = len(link.corrections) - len(told)
    return [*told, *([words.says["corrections_more"].format(count=left_out)] if left_out else [])]


def _link(link: Frozen) -> dict[str, object]:
    judged, left = link.contractual, budget(link)
    return {
        "number": link.number,
        "at": stamp(link.frozen_at),
        "contract": link.contract,
        "contract_digest": link.digest,
        "target": link.target,
        "min": judged.minimum_shown,
        "max": judged.maximum_shown,
        "min_exact": judged.minimum,
        "max_exact": judged.maximum,
        "verdict": judged.verdict or None,
        "up_us": judged.up_us,
        "down_us": judged.down_us,
        "unknown_us": judged.unknown_us,
        "excluded_us": judged.excluded_us,
        "budget": None if left is None else views.budget(left),
        "corrections": [[stamp(each.starts_at), stamp(each.ends_at), each.state.value] for each in link.corrections],
        "evidence": link.evidence,
        "previous": link.previous,
        "hash": link.hash,
        "states_at": paths.export(link.service, link.month, link.guarantee, link.number),
    }
