"""The messages to people that the events owed: none is missing, none made up, and each has the ids that follow from its key."""

from collections.abc import Iterator

from shared.domain.dossier import REPORTED
from shared.domain.identity import operation_id
from shared.domain.mail_report import NOT_RECEIVED
from shared.domain.notice import LEFT, NoticeState, effect
from shared.domain.people import THE_CUSTOMER
from shared.domain.ticket import parse_ticket_id
from shared.proof.verification.reading import ABSENT, Broken, Part

STATES = {state.value: state for state in NoticeState}
KEYS = (
    "key", "kind", "recipient", "state", "attempts", "owed_at", "sent_at", "message_id", "operation_id", "last_error",
)  # fmt: skip


def check_notices(file: Part) -> str:
    _, number = parse_ticket_id(file["ticket"]["id"].text())
    events = list(file["events"].items())
    owed = {f"{number:06d}:{each}" for each in _told(events)}
    found, before = dict[str, Part](), ""
    for notice in file["notices"].items():
        notice.has_only(*KEYS, *(name for name in REPORTED if name in notice.mapping()))
        key = notice["key"].text()
        if key not in owed:
            raise Broken(notice["key"].where, "a message that an event names", key)
        if key <= before:
            raise Broken(notice["key"].where, f"messages in the order of their keys, after {before}", key)
        _check_key(notice, events, number)
        _check_delivery(notice, file["ticket"]["id"].text())
        found[key], before = notice, key
    if missing := sorted(owed - found.keys()):
        raise Broken("notices", f"the message {missing[0]}", ABSENT)
    _check_one_sender(found)
    _check_pauses(events, found)
    sent, bounced = (
        sum(notice["state"].value == state for notice in found.values()) for state in (NoticeState.SENT, NoticeState.BOUNCED)
    )
    return f"{len(found)} messages, all that the events owed; {sent} sent" + (f"; {bounced} bounced" if bounced else "")


def _told(events: list[Part]) -> Iterator[str]:
    """Number of the event, kind and recipient of every message that the events name."""
    for number, event in enumerate(events, start=1):
        if "told" in event["data"].mapping():
            yield from (f"{number:06d}:{told.text()}" for told in event["data"]["told"].items())


def _check_key(notice: Part, events: list[Part], ticket: int) -> None:
    """ticket:event:kind:recipient says it all."""
    parts = notice["key"].text().split(":", 3)
    if len(parts) != 4 or parts[0] != f"{ticket:06d}" or not parts[1].isdigit() or not 1 <= int(parts[1]) <= len(events):
        raise Broken(notice["key"].where, "ticket, event, kind and recipient", notice["key"].value)
    notice["kind"].must_be(parts[2])
    notice["recipient"].must_be(parts[3])
    notice["owed_at"].must_be(events[int(parts[1]) - 1]["recorded_at"].value)


def _check_delivery(notice: Part, ticket: str) -> None:
    """What was sent has all that comes with it; what was not has nothing of it."""
    state, attempts = notice["state"].one_of(STATES), notice["attempts"].number()
    if attempts < (1 if state in LEFT else 0):
        raise Broken(notice["attempts"].where, "at least one attempt" if state in LEFT else "zero or more", attempts)
    if state is NoticeState.FAILED or not notice["last_error"].is_null:
        notice["last_error"].text()
    _check_report(notice, state)
    if state not in LEFT:
        for name in ("sent_at", "message_id", "operation_id"):
            notice[name].must_be(None)
        return
    if state is NoticeState.SENT:
        notice["last_error"].must_be(None)
    notice["sent_at"].instant()
    id = operation_id(effect(ticket, notice["key"].text(), _round(notice)))
    notice["operation_id"].must_be(id)
    message = notice["message_id"].text()
    if not message.startswith(f"<{id}@") or not message.endswith(">"):
        raise Broken(notice["message_id"].where, f"<{id}@ the sender's domain>", message)


def _round(notice: Part) -> int:
    """The first is not written down."""
    if "round" not in notice.mapping():
        return 1
    if (round := notice["round"].number()) < 2:
        raise Broken(notice["round"].where, "two or more, or nothing", round)
    return round


def _check_report(notice: Part, state: NoticeState) -> None:
    """Only of what has left there is something to report; what bounced is what nobody received."""
    if "reported" not in notice.mapping():
        if "reported_at" in notice.mapping() or state is NoticeState.BOUNCED:
            raise Broken(f"{notice.where}.reported", "what was reported", ABSENT)
        return
    status = notice["reported"].text()
    notice["reported_at"].instant()
    if (state is NoticeState.BOUNCED) != (status in NOT_RECEIVED) or state not in LEFT:
        raise Broken(notice["reported"].where, f"what fits a message that is {state}", status)


def _check_one_sender(notices: dict[str, Part]) -> None:
    domain = None
    for notice in notices.values():
        if notice["message_id"].is_null:
            continue
        found = notice["message_id"].text().partition("@")[2]
        if domain is not None and found != domain:
            raise Broken(notice["message_id"].where, f"the domain of the messages before, {domain}", found)
        domain = found


def _check_pauses(events: list[Part], notices: dict[str, Part]) -> None:
    """A pause begins when its question was really sent; a question that was not sent, or not received, paused nothing."""
    for event in events:
        kind = event["kind"].value
        if kind not in ("paused", "hold_void", "bounced"):
            continue
        question = event["data"]["notice"].one_of(notices)
        if kind == "paused":
            question["sent_at"].must_be(event["at"].value)
        elif kind == "hold_void":
            question["state"].must_be(NoticeState.FAILED.value)
        else:
            question["state"].must_be(NoticeState.BOUNCED.value)
            question["reported"].must_be(event["data"]["status"].value)
            question["reported_at"].must_be(event["data"]["reported_at"].value)
            if "voids" in event["data"].mapping():
                _check_voided(event, events)


def _check_voided(bounced: Part, events: list[Part]) -> None:
    """The pause that a bounce voids is its own question's, and was ended without an answer, by staff."""
    began = None
    for event in events:
        kind, data = event["kind"].value, event["data"].mapping()
        if kind == "paused" and data.get("notice") == bounced["data"]["notice"].value:
            began = event["at"].value
        elif kind == "resumed" and began is not None:
            event["data"]["answer"].must_be(None)
            if event["actor"].value == THE_CUSTOMER:
                raise Broken(event["actor"].where, "staff, for a customer who answers has received the question", THE_CUSTOMER)
            break
    bounced["data"]["voids"].must_be(began)
