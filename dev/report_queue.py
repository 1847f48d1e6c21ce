"""Event Grid's side of the queue of mail reports on the emulator: makes the queue, and puts reports into it."""

from typing import Self
from xml.sax.saxutils import escape

from shared.adapters import connection
from shared.adapters.mail_reports import QUEUE
from shared.adapters.shared_key import SharedKeyPolicy
from shared.adapters.storage_rest import StorageRest, refusal

FOR_EVER = -1


class ReportQueue(StorageRest):
    """The queue at `url`. In Azure the deployment makes it, and the desk may not put anything into it."""

    @classmethod
    def from_connection_string(cls, connection_string: str, *, queue: str = QUEUE) -> Self:
        """The queue of an emulator on this machine. InvalidInput for any other host."""
        endpoint, account, key = connection.loopback_queues(connection_string)
        return cls(f"{endpoint}/{queue}", SharedKeyPolicy(account, key), loopback=True)

    def create(self) -> None:
        """Makes the queue; one that is there stays as it is."""
        answer = self._send("PUT", "")
        if answer.status_code not in (201, 204):
            raise refusal(answer)

    def put(self, text: str) -> None:
        body = f"<QueueMessage><MessageText>{escape(text)}</MessageText></QueueMessage>".encode()
        answer = self._send("POST", f"/messages?messagettl={FOR_EVER}", {"Content-Type": "application/xml"}, body)
        if answer.status_code != 201:
            raise refusal(answer)
