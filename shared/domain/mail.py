"""A message as it is handed to the mail service, and what the service answered. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A rendered message. `key` names it everywhere (`Notice.effect`): operation id and Message-ID are derived from it."""

    key: str
    to: str
    to_name: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """What the mail service answered: the operation it can be followed by, and the Message-ID it was sent under."""

    operation_id: str
    message_id: str
