"""Azure Storage's REST interface over the pipeline of azure.core, which Table Storage loads anyway, for what is small enough.

azure.storage.blob would take 10 MB of memory and 50 ms of CPU more in every instance, azure.storage.queue 11 MB and 60 ms.
"""

import random
from email.utils import formatdate
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.pipeline import Pipeline
from azure.core.pipeline.policies import HTTPPolicy, RetryPolicy, SansIOHTTPPolicy
from azure.core.rest import HttpRequest, HttpResponse

from shared.adapters import connection
from shared.adapters.storage_faults import translated
from shared.domain.errors import SportelloError

VERSION = "2025-11-05"  # of the REST interface: the newest that Azurite, too, has been written for
SCOPE = "https://storage.azure.com/.default"

Authorization = HTTPPolicy[HttpRequest, HttpResponse] | SansIOHTTPPolicy[HttpRequest, HttpResponse]


class StorageRest:
    """What is at `url`. Answers are handed back whatever their status; without one StorageUnavailable is raised.

    Threads share it. `authorization` is the policy that adds the Authorization header to each attempt.
    """

    def __init__(self, url: str, authorization: Authorization, *, loopback: bool) -> None:
        from shared.adapters.transport import BoundedTransport

        connection.quieten()
        self._url = url
        self._pipeline = Pipeline[HttpRequest, HttpResponse](BoundedTransport(loopback=loopback), [_SoonAgain(), authorization])

    def _send(self, method: str, path: str, headers: dict[str, str] | None = None, content: bytes = b"") -> HttpResponse:
        headers = {"x-ms-version": VERSION, "x-ms-date": formatdate(usegmt=True), **(headers or {})}
        request = HttpRequest(method, self._url + path, headers=headers, content=content)
        try:
            return self._pipeline.run(request).http_response
        except AzureError as error:
            raise translated(error) from error


def code_of(answer: HttpResponse) -> str:
    """The service's error code; empty when there is none."""
    return answer.headers.get("x-ms-error-code") or ""


def refusal(answer: HttpResponse) -> SportelloError:
    """An answer that its caller does not expect, in the words of the error tree."""
    return translated(_Refused(answer))


class _Refused(HttpResponseError):
    def __init__(self, answer: HttpResponse) -> None:
        super().__init__(response=answer)
        self.error_code = code_of(answer)


class _SoonAgain(RetryPolicy[HttpRequest, HttpResponse]):
    """A call is repeated twice, 0.2 to 0.6 s apart whatever Retry-After says: somebody is waiting for our own answer.

    Putting, getting, receiving and deleting again are harmless; appending again is said to be possible.
    """

    def __init__(self) -> None:
        super().__init__(retry_total=2)

    def get_backoff_time(self, settings: dict[str, Any]) -> float:
        return random.uniform(0.2, 0.6)

    def get_retry_after(self, response: Any) -> None:
        return None
