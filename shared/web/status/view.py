"""All that is public of the services, in JSON: the same as the page says, with exact lengths and shares."""

from fractions import Fraction

from shared.domain.availability import cut
from shared.domain.evidence import stamp
from shared.domain.guarantees.frozen import fraction
from shared.domain.status.incident import Incident
from shared.domain.status.standing import Bar, Latency, Line, Proof, Spell, Standing
from shared.domain.watch.maintenance import Window
from shared.web.status import paths
from shared.web.views import availability as views


def status(standing: Standing) -> dict[str, object]:
    """Lengths in seconds, exact to the microsecond; shares cut to four decimals of a per cent, and exact beside that."""
    public = {line.id for line in standing.lines}
    return {
        "as_of": stamp(standing.now),
        "zone": standing.zone,
        "state": standing.overall.value,
        "services": [_line(line) for line in standing.lines],
        "interruptions": [_spell(each) for each in standing.spells],
        "incidents": [incident(each, public) for each in standing.incidents],
        "maintenance": [_window(each, public) for each in standing.windows],
    }


def incident(incident: Incident, public: set[str] | None = None) -> dict[str, object]:
    """`public`: the services that may be named; None: all. Who wrote it is the desk's own business."""
    may = (lambda id: True) if public is None else public.__contains__
    return {
        "id": incident.id,
        "title": dict(incident.title),
        "phase": incident.phase.value,
        "services": [id for id in incident.services if may(id)],
        "outages": [id for id in incident.outages if may(id.rpartition(".")[0])],
        "started_at": stamp(incident.started_at),
        "updated_at": stamp(incident.updated_at),
        "resolved_at": stamp(incident.resolved_at) if incident.resolved_at else None,
        "entries": [
            {
                "number": entry.number,
                "at": stamp(entry.at),
                "phase": entry.phase.value,
                "text": dict(entry.text),
                "corrects": entry.corrects,
            }
            for entry in incident.entries
        ],
    }


def _line(line: Line) -> dict[str, object]:
    latency = line.latency
    return {
        "id": line.id,
        "name": dict(line.name),
        "state": line.now.value,
        "since": stamp(line.since) if line.since else None,
        "months": [_proof(line, each) for each in line.proofs],
        "latency_ms": None if latency is None else _latency(latency),
        "days": [_bar(each) for each in line.bars],
        "days_at": paths.days(line.id),
        "frozen_at": paths.frozen(line.id),
        "badge": paths.badge(line.id),
    }


def _latency(latency: Latency) -> dict[str, object]:
    return {"p50": latency.p50, "p95": latency.p95, "p99": latency.p99, "counts": [list(each) for each in latency.counts]}


def _bar(bar: Bar) -> dict[str, object]:
    return {
        "day": bar.on.isoformat(),
        "state": bar.kind.value,
        "up_s": bar.up.total_seconds(),
        "down_s": bar.down.total_seconds(),
        "unknown_s": bar.unknown.total_seconds(),
        "excluded_s": bar.excluded.total_seconds(),
    }


def _proof(line: Line, proof: Proof) -> dict[str, object]:
    return {
        "month": proof.month,
        "is_running": proof.is_running,
        "guarantee": proof.guarantee,
        "target": _cut(proof.target),
        "min": _cut(proof.minimum),
        "max": _cut(proof.maximum),
        "min_exact": _exact(proof.minimum),
        "max_exact": _exact(proof.maximum),
        "coverage": _cut(proof.coverage),
        "verdict": proof.verdict.value if proof.verdict else None,
        "up_s": proof.up.total_seconds(),
        "down_s": proof.down.total_seconds(),
        "unknown_s": proof.unknown.total_seconds(),
        "excluded_s": proof.excluded.total_seconds(),
        "budget": None if proof.budget is None else views.budget(proof.budget),
        "states_at": paths.export(line.id, proof.month, proof.guarantee),
    }


def _spell(spell: Spell) -> dict[str, object]:
    return {
        "outage": spell.outage,
        "service": spell.service,
        "last_good": stamp(spell.last_good) if spell.last_good else None,
        "first_bad": stamp(spell.first_bad),
        "last_bad": stamp(spell.last_bad),
        "first_good": stamp(spell.first_good) if spell.first_good else None,
        "down_s": spell.down.total_seconds(),
        "unknown_s": spell.unknown.total_seconds(),
        "again": spell.again,
    }


def _window(window: Window, public: set[str]) -> dict[str, object]:
    return {
        "id": window.id,
        "services": [id for id in window.services if id in public],
        "starts_at": stamp(window.starts_at),
        "ends_at": stamp(window.ends_at),
        "announced_at": stamp(window.announced_at),
        "cancelled_at": stamp(window.cancelled_at) if window.cancelled_at else None,
        "reason": dict(window.reason),
    }


def _cut(share: Fraction | None) -> str | None:
    return None if share is None else cut(share)


def _exact(share: Fraction | None) -> str | None:
    return None if share is None else fraction(share)
