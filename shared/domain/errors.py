"""The error tree: what can go wrong, in words, and the problem type each kind answers with.

The HTTP status of each kind is chosen in one place, `shared/web/problems.py`.
"""

from collections.abc import Mapping
from typing import ClassVar


class SportelloError(Exception):
    """A failure with a sentence for people and a stable `kind` for programs (RFC 9457 `type`)."""

    kind: ClassVar[str] = "internal"

    def __init__(self, detail: str, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts: Mapping[str, object] = facts


class InvalidInput(SportelloError):
    """A value is wrong; the sentence says which, and what would be right."""

    kind = "invalid-input"


class OutOfRange(InvalidInput):
    """A date lies outside the years the calendars are kept for (1990 to 2200)."""

    kind = "date-out-of-range"


class NeverOpen(InvalidInput):
    """A calendar has no open time left in the direction asked for, so nothing can ever fall due."""

    kind = "calendar-never-open"


class CatalogueError(SportelloError):
    """A contract file is wrong; the sentence names file, key and what is allowed."""

    kind = "catalogue-invalid"


class NotFound(SportelloError):
    """There is no such thing, or it is not the caller's to see."""

    kind = "not-found"


class UnknownCustomer(NotFound):
    """A request names a customer who is not registered."""

    kind = "unknown-customer"


class UnknownProduct(InvalidInput):
    """A request names a product that the customer's contract does not cover."""

    kind = "unknown-product"


class ContractNotInForce(SportelloError):
    """The customer's contract has expired, or had not begun, when the request was received."""

    kind = "contract-not-in-force"


class NotAuthenticated(SportelloError):
    """Nobody is signed in."""

    kind = "not-authenticated"


class NotPermitted(SportelloError):
    """The person who is signed in may not do this."""

    kind = "not-permitted"


class SignatureInvalid(NotAuthenticated):
    """A webhook carries no signature that any of our secrets made."""

    kind = "signature-invalid"


class TimestampStale(NotAuthenticated):
    """A webhook's timestamp is further from now than the tolerance: a replay, or a wrong clock."""

    kind = "timestamp-stale"


class TooLarge(SportelloError):
    """A request body is over the limit."""

    kind = "body-too-large"


class UnsupportedMediaType(SportelloError):
    """A request body is not of a content type we read."""

    kind = "unsupported-media-type"


class MalformedJson(SportelloError):
    """A request body is not JSON."""

    kind = "malformed-json"


class NotAllowedNow(SportelloError):
    """The ticket's state does not allow this; the sentence says what is allowed now."""

    kind = "not-allowed-now"


class TooFewHours(NotAllowedNow):
    """A support package has not the hours that are asked of it; the sentence says how many it has."""

    kind = "too-few-hours"


class KeyReused(InvalidInput):
    """An Idempotency-Key was used before, for another request."""

    kind = "idempotency-key-reused"


class AddressRefused(InvalidInput):
    """A webhook's URL leads where the desk does not send: not https, or a private address."""

    kind = "address-refused"


class StaleVersion(SportelloError):
    """The caller's If-Match names a version that is no longer current."""

    kind = "stale-version"


class Conflict(SportelloError):
    """Somebody else wrote first; nothing was written. The caller loads again and decides again."""

    kind = "conflict"


class RowTooLarge(SportelloError):
    """A row or a transaction is over the limits of Table Storage."""

    kind = "too-large-to-store"


class StorageUnavailable(SportelloError):
    """Storage did not answer, or answered with a passing fault; trying again later may work."""

    kind = "storage-unavailable"


class MailPostponed(SportelloError):
    """The mail service cannot take this message now; `retry_after` says when to try again, if it did."""

    kind = "mail-postponed"

    def __init__(self, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class HookPostponed(SportelloError):
    """A subscriber did not take an event now; trying again later may work. `retry_after_s`: when it said to."""

    kind = "hook-postponed"

    def __init__(self, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class HookRefused(SportelloError):
    """A subscriber will never take events at this address (it is gone, or is not one we may send to)."""

    kind = "hook-refused"


class HookWithdrawn(HookRefused):
    """An event is owed to nobody any more: its subscription was deleted or stopped. Nobody need be alarmed."""


class MailRefused(SportelloError):
    """The mail service will never take this message (bad address, bad request)."""

    kind = "mail-refused"


class MailWithdrawn(MailRefused):
    """A message has been overtaken: it would say what is no longer so. Nobody need be alarmed."""
