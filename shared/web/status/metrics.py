"""The services' state for machines that watch: OpenMetrics 1.0 text. What is unknown is NaN, never 0."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from shared.domain.guarantees.budget import Budget
from shared.domain.status.standing import Line, Now, Proof, Standing

MEDIA_TYPE = "application/openmetrics-text"
CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

STATES = (Now.UP, Now.DOWN, Now.UNKNOWN, Now.MAINTENANCE, Now.UNWATCHED)
UP = {Now.UP: "1", Now.DOWN: "0"}


def metrics(standing: Standing) -> bytes:
    """Of every public service: its state, since when, and what this month proves of it, in seconds and as a ratio."""
    lines = [line for family in _families(standing) for line in family]
    return "\n".join([*lines, "# EOF", ""]).encode()


def _families(standing: Standing) -> Iterator[list[str]]:
    yield from _states(standing.lines)
    proofs = [(each, proof) for each in standing.lines for proof in each.proofs if proof.is_running]
    yield from _months(proofs)
    yield from _budgets([(each, proof, proof.budget) for each, proof in proofs if proof.budget])
    yield _latency(standing.lines)
    yield _family("status_as_of_seconds", "gauge", "The moment that all of this is of.", "seconds", [("", _unix(standing.now))])


def _states(services: Sequence[Line]) -> Iterator[list[str]]:
    yield _family(
        "service_up",
        "gauge",
        "1 while up, 0 while down, NaN while that is not known or under maintenance.",
        "",
        [(_of(each), UP.get(each.now, "NaN")) for each in services],
    )
    yield _family(
        "service_state",
        "stateset",
        "How the service stands.",
        "",
        [(_of(each, sportello_service_state=state.value), str(int(each.now is state))) for each in services for state in STATES],
    )
    yield _family(
        "service_state_since_seconds",
        "gauge",
        "When that began.",
        "seconds",
        [(_of(each), _unix(each.since)) for each in services if each.since],
    )


def _months(proofs: Sequence[tuple[Line, Proof]]) -> Iterator[list[str]]:
    for state in ("up", "down", "unknown", "excluded"):
        yield _family(
            f"service_month_{state}_seconds",
            "gauge",
            f"This month so far: time that was {state}.",
            "seconds",
            [(_under(each, proof), _seconds(getattr(proof, state))) for each, proof in proofs],
        )
    for name, words in (("minimum", "At least so available"), ("maximum", "At most so available"), ("coverage", "Share watched")):
        shares = [(each, proof, getattr(proof, name)) for each, proof in proofs]
        yield _family(
            f"service_month_{name}_ratio",
            "gauge",
            f"{words}, this month so far.",
            "ratio",
            [(_under(each, proof), _ratio(share)) for each, proof, share in shares if share is not None],
        )


def _budgets(found: Sequence[tuple[Line, Proof, Budget]]) -> Iterator[list[str]]:
    """What is used is this month's time down, which is there already."""
    parts: tuple[tuple[str, str, Callable[[Budget], Fraction]], ...] = (
        ("allowed", "This month's error budget.", lambda budget: budget.allowed),
        ("left_minimum", "Of it at least so much is left; below 0 it is exceeded by so much.", lambda budget: budget.left[0]),
        ("left_maximum", "Of it at most so much is left; below 0 it is exceeded by so much.", lambda budget: budget.left[1]),
    )
    for name, words, amount in parts:
        samples = [(_under(each, proof), _cut_seconds(amount(budget))) for each, proof, budget in found]
        yield _family(f"service_month_budget_{name}_seconds", "gauge", words, "seconds", samples)


def _latency(services: Sequence[Line]) -> list[str]:
    quantiles = [
        (each, q, ms) for each in services if (p := each.latency) for q, ms in (("0.5", p.p50), ("0.95", p.p95), ("0.99", p.p99))
    ]
    return _family(
        "service_latency_seconds",
        "gauge",
        "So much of this month's answers took at most so long.",
        "seconds",
        [(_of(each, quantile=q), f"{ms / 1000:g}") for each, q, ms in quantiles],
    )


def _family(name: str, kind: str, help: str, unit: str, samples: list[tuple[str, str]]) -> list[str]:
    head = [f"# TYPE sportello_{name} {kind}"] + ([f"# UNIT sportello_{name} {unit}"] if unit else [])
    return [*head, f"# HELP sportello_{name} {help}", *(f"sportello_{name}{labels} {value}" for labels, value in samples)]


def _of(line: Line, **more: str) -> str:
    labels = {"service": line.id, **more}
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _under(line: Line, proof: Proof) -> str:
    return _of(line, month=proof.month, **({"guarantee": proof.guarantee} if proof.guarantee else {}))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _seconds(amount: timedelta) -> str:
    return f"{amount.total_seconds():.6f}"


def _cut_seconds(minutes: Fraction) -> str:
    """Cut towards less, to the microsecond."""
    micro = minutes * 60_000_000
    whole, rest = divmod(abs(micro.numerator // micro.denominator), 1_000_000)
    return f"{'-' if micro < 0 else ''}{whole}.{rest:06d}"


def _ratio(share: Fraction) -> str:
    """Cut, never rounded up."""
    return f"{share.numerator * 10**9 // share.denominator / 10**9:.9f}"


def _unix(at: datetime) -> str:
    return f"{at.timestamp():.6f}"
