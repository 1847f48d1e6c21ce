"""How the adapters reach Azure: an emulator on this machine by its connection string, a real account by Entra identity."""

import logging
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shared.domain.errors import InvalidInput

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

READ_RETRIES = {"retry_total": 2, "retry_backoff_factor": 0.2}
"""Reads are asked again twice, at once and 0.4 s later; a server's Retry-After is kept to 2 s (see `transport`)."""

_DEVELOPMENT = "UseDevelopmentStorage=true"
_EMULATOR = {
    "blobendpoint": "http://127.0.0.1:10000/devstoreaccount1",
    "queueendpoint": "http://127.0.0.1:10001/devstoreaccount1",
    "accountname": "devstoreaccount1",
    "accountkey": "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
}
"""What that stands for. The key is published, the same in every emulator (source: "Use the Azurite emulator")."""


def parts_of(connection_string: str) -> dict[str, str]:
    """`Name=value;…` with the names in lower case, read as the Azure clients read it."""
    pairs = (part.partition("=") for part in connection_string.split(";") if part)
    return {name.lower(): value for name, _, value in pairs}


def loopback_storage(connection_string: str) -> str:
    """The connection string, if it is one of an emulator on this machine. InvalidInput otherwise.

    Azurite's key is public, and with real accounts no key is used at all, so a key is good for nothing but loopback.
    """
    endpoints = {name: url for name, url in parts_of(connection_string).items() if name.endswith("endpoint")}
    named = {"tableendpoint", "blobendpoint"} <= endpoints.keys() and all(map(is_loopback, endpoints.values()))
    if named or connection_string == _DEVELOPMENT:
        return connection_string
    raise InvalidInput(
        "A storage connection string is only for an emulator on this machine: it must be UseDevelopmentStorage=true, or name "
        "TableEndpoint and BlobEndpoint on 127.0.0.1. A real account is named by STORAGE_ACCOUNT_NAME and reached by identity."
    )


def loopback_blobs(connection_string: str) -> tuple[str, str, str]:
    """Endpoint, account and key of the blobs of an emulator on this machine. InvalidInput for any other."""
    return _loopback_service(connection_string, "blobendpoint")


def loopback_queues(connection_string: str) -> tuple[str, str, str]:
    """The same of its queues, which the connection string must name, too."""
    return _loopback_service(connection_string, "queueendpoint")


def _loopback_service(connection_string: str, service: str) -> tuple[str, str, str]:
    parts = _EMULATOR if loopback_storage(connection_string) == _DEVELOPMENT else parts_of(connection_string)
    endpoint, account, key = parts.get(service, ""), parts.get("accountname", ""), parts.get("accountkey", "")
    if endpoint and account and key:
        return endpoint.rstrip("/"), account, key
    name = service.removesuffix("endpoint").capitalize() + "Endpoint"
    raise InvalidInput(f"A storage connection string must name the emulator's {name}, AccountName and AccountKey.")


def loopback_mail(connection_string: str) -> tuple[str, str]:
    """Endpoint and access key of a mail service on this machine. InvalidInput for any other."""
    parts = parts_of(connection_string)
    endpoint, key = parts.get("endpoint", "").rstrip("/"), parts.get("accesskey", "")
    if endpoint and key and is_loopback(endpoint):
        return endpoint, key
    raise InvalidInput(
        "A mail connection string is only for a mail service on this machine: "
        "endpoint=http://127.0.0.1:<port>/;accesskey=<base64>. "
        "Azure Communication Services is named by MAIL_ENDPOINT and reached by identity."
    )


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine: localhost, 127.0.0.0/8 or ::1. Other names are not looked up."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def credential(client_id: str | None) -> "TokenCredential":
    """The managed identity with this client id; without one, whatever identity the machine has (`az login`)."""
    from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

    quieten()
    return ManagedIdentityCredential(client_id=client_id) if client_id else DefaultAzureCredential()


def quieten() -> None:
    """Azure's clients log every URL, and row keys hold addresses. Only their warnings are let through."""
    logging.getLogger("azure").setLevel(logging.WARNING)
