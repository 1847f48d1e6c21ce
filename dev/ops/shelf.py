"""The container of blobs, listed and read in pieces: what the desk itself never does."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree import ElementTree

from azure.core.rest import HttpResponse

from shared.adapters.blob_container import BlobContainer
from shared.adapters.limits import BLOCK_BYTES
from shared.adapters.storage_rest import code_of, refusal
from shared.domain.errors import StorageUnavailable

TRIES_S = (0.5, 2, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    name: str
    size: int
    is_log: bool
    content_type: str

    @property
    def kind(self) -> str:
        """As a backup says it."""
        return "log" if self.is_log else "blob"


class Shelf(BlobContainer):
    """A container that is not there holds nothing."""

    def listed(self, marker: str, *, most: int = 500) -> tuple[list[Blob], str]:
        """Blobs by name, and the marker of the next page; empty after the last."""
        answer = self._patiently("GET", f"?restype=container&comp=list&maxresults={most}&marker={quote(marker, safe='')}")
        if code_of(answer) == "ContainerNotFound":
            return [], ""
        page = ElementTree.fromstring(_good(answer, 200).content)
        return [_blob(found) for found in page.iter("Blob")], page.findtext("NextMarker") or ""

    def pieces(self, name: str, size: int) -> Iterator[bytes]:
        """The first `size` bytes, 4 MiB at a time: what is appended meanwhile is left for the next backup."""
        for start in range(0, size, BLOCK_BYTES):
            wanted = {"x-ms-range": f"bytes={start}-{min(start + BLOCK_BYTES, size) - 1}"}
            yield _good(self._patiently("GET", f"/{quote(name)}", wanted), 206, 200).content

    def digest(self, name: str, size: int) -> str:
        """The SHA-256 of the first `size` bytes, in hexadecimal."""
        digest = hashlib.sha256()
        for piece in self.pieces(name, size):
            digest.update(piece)
        return digest.hexdigest()

    def found(self, name: str) -> Blob | None:
        answer = self._patiently("HEAD", f"/{quote(name)}")
        if answer.status_code == 404:
            return None
        told = _good(answer, 200).headers
        is_log = told["x-ms-blob-type"] == "AppendBlob"
        return Blob(name=name, size=int(told["Content-Length"]), is_log=is_log, content_type=told["Content-Type"])

    def put(self, name: str, content: bytes, content_type: str) -> bool:
        """Whether it was new."""
        answer = self.put_blob(name, content, content_type)
        return code_of(answer) != "BlobAlreadyExists" and _good(answer, 201).status_code == 201

    def begin_log(self, name: str) -> None:
        _good(self.put_log(name), 201)

    def append(self, name: str, piece: bytes, at: int) -> None:
        """Where the log ends, and only there: sent again after a lost answer it is refused, and not there twice."""
        headers = {"x-ms-blob-condition-appendpos": str(at)}
        answer = self._patiently("PUT", f"/{quote(name)}?comp=appendblock", headers, piece)
        if code_of(answer) == "AppendPositionConditionNotMet":
            found = self.found(name)
            if found is not None and found.size == at + len(piece):
                return
        _good(answer, 201)

    def make(self) -> None:
        answer = self.create()
        if code_of(answer) != "ContainerAlreadyExists":
            _good(answer, 201)

    def _patiently(self, method: str, path: str, headers: dict[str, str] | None = None, content: bytes = b"") -> HttpResponse:
        for pause in TRIES_S:
            try:
                answer = self._send(method, path, headers, content)
                if answer.status_code < 500:
                    return answer
            except StorageUnavailable:
                pass
            time.sleep(pause)
        return self._send(method, path, headers, content)


def _blob(found: ElementTree.Element) -> Blob:
    return Blob(
        name=found.findtext("Name") or "",
        size=int(found.findtext("Properties/Content-Length") or 0),
        is_log=found.findtext("Properties/BlobType") == "AppendBlob",
        content_type=found.findtext("Properties/Content-Type") or "application/octet-stream",
    )


def _good(answer: HttpResponse, *wanted: int) -> HttpResponse:
    if answer.status_code not in wanted:
        raise refusal(answer)
    return answer
