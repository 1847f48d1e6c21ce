"""The names a message goes by, derived from its notice's key alone, so that a second sending is known for a second one."""

from uuid import UUID, uuid5

_NAMESPACE = UUID("7d1f4f0e-5c0b-5a39-9d53-0c6a5b1f2e84")
"""Sportello's own. It must never change: a notice sent before a change would be sent again after it."""


def operation_id(key: str) -> str:
    """The operation id of a notice's message: a UUIDv5 of its key."""
    return str(uuid5(_NAMESPACE, key))


def message_id(key: str, sender: str) -> str:
    """The Message-ID of a notice's message, `<uuid5@domain>` with the sender's domain (RFC 5322, 3.6.4)."""
    return f"<{operation_id(key)}@{sender.rpartition('@')[2]}>"
