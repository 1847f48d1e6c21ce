"""What left by mail, kept in a file of JSON lines, one a message.

Emptying hides the messages but keeps them known: a mail service remembers what it has taken however often one looks.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message the mail service took. `received_at` is by the app's clock; header names are as they were sent."""

    operation_id: str
    message_id: str
    received_at: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()


class Outbox:
    """The messages in the order in which they came, in memory and, where there is a file, on disk."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._messages: list[Message] = []
        self._hidden = 0
        if file is not None and file.exists():
            self._load(file.read_text(encoding="utf-8"))

    def add(self, message: Message) -> bool:
        """Takes a message; False when this operation id has been taken before, which then is the same message."""
        with self._lock:
            if self.find(message.operation_id) is not None:
                return False
            self._messages.append(message)
            self._write(to_json(message))
            return True

    def shown(self) -> list[Message]:
        """The messages since it was last emptied, newest first."""
        return self._messages[self._hidden :][::-1]

    def find(self, operation_id: str) -> Message | None:
        return next((message for message in self._messages if message.operation_id == operation_id), None)

    def has_message_id(self, message_id: str) -> bool:
        return any(message.message_id == message_id for message in self._messages)

    def empty(self) -> None:
        with self._lock:
            self._hidden = len(self._messages)
            self._write({"emptied": True})

    def _load(self, text: str) -> None:
        for line in text.splitlines():
            value = json.loads(line)
            if "emptied" in value:
                self._hidden = len(self._messages)
            else:
                self._messages.append(_from_json(value))

    def _write(self, value: Mapping[str, Any]) -> None:
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(value, ensure_ascii=False) + "\n")


def to_json(message: Message) -> dict[str, Any]:
    """All fields by name; the instant as ISO text in UTC, addresses as lists."""
    return asdict(message) | {"received_at": message.received_at.isoformat()}


def _from_json(value: Mapping[str, Any]) -> Message:
    addresses = {name: tuple(value[name]) for name in ("to", "cc", "bcc", "reply_to")}
    return Message(**{**value, **addresses, "received_at": datetime.fromisoformat(value["received_at"])})
