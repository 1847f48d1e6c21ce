"""A form that a page has posted: application/x-www-form-urlencoded, read with bounds."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from shared.domain.errors import InvalidInput, TooLarge, UnsupportedMediaType

MOST_BYTES = 50_000
MOST_FIELDS = 20
MEDIA_TYPE = "application/x-www-form-urlencoded"


def posted(body: bytes, content_type: str) -> Mapping[str, str]:
    """The fields by name, the last of a name that is there twice. Raises TooLarge, UnsupportedMediaType or InvalidInput."""
    if content_type.split(";")[0].strip().lower() != MEDIA_TYPE:
        raise UnsupportedMediaType(f"The content type is {content_type[:100]!r}; send {MEDIA_TYPE}.")
    if len(body) > MOST_BYTES:
        raise TooLarge(f"The form has {len(body)} bytes; at most {MOST_BYTES} are read.")
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError:
        raise InvalidInput(f"The body is not a form of at most {MOST_FIELDS} fields.") from None
    return {name: value.replace("\x00", "\ufffd").replace("\r\n", "\n") for name, value in fields}
