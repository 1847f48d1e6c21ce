"""The description as it is sent: made once for each address, with the hash that tells whether it has changed."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache

from shared.web.api.openapi import document


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    body: bytes
    etag: str


@cache
def as_json(public_url: str) -> Served:
    """The OpenAPI document."""
    return _served(json.dumps(document(public_url), ensure_ascii=False, separators=(",", ":")).encode())


@cache
def as_page(public_url: str) -> Served:
    """The page."""
    from shared.web.api.page import page

    return _served(page(public_url).encode())


def page_headers() -> dict[str, str]:
    """What the page is sent with, beside what is said about keeping it."""
    from shared.web import pages
    from shared.web.api.page import SHEET

    return dict(pages.headers(sheet=SHEET))


def _served(body: bytes) -> Served:
    return Served(body=body, etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"')
