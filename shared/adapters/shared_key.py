"""Shared Key, by which the storage emulator on this machine knows us. Only for it: real accounts are reached by identity.

Source: "Authorize with Shared Key" in the REST reference of Azure Storage, for the Blob service of 2015-02-21 and later.
"""

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.rest import HttpRequest, HttpResponse

from shared.domain.errors import InvalidInput

_SIGNED = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)


class SharedKeyPolicy(SansIOHTTPPolicy[HttpRequest, HttpResponse]):
    """Signs each request with the account's key (base64). InvalidInput for a key that is not base64."""

    def __init__(self, account: str, key: str) -> None:
        self._account = account
        try:
            self._key = b64decode(key, validate=True)
        except binascii.Error:
            raise InvalidInput("The AccountKey in the storage connection string is not base64.") from None

    def on_request(self, request: PipelineRequest[HttpRequest]) -> None:
        http = request.http_request
        text = string_to_sign(self._account, http.method, http.url, http.headers)
        signature = b64encode(hmac.digest(self._key, text.encode(), "sha256")).decode()
        http.headers["Authorization"] = f"SharedKey {self._account}:{signature}"


def string_to_sign(account: str, method: str, url: str, headers: Mapping[str, str]) -> str:
    """What the signature is made over. `url` and `headers` are those that are sent; a Content-Length of 0 counts as absent."""
    given = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    if given.get("content-length") == "0":
        del given["content-length"]
    lines = [method, *(given.get(name, "") for name in _SIGNED)]
    lines += [f"{name}:{given[name]}" for name in sorted(given) if name.startswith("x-ms-")]
    return "\n".join([*lines, _resource(account, url)])


def _resource(account: str, url: str) -> str:
    """The path as it is encoded in the URL, after the account's name (an emulator's path has that name once more)."""
    parts = urlsplit(url)
    query = sorted((name.lower(), value) for name, value in parse_qsl(parts.query, keep_blank_values=True))
    return "\n".join([f"/{account}{parts.path}", *(f"{name}:{value}" for name, value in query)])
