"""Faults of ours, told to whoever watches the desk: see `domain.fault` for what is said of them, and what never is."""

from shared.actions.desk import Desk
from shared.domain.fault import named, trace


def tell(desk: Desk, work: str, failure: BaseException, *, ticket: str | None = None) -> None:
    """`work`: the door, the round or what else was being done."""
    desk.telemetry.tell("fault.met", is_warning=True, work=work, ticket=ticket, error=named(failure), trace=trace(failure))
