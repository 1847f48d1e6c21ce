"""A TLS check: whether the handshake succeeds, with a certificate for the name that is valid for some days yet."""

import ssl
from datetime import UTC, datetime, timedelta

from shared.adapters.probing import place
from shared.adapters.probing.dial import Way, dialled
from shared.adapters.probing.look import Failed, Progress
from shared.domain.watch.service import Check


async def look(check: Check, way: Way, progress: Progress, at: datetime) -> None:
    """`at`: from when on the days are counted."""
    async with dialled(place.of_host_and_port(check.target, is_tls=True), way, progress) as (_, writer):
        shown = writer.get_extra_info("ssl_object").getpeercert()
    left = datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC) - at
    if left <= timedelta(0):
        raise Failed("the certificate has ended")
    if left < timedelta(days=check.days_left):
        raise Failed(f"the certificate ends in {_days(left)}")


def _days(left: timedelta) -> str:
    """Whole ones: "3 days" until it is less than that."""
    return {0: "less than a day", 1: "1 day"}.get(left.days, f"{left.days} days")
