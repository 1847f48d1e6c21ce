"""ports.Blobs on Azure Blob Storage: one container, made when it is first needed.

A put is one request. The name says the content (its hash is in it), so the first content stays and a second put changes nothing.
A log is an append blob: an append is one request, whatever it holds already.
"""

from base64 import b64encode
from collections.abc import Callable
from hashlib import md5
from itertools import count
from threading import Lock

from azure.core.pipeline.policies import BearerTokenCredentialPolicy
from azure.core.rest import HttpRequest, HttpResponse

from shared.adapters import connection, limits
from shared.adapters.blob_container import BlobContainer
from shared.adapters.shared_key import SharedKeyPolicy
from shared.adapters.storage_rest import SCOPE, code_of, refusal
from shared.domain.errors import Conflict, StorageUnavailable

CONTAINER = "sportello"


def from_connection_string(connection_string: str, *, container: str = CONTAINER) -> "AzureBlobs":
    """The blobs of an emulator on this machine. InvalidInput for any other host."""
    endpoint, account, key = connection.loopback_blobs(connection_string)
    authorization = SharedKeyPolicy(account, key)

    def opened() -> BlobContainer:
        return BlobContainer(f"{endpoint}/{container}", authorization, loopback=True)

    return AzureBlobs(opened)


def from_account(name: str, client_id: str | None = None, *, container: str = CONTAINER) -> "AzureBlobs":
    """The blobs of a storage account, by Entra identity (see `connection.credential`)."""

    def opened() -> BlobContainer:
        credential = connection.credential(client_id)
        authorization = BearerTokenCredentialPolicy[HttpRequest, HttpResponse](credential, SCOPE)
        return BlobContainer(f"https://{name}.blob.core.windows.net/{container}", authorization, loopback=False)

    return AzureBlobs(opened)


class AzureBlobs:
    """ports.Blobs. Threads share it and its container, which is opened at the first call: `requests` is slow to import."""

    def __init__(self, opened: Callable[[], BlobContainer]) -> None:
        self._opened = opened
        self._opened_container: BlobContainer | None = None
        self._lock = Lock()

    def put(self, name: str, content: bytes, *, content_type: str) -> bool:
        """True is certain; False is also the answer to a put that was repeated here because its first answer was lost."""
        limits.check_blob_name(name)
        container = self._container()
        was_new = _put(container, name, content, content_type)
        if was_new is None:
            _make(container)
            was_new = _put(container, name, content, content_type)
        if was_new is None:
            raise StorageUnavailable("The container was made, and still is not there.")
        return was_new

    def append(self, name: str, content: bytes) -> None:
        """One request; two more for the first append to a log, and one for each part of it that is full."""
        limits.check_append(name, content)
        container = self._container()
        for part in count(1):
            if _append(container, limits.part_of_log(name, part), content):
                return

    def get(self, name: str) -> bytes | None:
        limits.check_blob_name(name)
        answer = self._container().get_blob(name)
        if answer.status_code == 404:  # the blob; or the container, which the first put makes
            return None
        if answer.status_code != 200:
            raise refusal(answer)
        if not _is_whole(answer):
            raise StorageUnavailable("The blob did not come as it was stored: its Content-MD5 is another.")
        return answer.content

    def delete(self, name: str) -> None:
        limits.check_blob_name(name)
        answer = self._container().delete_blob(name)
        if answer.status_code not in (202, 404):
            raise refusal(answer)

    def _container(self) -> BlobContainer:
        with self._lock:
            if self._opened_container is None:
                self._opened_container = self._opened()
            return self._opened_container


def _put(container: BlobContainer, name: str, content: bytes, content_type: str) -> bool | None:
    """Whether the blob was new. None: there is no container yet."""
    answer = container.put_blob(name, content, content_type)
    match answer.status_code, code_of(answer):
        case 201, _:
            return True
        case (409, "BlobAlreadyExists") | (412, _):
            return False
        case 404, "ContainerNotFound":
            return None
    raise refusal(answer)


def _append(container: BlobContainer, name: str, content: bytes) -> bool:
    """Whether it was appended. False: this part of the log is full."""
    answer = container.append_block(name, content)
    if code_of(answer) in ("BlobNotFound", "ContainerNotFound"):
        _make_log(container, name)
        answer = container.append_block(name, content)
    match answer.status_code, code_of(answer):
        case 201, _:
            return True
        case 409, "BlockCountExceedsLimit":
            return False
        case 409, "InvalidBlobType":
            raise Conflict("This name was put; nothing can be appended to it.")
    raise refusal(answer)


def _make_log(container: BlobContainer, name: str) -> None:
    answer = container.put_log(name)
    if code_of(answer) == "ContainerNotFound":
        _make(container)
        answer = container.put_log(name)
    if answer.status_code not in (201, 412) and code_of(answer) != "BlobAlreadyExists":  # another thread made it first
        raise refusal(answer)


def _make(container: BlobContainer) -> None:
    answer = container.create()
    if answer.status_code != 201 and code_of(answer) != "ContainerAlreadyExists":  # another thread made it first
        raise refusal(answer)


def _is_whole(answer: HttpResponse) -> bool:
    """Whether the content has the hash that the service made of it when it was put, if it tells one."""
    told = answer.headers.get("Content-MD5")
    return told is None or told == b64encode(md5(answer.content, usedforsecurity=False).digest()).decode()
