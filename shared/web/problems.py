"""Errors as RFC 9457 problem details. The HTTP status of every kind of error is chosen here, and only here."""

from collections.abc import Iterator

from shared.domain.errors import SportelloError

HIDDEN = "Something went wrong here; it has been logged."
"""What the outside is told of a fault of ours: the log says the rest."""

MEDIA_TYPE = "application/problem+json"

STATUS: dict[str, tuple[int, str]] = {
    "internal": (500, "Something went wrong here"),
    "invalid-input": (422, "A value is wrong"),
    "date-out-of-range": (422, "A date is out of range"),
    "calendar-never-open": (422, "The calendar never opens"),
    "catalogue-invalid": (500, "A contract file is wrong"),
    "not-found": (404, "There is no such thing"),
    "unknown-customer": (404, "Unknown customer"),
    "unknown-product": (422, "Unknown product"),
    "contract-not-in-force": (403, "The support contract is not in force"),
    "not-authenticated": (401, "Nobody is signed in"),
    "not-permitted": (403, "Not permitted"),
    "signature-invalid": (401, "The signature is wrong"),
    "timestamp-stale": (401, "The timestamp is stale"),
    "body-too-large": (413, "The body is too large"),
    "unsupported-media-type": (415, "Unsupported content type"),
    "malformed-json": (400, "The body is not JSON"),
    "not-allowed-now": (409, "Not allowed now"),
    "too-few-hours": (409, "The support package has too few hours"),
    "idempotency-key-reused": (422, "The Idempotency-Key belongs to another request"),
    "address-refused": (422, "The desk does not send there"),
    "stale-version": (412, "Somebody changed it meanwhile"),
    "conflict": (409, "Somebody else wrote first"),
    "too-large-to-store": (413, "Too large to store"),
    "storage-unavailable": (503, "Storage does not answer"),
    "mail-postponed": (503, "The mail service does not answer"),
    "hook-postponed": (503, "The subscriber does not answer"),
    "hook-refused": (502, "The subscriber refuses"),
    "mail-refused": (502, "The mail service refuses"),
}


def status_of(error: SportelloError) -> int:
    """The HTTP status an error answers with."""
    return STATUS.get(error.kind, STATUS["internal"])[0]


def document(error: SportelloError, *, instance: str) -> dict[str, object]:
    """The problem document. `type` is a reference that the desk itself answers with an explanation."""
    status, title = STATUS.get(error.kind, STATUS["internal"])
    if status == 500:
        return {"type": "/api/problems/internal", "title": title, "status": status, "detail": HIDDEN, "instance": instance}
    extra = {name: value for name, value in error.facts.items() if isinstance(value, str | int | list | dict)}
    return {
        "type": f"/api/problems/{error.kind}",
        "title": title,
        "status": status,
        "detail": error.detail,
        "instance": instance,
        **extra,
    }


def explained(kind: str) -> dict[str, object] | None:
    """What a problem type means, for whoever follows its `type`."""
    for error in _tree(SportelloError):
        if error.kind == kind:
            status, title = STATUS[kind]
            return {
                "type": f"/api/problems/{kind}",
                "title": title,
                "status": status,
                "meaning": " ".join((error.__doc__ or "").split()),
            }
    return None


def _tree(root: type[SportelloError]) -> Iterator[type[SportelloError]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)
