"""Who asked to be written to about the services, and what the links in those mails are signed over.

Double opt-in: an address is written to once it has been confirmed by the link that was sent there, and until it is unsubscribed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.evidence import stamp

VALID = timedelta(days=2)
"""How long the link that confirms can be used."""

QUIET = timedelta(hours=1)
"""At most one confirmation goes to an address in this time, whoever asks how often."""

HOURLY = 20
"""Confirmations an hour to all addresses together: asking is free, and the mail quota is not."""


def may_ask(mine: int, everybody: int) -> bool:
    """Whether a network that has asked so often in this hour may ask once more: it has half of what the others have left.

    So one alone has 10 of 20 and leaves the rest to others; to use up the hour takes five (10, 5, 3, 1, 1).
    """
    return 2 * mine < HOURLY - (everybody - mine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """`key`: the SHA-256 of their token, the name they are stored under. `asked_at`: when they were last sent a link.
    `until`: up to when that confirms. `confirmed_at`: None: not yet."""

    key: str
    email: str
    language: str
    asked_at: datetime
    until: datetime
    confirmed_at: datetime | None = None


def address(text: str) -> str:
    """The address as it is stored: without spaces around it, its domain in small letters (RFC 5321, 2.4)."""
    local, at, domain = text.strip().rpartition("@")
    return f"{local}{at}{domain.lower()}"


def token_words(email: str) -> str:
    """What a subscriber's token is a signature of."""
    return f"status:subscriber:{email}"


def confirmation_words(token: str, until: datetime) -> str:
    """What the link that confirms is signed over: it ends at `until`."""
    return f"status:confirmation:{token}:{stamp(until)}"
