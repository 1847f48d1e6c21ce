"""A DNS check: whether a name has records of a kind, and one of the values that it should have."""

from ipaddress import ip_address

from shared.adapters.probing.dial import Way
from shared.adapters.probing.look import Failed, Progress, Step
from shared.domain.watch.service import Check


async def look(check: Check, way: Way, progress: Progress) -> None:
    progress.step = Step.ANSWER
    found = await way.names.records(check.target, check.record_type)
    if check.records and not {_same(value) for value in check.records} & {_same(value) for value in found}:
        raise Failed(f"the name has other {check.record_type} records than expected")


def _same(value: str) -> str:
    """One spelling of what can be spelt in several ways: addresses, and names in capitals or with a final full stop."""
    try:
        return str(ip_address(value))
    except ValueError:
        return value.strip().rstrip(".").lower()
