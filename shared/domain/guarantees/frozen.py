"""A month, judged once and for all: a record that nobody can change later without it showing.

The months of one service under one guarantee are a chain, each with the hash of the one before; so are those of all services of
a guarantee as one, under the name TOGETHER. A record holds its figures as
exact fractions, the contract's version and digest, and the hash of the states and windows that they follow from. What turns out
to be wrong later is said beside it, by an amendment with author and reason, a link of the same chain: the record itself stays.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from shared.domain.availability import Judgement, cut
from shared.domain.contract import Contract
from shared.domain.evidence import GENESIS, canonical, stamp
from shared.domain.guarantees.correction import Correction
from shared.domain.guarantees.report import Report
from shared.domain.watch.maintenance import Window
from shared.domain.worktime.span import Span

TOGETHER = "together"
"""In place of a service: all services of a guarantee as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A judgement in words that never change their meaning: microseconds, shares as "numerator/denominator" and as shown.

    `verdict`: empty of a month under a guarantee that is judged by the year; null in the document."""

    up_us: int
    down_us: int
    unknown_us: int
    excluded_us: int
    minimum: str | None
    maximum: str | None
    minimum_shown: str | None
    maximum_shown: str | None
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A link of the chain. `amends`: the number of the link that it corrects; None: a month's own record.

    `number`: from 1. `month`: "2026-11". `contract`: id@version, and `digest`, the SHA-256 of its file. `evidence`: the SHA-256
    of the states and windows. `author` and `reason` are an amendment's. `corrections`: all that hold of the month by then; of a
    record, the time that was not settled when it was frozen, as unknown. Of TOGETHER, `services` are those that it is of, and an
    amendment names in `follows` the link that it follows from, as "archive 3": corrections are said there.
    """

    guarantee: str
    service: str
    number: int
    month: str
    starts_at: datetime
    ends_at: datetime
    contract: str
    digest: str
    target: str
    raw: Figures
    contractual: Figures
    evidence: str
    frozen_at: datetime
    amends: int | None = None
    author: str = ""
    reason: str = ""
    corrections: tuple[Correction, ...] = ()
    services: tuple[str, ...] = ()
    follows: str = ""
    previous: str = GENESIS
    hash: str = ""


def freeze(
    report: Report,
    month: str,
    contract: Contract,
    windows: Iterable[Window],
    before: Frozen | None,
    now: datetime,
    *,
    corrections: tuple[Correction, ...] = (),
    is_together: bool = False,
) -> Frozen:
    """A month's record, after the last link of its chain. `corrections`: those that the report is judged with."""
    assert report.guarantee is not None and report.now is None
    link = Frozen(
        guarantee=report.guarantee.id,
        service=TOGETHER if is_together else report.services[0],
        number=1 if before is None else before.number + 1,
        month=month,
        starts_at=report.starts_at,
        ends_at=report.ends_at,
        contract=f"{contract.id}@{contract.version}",
        digest=contract.digest,
        target=fraction(report.guarantee.target),
        raw=figures(report.raw, has_verdict=report.is_judged),
        contractual=figures(report.contractual, has_verdict=report.is_judged),
        evidence=evidence(report, windows),
        frozen_at=now,
        corrections=corrections,
        services=report.services if is_together else (),
    )
    return _sealed(link, before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """Who corrects a month, why, and all corrections that hold of it from now on. `follows`: see `Frozen`."""

    author: str
    reason: str
    corrections: tuple[Correction, ...]
    at: datetime
    follows: str = ""


def amend(record: Frozen, last: Frozen, said: Amendment, report: Report, windows: Iterable[Window]) -> Frozen:
    """A correction of a month, after the last link: `report` is what should have been judged, under the same contract."""
    link = replace(
        record,
        number=last.number + 1,
        raw=figures(report.raw, has_verdict=report.is_judged),
        contractual=figures(report.contractual, has_verdict=report.is_judged),
        evidence=evidence(report, windows),
        frozen_at=said.at,
        amends=record.number,
        author=said.author,
        reason=said.reason,
        corrections=said.corrections,
        follows=said.follows,
    )
    return _sealed(link, last)


def first_broken(chain: Iterable[Frozen]) -> int | None:
    """The number of the first link that does not fit, or None when all of them hold: nothing changed, taken out or moved."""
    before: Frozen | None = None
    for expected, link in enumerate(chain, start=1):
        if (link.number, link.hash) != (expected, digest(link)):
            return expected
        if link.previous != (GENESIS if before is None else before.hash):
            return expected
        if before is not None and (link.guarantee, link.service) != (before.guarantee, before.service):
            return expected
        before = link
    return None


def digest(link: Frozen) -> str:
    """What a link's hash must be: sha256, in hex, over all of it but the hash."""
    return hashlib.sha256(canonical(document(replace(link, hash="")))).hexdigest()


def document(link: Frozen) -> dict[str, object]:
    """A link as plain JSON."""
    together: dict[str, object] = {"services": list(link.services)} if link.services else {}
    if link.follows:
        together["follows"] = link.follows
    return {
        "guarantee": link.guarantee,
        "service": link.service,
        "number": link.number,
        "month": link.month,
        "starts_at": stamp(link.starts_at),
        "ends_at": stamp(link.ends_at),
        "contract": link.contract,
        "digest": link.digest,
        "target": link.target,
        "raw": _figures_as_json(link.raw),
        "contractual": _figures_as_json(link.contractual),
        "evidence": link.evidence,
        "frozen_at": stamp(link.frozen_at),
        "amends": link.amends,
        "author": link.author,
        "reason": link.reason,
        "corrections": [[stamp(each.starts_at), stamp(each.ends_at), each.state.value] for each in link.corrections],
        **together,
        "previous": link.previous,
        "hash": link.hash,
    }


def figures(judgement: Judgement, *, has_verdict: bool = True) -> Figures:
    low, high = judgement.minimum, judgement.maximum
    return Figures(
        up_us=_microseconds(judgement.up),
        down_us=_microseconds(judgement.down),
        unknown_us=_microseconds(judgement.unknown),
        excluded_us=_microseconds(judgement.excluded),
        minimum=None if low is None else fraction(low),
        maximum=None if high is None else fraction(high),
        minimum_shown=None if low is None else cut(low),
        maximum_shown=None if high is None else cut(high),
        verdict=judgement.verdict.value if has_verdict else "",
    )


def fraction(share: Fraction) -> str:
    """1999/2000; 1 is 1/1."""
    return f"{share.numerator}/{share.denominator}"


def evidence(report: Report, windows: Iterable[Window]) -> str:
    """The SHA-256 of what the figures follow from, as it is exported: the states, what was excluded, the windows as announced."""
    body = {
        "period": _spans([(report.starts_at, report.ends_at)])[0],
        "states": [[stamp(at), state.value] for at, state in report.states],
        "raw_states": [[stamp(at), state.value] for at, state in report.raw_states],
        "maintenance": _spans(report.excluded),
        "windows": [window_document(window) for window in sorted(windows, key=lambda window: (window.starts_at, window.id))],
    }
    return hashlib.sha256(canonical(body)).hexdigest()


def window_document(window: Window) -> Mapping[str, object]:
    """A window as plain JSON."""
    return {
        "id": window.id,
        "services": list(window.services),
        "starts_at": stamp(window.starts_at),
        "ends_at": stamp(window.ends_at),
        "announced_at": stamp(window.announced_at),
        "announced_by": window.announced_by,
        "reason": dict(window.reason),
        "cancelled_at": None if window.cancelled_at is None else stamp(window.cancelled_at),
    }


def _sealed(link: Frozen, before: Frozen | None) -> Frozen:
    link = replace(link, previous=GENESIS if before is None else before.hash, hash="")
    return replace(link, hash=digest(link))


def _microseconds(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


def _spans(spans: Iterable[Span]) -> list[list[str]]:
    return [[stamp(start), stamp(end)] for start, end in spans]


def _figures_as_json(figures: Figures) -> dict[str, object]:
    return {
        "up_us": figures.up_us,
        "down_us": figures.down_us,
        "unknown_us": figures.unknown_us,
        "excluded_us": figures.excluded_us,
        "min": figures.minimum,
        "max": figures.maximum,
        "min_shown": figures.minimum_shown,
        "max_shown": figures.maximum_shown,
        "verdict": figures.verdict or None,
    }
