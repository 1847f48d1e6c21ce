"""The chain of events, and the texts that stand beside it: each fits its commitment, and each commitment has its text."""

import hashlib
import re
from collections.abc import Iterator

from shared.domain.custody.confidence import may_be_withheld
from shared.domain.custody.erasure import ERASED_ALL, ERASED_WORDS
from shared.domain.dossier import TOLD_AT_RECEIPT
from shared.domain.errors import InvalidInput
from shared.domain.evidence import GENESIS, canonical, commitment
from shared.domain.ticket import parse_ticket_id
from shared.proof.verification.reading import ABSENT, Broken, Part

HASHED = re.compile(r"[0-9a-f]{64}")
NOT_OF_A_TEXT = ("contract_digest", "chain_tip")
"""Where an event names another hash than the commitment to a text of its own ticket."""


def check_chain(file: Part) -> str:
    """Every event fits its hash and names the hash of the one before; the head names the last."""
    id, previous, number = file["ticket"]["id"].text(), GENESIS, 0
    for number, event in enumerate(file["events"].items(), start=1):
        event.has_only("number", "kind", "at", "recorded_at", "actor", "data", "previous", "hash")
        event["number"].must_be(number)
        event["previous"].must_be(previous)
        body = {name: value for name, value in event.mapping().items() if name != "hash"}
        event["hash"].must_be(hashlib.sha256(canonical({**body, "ticket": id})).hexdigest())
        event["at"].instant()
        event["recorded_at"].instant()
        previous = event["hash"].text()
    file["ticket"]["events"].must_be(number)
    file["ticket"]["chain_tip"].must_be(previous)
    return f"{number} events, each tied to the one before; the last is {previous}"


def check_texts(file: Part) -> str:
    """Texts are in the order in which the events commit to them.

    One may be erased if an event says that texts were, and withheld if it is of those that not every reader is shown.
    """
    committed, gone = _commitments(file), _Gone(file)
    seen: set[str] = set()
    last, keys = 0, _keys(file)
    for text in file["contents"].items():
        withheld = ("is_withheld",) if "is_withheld" in text.mapping() else ()
        text.has_only("key", "text", "salt", "commitment", "is_erased", *withheld)
        text["key"].must_be(next(keys))
        known = text["commitment"].text()
        if known not in committed:
            raise Broken(text["commitment"].where, "a commitment that an event holds", known)
        if committed[known] < last:
            raise Broken(text["commitment"].where, f"a text of event {last} or later", known)
        last = committed[known]
        seen.add(known)
        if not gone.is_gone(text, known, last):
            text["commitment"].must_be(commitment(text["salt"].text(), text["text"].text()))
    if missing := [each for each in committed if each not in seen]:
        raise Broken("contents", f"the text of event {committed[missing[0]]} with the commitment {missing[0]}", ABSENT)
    return f"{len(seen)} texts fit the commitments in the events{gone}"


class _Gone:
    """Which texts may be missing, and how many are: erased, or withheld from whom the file was made for."""

    def __init__(self, file: Part) -> None:
        events = [(event["kind"].value, event["data"].mapping()) for event in file["events"].items()]
        self._all_before = max((number for number, (kind, _) in enumerate(events, 1) if kind == ERASED_ALL), default=0)
        self._some = {each for kind, data in events if kind == ERASED_WORDS for each in _hashes(data.get("texts"))}
        self._confidential = may_be_withheld((str(kind), data) for kind, data in events)
        self._erased = self._withheld = 0

    def is_gone(self, text: Part, known: str, event: int) -> bool:
        """Whether this text, of this event, is rightly missing. Broken where it is wrongly so."""
        is_erased, is_withheld = text["is_erased"].flag(), "is_withheld" in text.mapping()
        if is_erased and self._all_before < event and known not in self._some:
            raise Broken(text["is_erased"].where, "false, for no event after it says that texts were erased", True)
        if is_withheld:
            text["is_withheld"].must_be(True)
            if is_erased or known not in self._confidential:
                raise Broken(text["is_withheld"].where, ABSENT, True)
        if is_erased or is_withheld:
            text["text"].must_be(None)
            text["salt"].must_be(None)
        self._erased += is_erased
        self._withheld += is_withheld
        return is_erased or is_withheld

    def __str__(self) -> str:
        counted = ((self._erased, "erased"), (self._withheld, "withheld from whom this file was made for"))
        return "".join(f"; {number} of them {how}" for number, how in counted if number)


def _commitments(file: Part) -> dict[str, int]:
    """Every commitment that the events hold, with the number of the event that held it first."""
    found: dict[str, int] = {}
    for number, event in enumerate(file["events"].items(), start=1):
        for each in _hashes(event["data"].value):
            found.setdefault(each, number)
    return found


def _hashes(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _hashes(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _hashes(item, name)
    elif isinstance(value, str) and name not in NOT_OF_A_TEXT and HASHED.fullmatch(value):
        yield value


def _keys(file: Part) -> Iterator[str]:
    """What the texts are called, in order: those of the head first, then as they were numbered."""
    data = next(file["events"].items())["data"].mapping()
    yield from (name for name in TOLD_AT_RECEIPT if data.get(name) is not None)
    try:
        _, ticket = parse_ticket_id(file["ticket"]["id"].text())
    except InvalidInput as wrong:
        raise Broken("ticket.id", wrong.detail, file["ticket"]["id"].value) from None
    number = 0
    while True:
        number += 1
        yield f"{ticket:06d}:{number:06d}"
