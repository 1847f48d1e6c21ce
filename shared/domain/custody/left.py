"""What somebody has left on a request that is not theirs: an administrator who wrote on a colleague's, or decided about a card.

Beside such a text is kept who it is from; of a card that was decided, who decided and from where.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.domain.custody.confidence import OF_A_PERSON, names, said_of
from shared.domain.evidence import Event
from shared.domain.ticket import Content

WRITTEN = ("text", "answer", "reason", "description")
"""As what an event's data hold the commitment to what was written."""

QUOTED = frozenset({"text", "author"})
"""The facts of a message that say what somebody wrote, and who."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What one event has of somebody's: who they were, and what they wrote with it. `contents`: both, in their order."""

    event: Event
    name: str
    contents: tuple[Content, ...]


def left_by(events: Sequence[Event], contents: Sequence[Content], email: str) -> tuple[Left, ...]:
    """All that the person with this address has left on a ticket; what is erased is nobody's."""
    kept = {content.commitment: content for content in contents if not content.erased}
    found = []
    for event in events:
        who = [record for record in _held(event.data, OF_A_PERSON, kept) if names(record, email)]
        if who:
            texts = sorted([*who, *_held(event.data, WRITTEN, kept)], key=lambda content: content.key)
            found.append(Left(event=event, name=said_of(who[0]).get("name", ""), contents=tuple(texts)))
    return tuple(found)


def _held(data: Mapping[str, object], as_what: Sequence[str], kept: Mapping[str, Content]) -> list[Content]:
    return [kept[commitment] for name in as_what if isinstance(commitment := data.get(name), str) and commitment in kept]
