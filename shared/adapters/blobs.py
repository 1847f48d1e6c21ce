"""ports.Blobs on Azure Blob Storage: one container, made when it is first needed.

A put is one request. The name says the content (its hash is in it), so the first content stays and a second put changes nothing.
"""

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError

from shared.adapters import connection, limits
from shared.adapters.storage_faults import code_of, translated
from shared.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient

CONTAINER = "sportello"


def from_connection_string(connection_string: str, *, container: str = CONTAINER) -> "AzureBlobs":
    """The blobs of an emulator on this machine. InvalidInput for any other host."""
    connection.loopback_storage(connection_string)

    def opened() -> "ContainerClient":
        from azure.storage.blob import ContainerClient

        return ContainerClient.from_connection_string(connection_string, container, **_options(loopback=True))

    return AzureBlobs(opened)


def from_account(name: str, client_id: str | None = None, *, container: str = CONTAINER) -> "AzureBlobs":
    """The blobs of a storage account, by Entra identity (see `connection.credential`)."""

    def opened() -> "ContainerClient":
        from azure.storage.blob import ContainerClient

        credential = connection.credential(client_id)
        return ContainerClient(f"https://{name}.blob.core.windows.net", container, credential, **_options(loopback=False))

    return AzureBlobs(opened)


class AzureBlobs:
    """ports.Blobs. Threads share it and its client, which is made at the first call: the library is slow to import."""

    def __init__(self, opened: "Callable[[], ContainerClient]") -> None:
        self._opened = opened
        self._client: ContainerClient | None = None
        self._lock = Lock()

    def put(self, name: str, content: bytes, *, content_type: str) -> bool:
        """True is certain; False is also the answer to a put that was repeated here because its first answer was lost."""
        limits.check_blob_name(name)
        client = self._container()
        was_new = _put(client, name, content, content_type)
        if was_new is None:
            _make(client)
            was_new = _put(client, name, content, content_type)
        if was_new is None:
            raise StorageUnavailable("The container was made, and still is not there.")
        return was_new

    def get(self, name: str) -> bytes | None:
        limits.check_blob_name(name)
        try:
            return self._container().download_blob(name).readall()
        except ResourceNotFoundError:  # the blob; or the container, which the first put makes
            return None
        except AzureError as error:
            raise translated(error) from error

    def _container(self) -> "ContainerClient":
        with self._lock:
            if self._client is None:
                self._client = self._opened()
            return self._client


def _put(client: "ContainerClient", name: str, content: bytes, content_type: str) -> bool | None:
    """Whether the blob was new. None: there is no container yet."""
    from azure.storage.blob import ContentSettings

    try:
        client.upload_blob(name, content, overwrite=False, content_settings=ContentSettings(content_type=content_type))
    except ResourceExistsError as error:
        if code_of(error) != "BlobAlreadyExists":
            raise translated(error) from error
        return False
    except ResourceNotFoundError:
        return None
    except AzureError as error:
        raise translated(error) from error
    return True


def _make(client: "ContainerClient") -> None:
    try:
        client.create_container()
    except ResourceExistsError as error:
        if code_of(error) != "ContainerAlreadyExists":
            raise translated(error) from error
    except AzureError as error:
        raise translated(error) from error


def _options(*, loopback: bool) -> dict[str, Any]:
    """A call is repeated twice, 0.2 to 0.6 s apart: putting again and getting again are both harmless."""
    from azure.storage.blob import LinearRetry

    from shared.adapters.transport import BoundedTransport

    connection.quieten()
    retry = LinearRetry(backoff=0.4, random_jitter_range=0.2, retry_total=2)  # type: ignore[arg-type]  # fractions work
    return {"transport": BoundedTransport(loopback=loopback), "retry_policy": retry}
