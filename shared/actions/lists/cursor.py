"""Where the next page of a list begins, as callers carry it: opaque, and refused when it is not of that list."""

import base64
import binascii
import hashlib
from collections.abc import Callable

from shared.domain.errors import InvalidInput

LONGEST = 800


def packed(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def unpacked(cursor: str, prefix: str) -> str:
    """The place again. InvalidInput unless it begins with `prefix`, as every place of the list does."""
    try:
        if len(cursor) > LONGEST or not cursor.isascii():
            raise ValueError
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        if packed(place) != cursor or not place.startswith(prefix) or not place.isprintable() or set(place) & set("/\\#?"):
            raise ValueError
    except (ValueError, binascii.Error):
        raise refused() from None
    return place


def sealed(place: str, seal: Callable[[str], str]) -> str:
    """The same of a list whose places name what is other people's: only we can read it, and make it. `seal`: as in `Desk`.

    A signature of the place, and the place under a key stream that follows from the signature (the construction of AES-SIV).
    """
    mark = seal(f"cursor:{place}")
    return f"{mark}.{base64.urlsafe_b64encode(_veiled(place.encode(), mark, seal)).decode().rstrip('=')}"


def unsealed(cursor: str, prefix: str, seal: Callable[[str], str]) -> str:
    """The place again. InvalidInput unless it is one that `sealed` made, and begins with `prefix`."""
    mark, _, veiled = cursor.partition(".")
    try:
        if len(cursor) > LONGEST or not cursor.isascii():
            raise ValueError
        coded = base64.b64decode(veiled + "=" * (-len(veiled) % 4), altchars=b"-_", validate=True)
        place = _veiled(coded, mark, seal).decode("ascii")
        if sealed(place, seal) != cursor or not place.startswith(prefix):
            raise ValueError
    except (ValueError, binascii.Error):
        raise refused() from None
    return place


def _veiled(content: bytes, mark: str, seal: Callable[[str], str]) -> bytes:
    """Content and key stream, one upon the other; done twice, the content again."""
    blocks = range(0, len(content), hashlib.sha256().digest_size)
    stream = b"".join(hashlib.sha256(seal(f"cursor:{mark}:{block}").encode()).digest() for block in blocks)
    return bytes(a ^ b for a, b in zip(content, stream, strict=False))


def refused() -> InvalidInput:
    return InvalidInput("cursor is not one of this list's; send next_cursor of the page before.", field="cursor")
