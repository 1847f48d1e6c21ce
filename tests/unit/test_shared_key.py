"""Shared Key: the string-to-sign that Microsoft prints, and signatures that Microsoft's own library made."""

import pytest
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.rest import HttpRequest

from dev.azurite import ACCOUNT, KEY
from shared.adapters import connection
from shared.adapters.shared_key import SharedKeyPolicy, string_to_sign
from shared.domain.errors import InvalidInput

CONTAINER = f"http://127.0.0.1:10000/{ACCOUNT}/sportello"
ALWAYS = {"x-ms-version": "2025-11-05", "x-ms-date": "Mon, 02 Mar 2026 08:00:00 GMT"}
PUT = ALWAYS | {"x-ms-blob-type": "BlockBlob", "x-ms-blob-content-type": "application/json", "If-None-Match": "*"}


def test_the_string_to_sign_is_that_of_the_reference() -> None:
    """The example for Get Container Metadata in "Authorize with Shared Key"."""
    headers = {"x-ms-version": "2015-02-21", "x-ms-date": "Fri, 26 Jun 2015 23:39:12 GMT"}
    url = "https://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=metadata&timeout=20"
    assert string_to_sign("myaccount", "GET", url, headers) == (
        "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"
        "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20"
    )


def test_a_length_of_zero_counts_as_absent_and_space_in_a_value_is_one_space() -> None:
    def signed(headers: dict[str, str]) -> str:
        return string_to_sign("a", "PUT", "https://a.example/c/b", headers)

    assert signed({"Content-Length": "0"}) == signed({})
    assert signed({"Content-Length": "10"}) == "PUT\n\n\n10\n\n\n\n\n\n\n\n\n/a/c/b"
    assert signed({"X-MS-Meta-A": " one \t two "}).endswith("\nx-ms-meta-a:one two\n/a/c/b")


@pytest.mark.parametrize(
    ("method", "url", "headers", "content", "signature"),
    [
        ("PUT", f"{CONTAINER}/raw/a%3Db%2Bc%40d", PUT, b"{}", "mlPSqOjlO2bdQGmeQ7kXrwx/uY0AiC4kZPn4aJmXxPE="),
        ("PUT", f"{CONTAINER}/raw/x", PUT, b"", "Q7iRNx+TOBDx/nCopXY5ii2kcHK+BugZkIkBtQgo/UU="),
        ("GET", f"{CONTAINER}/raw/x", ALWAYS, b"", "H4Hf8jiYF/pSkY/NiZS9RcUGw1ten46v00O9MEgqNCc="),
        ("PUT", f"{CONTAINER}?restype=container", ALWAYS, b"", "RCWtaHJIsj97bYwzgg9U6bo1c1O/4Ik0aAskhBL8N3A="),
    ],
)
def test_requests_are_signed_as_microsofts_library_signs_them(
    method: str, url: str, headers: dict[str, str], content: bytes, signature: str
) -> None:
    """The signatures were made with azure-storage-blob 12.31.1, for the emulator's published key."""
    request = HttpRequest(method, url, headers=headers, content=content)
    SharedKeyPolicy(ACCOUNT, KEY).on_request(PipelineRequest[HttpRequest](request, PipelineContext(None)))
    assert request.headers["Authorization"] == f"SharedKey {ACCOUNT}:{signature}"


def test_the_development_storage_is_the_emulator_on_its_usual_port() -> None:
    assert connection.loopback_blobs("UseDevelopmentStorage=true") == (f"http://127.0.0.1:10000/{ACCOUNT}", ACCOUNT, KEY)


def test_a_connection_string_names_endpoint_account_and_key() -> None:
    endpoints = "TableEndpoint=http://127.0.0.1:2/dev/;BlobEndpoint=http://127.0.0.1:1/dev/"
    given = connection.loopback_blobs(f"AccountName=dev;AccountKey=a2V5eQ==;{endpoints};")
    assert given == ("http://127.0.0.1:1/dev", "dev", "a2V5eQ==")
    for lacking in (f"AccountName=dev;{endpoints}", f"AccountKey=a2V5eQ==;{endpoints}"):
        with pytest.raises(InvalidInput, match="AccountName and AccountKey"):
            connection.loopback_blobs(lacking)


def test_a_key_that_is_not_base64_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidInput) as caught:
        SharedKeyPolicy("dev", "A*SECRETS")
    assert "SECRET" not in str(caught.value)
