"""The operations of Blob Storage that are used, on one container: Put, Get and Delete Blob, Append Block, Create Container.

Source: the operations of these names in the REST reference of Azure Storage; "Status and error codes" there.
"""

from urllib.parse import quote

from azure.core.rest import HttpResponse

from shared.adapters.storage_rest import StorageRest


class BlobContainer(StorageRest):
    """The container at `url`; see `StorageRest`."""

    def put_blob(self, name: str, content: bytes, content_type: str) -> HttpResponse:
        """201, or 409 BlobAlreadyExists: If-None-Match lets no content be replaced."""
        headers = {"x-ms-blob-type": "BlockBlob", "x-ms-blob-content-type": content_type, "If-None-Match": "*"}
        return self._send("PUT", f"/{quote(name)}", headers, content)

    def put_log(self, name: str) -> HttpResponse:
        """201: an empty append blob; or 409 BlobAlreadyExists."""
        return self._send("PUT", f"/{quote(name)}", {"x-ms-blob-type": "AppendBlob", "If-None-Match": "*"})

    def append_block(self, name: str, content: bytes) -> HttpResponse:
        """201, or 404 BlobNotFound, or 409 BlockCountExceedsLimit. Repeated after a lost answer it may be there twice."""
        return self._send("PUT", f"/{quote(name)}?comp=appendblock", None, content)

    def get_blob(self, name: str) -> HttpResponse:
        """200 with the whole content, or 404."""
        return self._send("GET", f"/{quote(name)}")

    def delete_blob(self, name: str) -> HttpResponse:
        """202, or 404."""
        return self._send("DELETE", f"/{quote(name)}")

    def create(self) -> HttpResponse:
        """201, or 409 ContainerAlreadyExists. Nothing in it is public."""
        return self._send("PUT", "?restype=container")
