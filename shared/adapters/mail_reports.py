"""ports.MailReports on Azure Queue Storage: Get Messages and Delete Message, a request each.

The queue is made by the deployment, and Event Grid puts the reports into it. Where there is none, nothing was reported.
Source: the operations of these names in the REST reference of Azure Storage; "Status and error codes" there.
"""

from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from urllib.parse import quote
from xml.etree import ElementTree

from azure.core.pipeline.policies import BearerTokenCredentialPolicy
from azure.core.rest import HttpRequest, HttpResponse

from shared.actions.ports import Queued
from shared.adapters import connection
from shared.adapters.shared_key import SharedKeyPolicy
from shared.adapters.storage_rest import SCOPE, StorageRest, code_of, refusal

QUEUE = "mail-reports"
AT_ONCE = 32
"""Messages that a request can bring."""
_GONE = {"MessageNotFound", "PopReceiptMismatch", "QueueNotFound"}


def from_connection_string(connection_string: str, *, queue: str = QUEUE) -> "AzureMailReports":
    """The queue of an emulator on this machine. InvalidInput for any other host."""
    endpoint, account, key = connection.loopback_queues(connection_string)
    authorization = SharedKeyPolicy(account, key)
    return AzureMailReports(lambda: MessageQueue(f"{endpoint}/{queue}", authorization, loopback=True))


def from_account(name: str, client_id: str | None = None, *, queue: str = QUEUE) -> "AzureMailReports":
    """The queue of a storage account, by Entra identity (see `connection.credential`)."""

    def opened() -> MessageQueue:
        credential = connection.credential(client_id)
        authorization = BearerTokenCredentialPolicy[HttpRequest, HttpResponse](credential, SCOPE)
        return MessageQueue(f"https://{name}.queue.core.windows.net/{queue}", authorization, loopback=False)

    return AzureMailReports(opened)


class MessageQueue(StorageRest):
    """The queue at `url`; see `StorageRest`."""

    def get_messages(self, hidden_s: int) -> HttpResponse:
        """200 with up to `AT_ONCE` messages, which nobody else is given for so long; or 404 QueueNotFound."""
        return self._send("GET", f"/messages?numofmessages={AT_ONCE}&visibilitytimeout={hidden_s}")

    def delete_message(self, id: str, receipt: str) -> HttpResponse:
        """204; 404 MessageNotFound, or 400 PopReceiptMismatch when somebody has received it since."""
        return self._send("DELETE", f"/messages/{quote(id, safe='')}?popreceipt={quote(receipt, safe='')}")


class AzureMailReports:
    """ports.MailReports. Threads share it and its queue, which is opened at the first call: `requests` is slow to import."""

    def __init__(self, opened: Callable[[], MessageQueue]) -> None:
        self._opened = opened
        self._opened_queue: MessageQueue | None = None
        self._lock = Lock()

    def receive(self, hidden_for: timedelta) -> list[Queued]:
        answer = self._queue().get_messages(int(hidden_for.total_seconds()))
        if code_of(answer) == "QueueNotFound":
            return []
        if answer.status_code != 200:
            raise refusal(answer)
        return [_queued(each) for each in ElementTree.fromstring(answer.content).iter("QueueMessage")]

    def delete(self, message: Queued) -> None:
        answer = self._queue().delete_message(message.id, message.receipt)
        if answer.status_code != 204 and code_of(answer) not in _GONE:
            raise refusal(answer)

    def _queue(self) -> MessageQueue:
        with self._lock:
            if self._opened_queue is None:
                self._opened_queue = self._opened()
            return self._opened_queue


def _queued(element: ElementTree.Element) -> Queued:
    found = {name: element.findtext(name) or "" for name in ("MessageId", "PopReceipt", "DequeueCount", "MessageText")}
    tries = int(found["DequeueCount"] or 1)
    return Queued(id=found["MessageId"], receipt=found["PopReceipt"], tries=tries, text=found["MessageText"])
