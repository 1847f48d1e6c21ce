"""Judged periods, windows and frozen months in JSON; the states behind them as questions to the calculator, and as CSV.

Percentages and minutes are shown cut, never rounded up; beside each stands the exact share as "numerator/denominator".
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction

from shared.domain.availability import Judgement, State, cut
from shared.domain.contract import Contract
from shared.domain.evidence import stamp
from shared.domain.guarantees.budget import Budget, cut_minutes, gap_alarm, raised_minutes
from shared.domain.guarantees.frozen import Frozen, document, fraction, window_document
from shared.domain.guarantees.report import Held, Report, spans
from shared.domain.guarantees.windows import Accounted
from shared.domain.watch.maintenance import Window
from shared.domain.worktime.span import Span, clipped, without

COLUMNS = ("from", "to", "state", "excluded", "seconds")
NO_GUARANTEE = "No guarantee covers this service: the verdict means nothing."


def period(name: str, contract: Contract, services: Sequence[Report], together: Sequence[Report]) -> dict[str, object]:
    """A month or a year, judged by which version of the contract."""
    return {
        "period": name,
        "contract": f"{contract.id}@{contract.version}",
        "contract_digest": contract.digest,
        "services": [report(each) for each in services],
        "together": [report(each) for each in together],
    }


def report(report: Report) -> dict[str, object]:
    """A period as judged: `raw` without exclusions, `contractual` with them, and where to find what it follows from."""
    guarantee = report.guarantee
    return {
        "services": list(report.services),
        "guarantee": None if guarantee is None else guarantee.id,
        "target": None if guarantee is None else percent(guarantee.target),
        "from": stamp(report.starts_at),
        "to": stamp(report.ends_at),
        "now": None if report.now is None else stamp(report.now),
        "raw": judgement(report.raw, has_verdict=report.is_judged),
        "contractual": None if guarantee is None else judgement(report.contractual, has_verdict=report.is_judged),
        "coverage": None if report.coverage is None else cut(report.coverage),
        "budget": None if report.budget is None else {**budget(report.budget), "gap_alarm": gap_alarm(report.budget)},
        "states_at": _export(report),
    }


def judgement(judged: Judgement, *, has_verdict: bool = True) -> dict[str, object]:
    """As the calculator answers it, with the exact shares."""
    return {
        "up_s": judged.up.total_seconds(),
        "down_s": judged.down.total_seconds(),
        "unknown_s": judged.unknown.total_seconds(),
        "excluded_s": judged.excluded.total_seconds(),
        "min": None if judged.minimum is None else cut(judged.minimum),
        "max": None if judged.maximum is None else cut(judged.maximum),
        "min_exact": None if judged.minimum is None else fraction(judged.minimum),
        "max_exact": None if judged.maximum is None else fraction(judged.maximum),
        "verdict": judged.verdict.value if has_verdict else None,
    }


def questions(report: Report) -> Iterator[dict[str, object]]:
    """The questions whose answers are the report's figures: `make -s calculate` takes them as they are, a line each."""
    name = f"{'+'.join(report.services)}/{stamp(report.starts_at)}"
    asked: dict[str, object] = {
        "op": "availability",
        "period": [stamp(report.starts_at), stamp(report.ends_at)],
        "now": None if report.now is None else stamp(report.now),
        "target": "0" if report.target is None else percent(report.target),
    }
    if report.guarantee is None:
        asked["note"] = NO_GUARANTEE
    yield {"id": f"{name}/raw", **asked, "states": _states(report.raw_states)}
    if report.guarantee is not None:
        maintenance = [[stamp(start), stamp(end)] for start, end in report.excluded]
        yield {"id": f"{name}/contractual", **asked, "states": _states(report.states), "maintenance": maintenance}


def as_lines(report: Report) -> str:
    """The questions as JSON lines."""
    return "".join(json.dumps(question, ensure_ascii=False) + "\n" for question in questions(report))


def as_csv(report: Report) -> str:
    """What held when, by RFC 4180: contiguous from the beginning of the period to its end, or to now."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    until = report.ends_at if report.now is None else max(report.now, report.starts_at)
    for start, end, state, is_out in _stretches(report, (report.starts_at, until)):
        lines.writerow([stamp(start), stamp(end), state.value, "yes" if is_out else "no", f"{(end - start).total_seconds():f}"])
    return text.getvalue()


def percent(share: Fraction) -> str:
    """A target in per cent, in full: 1999/2000 is "99.95". Targets are read from decimals, so there is an end to them."""
    whole, rest = divmod(share * 100, 1)
    digits = ""
    while rest:
        digit, rest = divmod(rest * 10, 1)
        digits += str(digit)
    return f"{whole}.{digits}" if digits else str(whole)


def window(window: Window) -> dict[str, object]:
    """A window as it was announced."""
    return dict(window_document(window))


def effect(guarantee: str, service: str, accounted: Accounted) -> dict[str, object]:
    """What of a window is excluded for a service under a guarantee, part by part, and why the rest counts."""
    return {
        "guarantee": guarantee,
        "service": service,
        "parts": [{"from": stamp(part.starts_at), "to": stamp(part.ends_at), "why": part.why.value} for part in accounted.parts],
    }


def frozen(chain: Sequence[Frozen], broken: int | None) -> dict[str, object]:
    """A chain of frozen months with their amendments, and the first link that does not hold, if any."""
    return {"months": [link(each) for each in chain], "first_broken": broken}


def link(found: Frozen) -> dict[str, object]:
    """A link, and beside it where the states are that it follows from: that is no part of what is hashed."""
    query = f"from={stamp(found.starts_at)}&to={stamp(found.ends_at)}&guarantee={found.guarantee}&link={found.number}"
    return {**document(found), "states_at": f"/api/availability/{found.service}/states?{query}"}


def _stretches(report: Report, period: Span) -> Iterator[tuple[datetime, datetime, State, bool]]:
    """The time in order, cut wherever the state or its exclusion changes."""
    if period[0] >= period[1]:
        return
    out = clipped(report.excluded, *period)
    cut_up: list[tuple[datetime, datetime, State, bool]] = []
    for state in State:
        held = spans(report.states, state, period)
        cut_up += [(start, end, state, False) for start, end in without(held, out)]
        cut_up += [(start, end, state, True) for each in held for start, end in clipped(out, *each)]
    yield from sorted(cut_up)


def _states(states: Iterable[Held]) -> list[list[str]]:
    return [[stamp(at), state.value] for at, state in states]


def _export(report: Report) -> str:
    """Where the states are, one click away from the figures."""
    under = f"&guarantee={report.guarantee.id}" if report.guarantee else ""
    query = f"from={stamp(report.starts_at)}&to={stamp(report.ends_at)}{under}"
    service = report.services[0] if len(report.services) == 1 else "together"
    return f"/api/availability/{service}/states?{query}"


def budget(budget: Budget) -> dict[str, object]:
    """In minutes: what may be lost and what is left are cut, what is lost is raised, so that none is shown too well."""
    least, most = budget.left
    return {
        "allowed": cut_minutes(budget.allowed),
        "used": raised_minutes(budget.used),
        "unknown": raised_minutes(budget.unknown),
        "left": [cut_minutes(least), cut_minutes(most)],
        "left_exact": [fraction(least), fraction(most)],
    }
