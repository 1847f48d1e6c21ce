"""Where the next page of a list begins, as callers carry it: opaque, and refused when it is not of that list."""

import base64
import binascii

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


def refused() -> InvalidInput:
    return InvalidInput("cursor is not one of this list's; send next_cursor of the page before.", field="cursor")
