"""ports.Mailer on Azure Communication Services Email: one POST a message, no waiting, no repeating here.

A notice's key makes its operation id and its Message-ID. The service is asked to refuse a Message-ID it has had, so a message
whose answer was lost is sent again without harm. The refusal is a 400 like any other: whether the first sending had worked is
then asked by its operation id.
Sources: the service's REST reference (Email: Send, Get Send Result; 2025-09-01) and "Adding reserved custom headers".
"""

import logging
import re
from collections.abc import Callable, Mapping
from email.utils import parseaddr, parsedate_to_datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError, ClientAuthenticationError, DeserializationError

from shared.adapters import connection
from shared.domain.errors import MailPostponed, MailRefused
from shared.domain.identity import message_id, operation_id
from shared.domain.mail import Mail, SentMail

if TYPE_CHECKING:
    from azure.communication.email import EmailClient

_LOG = logging.getLogger(__name__)
_PASSING = {408, 409, 429}  # 409: the first sending under this operation id is still being worked on
_OURS = {401, 403, 404}
_VERSION = "2025-09-01"
_ACCEPTED = {"NotStarted", "Running", "Succeeded"}


def from_connection_string(connection_string: str, sender: str) -> "AcsMailer":
    """A mail service on this machine, by its access key. InvalidInput for any other host."""
    endpoint, key = connection.loopback_mail(connection_string)

    def opened() -> "EmailClient":
        from azure.communication.email import EmailClient
        from azure.core.credentials import AzureKeyCredential

        return EmailClient(endpoint, AzureKeyCredential(key), **_options(loopback=True))

    return AcsMailer(opened, sender)


def from_endpoint(endpoint: str, sender: str, client_id: str | None = None) -> "AcsMailer":
    """A Communication Services resource, by Entra identity (see `connection.credential`)."""

    def opened() -> "EmailClient":
        from azure.communication.email import EmailClient

        return EmailClient(endpoint, connection.credential(client_id), **_options(loopback=False))

    return AcsMailer(opened, sender)


class AcsMailer:
    """ports.Mailer. Threads share it and its client, which is made at the first message: the library is slow to import."""

    def __init__(self, opened: "Callable[[], EmailClient]", sender: str) -> None:
        self._opened = opened
        self._sender = sender
        self._client: EmailClient | None = None
        self._lock = Lock()

    def send(self, mail: Mail) -> SentMail:
        sent = SentMail(operation_id=operation_id(mail.key), message_id=message_id(mail.key, self._sender))
        client = self._service()
        try:
            client.begin_send(_message(mail, sent, self._sender), operation_id=sent.operation_id, polling=False)
        except DeserializationError:
            pass  # the client could not read a header of a 202: the message is accepted
        except AzureError as error:
            if not (_says_duplicate(error) or _was_refused_as_known(client, sent, error)):
                raise _failure(error) from error
        return sent

    def _service(self) -> "EmailClient":
        with self._lock:
            if self._client is None:
                self._client = self._opened()
            return self._client


def _options(*, loopback: bool) -> dict[str, Any]:
    from shared.adapters.transport import BoundedTransport

    connection.quieten()
    return {"transport": BoundedTransport(loopback=loopback), "retry_total": 0}


def _message(mail: Mail, sent: SentMail, sender: str) -> dict[str, Any]:
    """The service's JSON. Reply-To is a field of its own there; all other headers go as they are, on one line each."""
    reply_to = next((value for name, value in mail.headers.items() if name.lower() == "reply-to"), "")
    headers = {name: _one_line(value) for name, value in mail.headers.items() if name.lower() not in ("reply-to", "message-id")}
    return {
        "senderAddress": sender,
        "recipients": {"to": [_address(mail.to, mail.to_name)]},
        "content": {"subject": _one_line(mail.subject), "plainText": mail.text, "html": mail.html},
        "headers": {**headers, "Message-ID": sent.message_id, "x-ms-acsemail-validate-message-id": "true"},
        "userEngagementTrackingDisabled": True,
        **({"replyTo": [_address(*reversed(parseaddr(reply_to)))]} if reply_to else {}),
    }


def _address(address: str, name: str) -> dict[str, str]:
    return {"address": address, **({"displayName": _one_line(name)} if name.strip() else {})}


def _one_line(text: str) -> str:
    """A line break in a header would begin another header."""
    return " ".join(text.split())


def _says_duplicate(error: AzureError) -> bool:
    """A 400 whose words say that the Message-ID is a duplicate; there is no code for it."""
    words = re.sub(r"[^a-z]", "", str(error).lower())
    return getattr(error, "status_code", None) == 400 and "duplicate" in words and "messageid" in words


def _was_refused_as_known(client: "EmailClient", sent: SentMail, error: AzureError) -> bool:
    """Whether the service knows the operation of a message it answers 400 for. Raises MailPostponed when it cannot be asked."""
    from azure.core.rest import HttpRequest

    if getattr(error, "status_code", None) != 400:
        return False
    try:
        answer = client.send_request(HttpRequest("GET", f"/emails/operations/{sent.operation_id}?api-version={_VERSION}"))
        status = answer.json().get("status") if answer.status_code == 200 else None
    except (AzureError, ValueError) as fault:
        raise MailPostponed("The mail service does not say whether it has this message already.") from fault
    if answer.status_code not in (200, 404):
        raise MailPostponed("The mail service does not say whether it has this message already.")
    return status in _ACCEPTED


def _failure(error: AzureError) -> MailPostponed | MailRefused:
    status, code = getattr(error, "status_code", None), _code(error)
    if _is_ours(error):
        _LOG.error("The mail service does not accept our set-up (%s %s): sender, domain, or the identity's role.", status, code)
        return MailPostponed(f"The mail service does not accept our set-up ({status} {code}).")
    if status is None or status in _PASSING or status >= 500:
        return MailPostponed(f"The mail service cannot take messages now ({status} {code}).", retry_after_s=_retry_after(error))
    return MailRefused(f"The mail service refuses this message ({status} {code}).")


def _is_ours(error: AzureError) -> bool:
    """A fault of our set-up, not of the message: it is mended by people, so the message must wait, not be lost."""
    if isinstance(error, ClientAuthenticationError) or getattr(error, "status_code", None) in _OURS:
        return True
    return re.match("DomainNot|InvalidSender|Sender", _code(error)) is not None


def _code(error: AzureError) -> str:
    """The code in the service's answer, or the client's name of the fault. Never the message: it may hold an address."""
    told = getattr(getattr(error, "error", None), "code", None)
    return str(told) if told else type(error).__name__


def _retry_after(error: AzureError) -> float | None:
    """Seconds from Retry-After: a number, or a date (RFC 9110, 10.2.3), which is measured from the answer's own date."""
    headers: Mapping[str, str] = getattr(getattr(error, "response", None), "headers", None) or {}
    told = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", told):
        return float(told)
    try:
        wait = parsedate_to_datetime(told) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())
