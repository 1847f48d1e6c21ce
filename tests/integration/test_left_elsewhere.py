"""What an administrator leaves on a colleague's request: told to them, and erased for them; the request stays the colleague's."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from shared.actions import agenda, cases
from shared.actions.custody.erasure import erase_contact
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.actions.reconcile import reconcile
from shared.actions.sweep import sweep
from shared.domain import dossier, evidence
from shared.domain.custody.privacy import RequestedBy
from shared.domain.errors import StorageUnavailable
from shared.domain.notice import NoticeState
from shared.domain.ticket import DisputeAbout
from shared.proof import verify
from shared.proof.verification.checks import outcomes
from tests.support import cards
from tests.support.desks import ADA, ANNA, CARLA, OMAR, Clock, a_desk, staff
from tests.support.doors import Answer, as_staff
from tests.support.faults import Crash, Fuse, fused, unavailable
from tests.support.held import copied, everything, traces

ID, EMAIL = "ACME-1", "ada@acme.example"
SAID = ("Mi serve per lunedì", "Costa troppo così", "Non è una modifica", "Riapro io")
OF_ADA = (EMAIL, "Ada Neri", "198.51.100.7", "AdaFox", *SAID)
OF_ANNA = ("anna@acme.example", "Anna Bianchi", "Il protocollo non assegna", "Da questa mattina", "Scrive Anna", "Vi rispondiamo")
CONTACTS = "/api/customers/ACME/contacts"


@pytest.fixture
def desk() -> Desk:
    return history()


def history(*, is_resolved: bool = True, is_sent: bool = True) -> Desk:
    """Anna's request, on which Ada writes, declines a first card, accepts the next, disputes, and reopens."""
    desk = a_desk(clock := Clock())
    cards.to_be_quoted(desk)
    staff(desk, ID, ADA).message("Mi serve per lunedì")
    staff(desk, ID, ANNA).message("Scrive Anna")
    browser = {"X_Forwarded_For": "198.51.100.7", "User_Agent": "AdaFox"}
    for version, noun, text in ((1, "refusal", {"text": "Costa troppo così"}), (2, "acceptance", {})):
        cards.sent(desk, ID)
        answer = as_staff(desk, "ada", "POST", f"/api/tickets/{ID}/estimate/{noun}", {"version": version, **text}, **browser)
        assert answer.status == 200, answer.json
    staff(desk, ID, ADA).dispute(DisputeAbout.CLASSIFICATION, "bug", "Non è una modifica")
    staff(desk, ID).classify("bug")
    staff(desk, ID).assign("omar")
    deliver(desk, clock.forward(minutes=5))
    staff(desk, ID, OMAR).reply("Vi rispondiamo")
    staff(desk, ID, OMAR).resolve(None)
    staff(desk, ID, ADA).reopen("Riapro io")
    if is_resolved:
        staff(desk, ID, OMAR).resolve(None)
    if is_sent:
        deliver(desk, clock.forward(minutes=5))
    return desk


def export(desk: Desk, who: str = "ada") -> dict[str, Any]:
    answer = as_staff(desk, who, "POST", f"{CONTACTS}/export?format=json", {"email": EMAIL})
    assert answer.status == 200
    document: dict[str, Any] = answer.json
    return document


def erase(desk: Desk, text: str = "Per lettera.", **headers: str) -> Answer:
    return as_staff(desk, "carla", "POST", f"{CONTACTS}/erasure", {"email": EMAIL, "text": text}, **headers)


def texts_of(desk: Desk) -> dict[str, bool]:
    """Each text and whether it is there, by its commitment."""
    return {text.commitment: not text.erased for text in cases.contents_of(desk, cases.load(desk, ID).ticket)}


@pytest.mark.parametrize("who", ["ada", "carla"])
def test_what_they_left_is_told_to_them_and_nothing_of_the_colleagues(desk: Desk, who: str) -> None:
    document = export(desk, who)
    assert document["tickets"] == [] and document["contact"]["names"] == ["Ada Neri"]
    [words] = document["elsewhere"]
    assert words["id"] == ID
    said = [(place["as"], text["text"]) for text in words["texts"] for place in text["said_in"]]
    assert [text for name, text in said if name in ("text", "reason")] == list(SAID)
    assert [name for name, _ in said] == ["text", "author", "whence", "reason", "whence", "text", "author", "reason", "author"]
    assert {"address": "198.51.100.7", "agent": "AdaFox", "email": EMAIL}.items() <= json.loads(said[2][1]).items()
    for text in words["texts"]:
        assert evidence.commitment(text["salt"], text["text"]) == text["commitment"]
    assert {notice["kind"] for notice in words["notices"]} >= {"message", "decided", "disputed", "reopened"}
    assert {name for notice in words["notices"] for name in notice["facts"]} <= {"text", "author"}
    body = json.dumps(document, ensure_ascii=False)
    assert [each for each in OF_ANNA if each in body] == []


def test_the_address_may_be_written_in_any_case_and_who_asked_is_on_record(desk: Desk) -> None:
    answer = as_staff(desk, "ada", "POST", f"{CONTACTS}/export?format=json", {"email": "ADA@Acme.Example"})
    assert [words["id"] for words in answer.json["elsewhere"]] == [ID]
    readings = as_staff(desk, "anna", "GET", f"/api/tickets/{ID}/accesses?limit=500").json["accesses"]
    assert [reading["basis"] for reading in readings if reading["what"].startswith("export")] == ["administrator"]


def test_erasing_takes_exactly_this_and_the_request_stays_its_contacts(desk: Desk) -> None:
    before = texts_of(desk)
    standing = traces(desk, OF_ADA)
    assert {trace for trace in OF_ADA if any(repr(trace) in each for each in standing)} == set(OF_ADA)
    anna = {trace: len(traces(desk, (trace,))) for trace in OF_ANNA}
    answer = erase(desk)
    assert answer.status == 200, answer.json
    [erased] = answer.json["tickets"]
    assert (erased["ticket"], erased["texts"], erased["files"]) == (ID, 9, 0) and erased["notices"] >= 4
    assert traces(desk, OF_ADA) == []
    assert {trace: len(traces(desk, (trace,))) for trace in OF_ANNA} == anna
    after = texts_of(desk)
    assert list(after)[: len(before)] == list(before)
    assert sum(not there for there in after.values()) == 9
    ticket = cases.load(desk, ID).ticket
    assert (ticket.erased_at, ticket.contact.email) == (None, "anna@acme.example")
    event = cases.events_of(desk, ticket)[-1]
    assert (event.kind, event.actor, len(event.data["texts"])) == ("words_erased", "carla", 9)  # type: ignore[arg-type]
    assert export(desk, "carla")["elsewhere"] == []


@pytest.mark.parametrize("who", ["carla", "anna", "ada", "omar"])
def test_the_evidence_still_holds_and_a_text_that_was_not_named_cannot_be_taken_out(desk: Desk, who: str) -> None:
    erase(desk)
    raw = as_staff(desk, who, "GET", f"/api/tickets/{ID}/evidence").body
    assert verify.holds(json.loads(raw), raw)
    file = json.loads(raw)
    kept = next(text for text in file["contents"] if text["text"] == "Scrive Anna")
    kept.update(text=None, salt=None, is_erased=True)
    forged = {**file, "seal": dossier.seal(file)}
    found = list(outcomes(forged, evidence.canonical(forged)))[-1].broken
    assert found is not None and found.where.endswith(".is_erased")
    assert evidence.first_broken(cases.events_of(desk, cases.load(desk, ID).ticket)) is None


def test_asking_again_changes_nothing_and_the_colleague_can_be_erased_after_it(desk: Desk) -> None:
    erase(desk)
    before = [text for _, text in everything(desk)]
    again = erase(desk)
    assert (again.status, again.json["tickets"]) == (200, [])
    assert [text for _, text in everything(desk)] == before
    of_anna = {"email": "anna@acme.example", "text": "Per lettera."}
    anna = as_staff(desk, "carla", "POST", f"{CONTACTS}/erasure", of_anna)
    assert anna.status == 200 and traces(desk, (*OF_ANNA, *OF_ADA)) == []
    raw = as_staff(desk, "carla", "GET", f"/api/tickets/{ID}/evidence").body
    assert verify.holds(json.loads(raw), raw)


def test_an_open_request_stands_against_it_and_so_does_a_reason_that_names_them() -> None:
    desk = history(is_resolved=False)
    answer = erase(desk)
    assert (answer.status, answer.json["tickets"]) == (409, [ID])
    assert erase(history(), text="Lo chiede la signora Neri").status == 422


def test_a_letter_that_quotes_them_and_is_still_owed_is_given_up() -> None:
    desk = history(is_sent=False)
    assert erase(desk).status == 200
    assert isinstance(desk.clock, Clock)
    for _ in range(3):
        now = desk.clock.forward(minutes=10)
        sweep(desk, now)
        deliver(desk, now)
    assert traces(desk, OF_ADA) == []
    notices = cases.notices_of(desk, cases.load(desk, ID).ticket)
    assert {(each.kind, each.last_error) for each in notices if each.state is NoticeState.FAILED} == {("reopened", "erased")}
    assert not list(cases.under(desk, "ACME", "owed:")) and not list(agenda.every(desk, "d"))


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("failure", [Crash, unavailable], ids=["crash", "fault"])
@pytest.mark.parametrize("by_night", [False, True], ids=["asked again", "by night"])
def test_cut_off_anywhere_it_is_finished(failure: Callable[[], BaseException], after_effect: bool, by_night: bool) -> None:
    standing = history(is_sent=False)
    for at in range(200):
        desk = copied(standing)
        fuse = Fuse(at=at, after_effect=after_effect, failure=failure)
        with suppress(Crash, StorageUnavailable):
            _erase(fused(desk, fuse))
        if not fuse.has_blown:
            assert at > 8, "the erasure made hardly a call"
            return
        if by_night and any(event.kind == "words_erased" for event in cases.events_of(desk, cases.load(desk, ID).ticket)):
            reconcile(desk, desk.clock())
        else:
            _erase(desk)
        assert traces(desk, OF_ADA) == [], f"cut off at call {at}"
        ticket = cases.load(desk, ID).ticket
        events = cases.events_of(desk, ticket)
        assert evidence.first_broken(events) is None and [e.kind for e in events].count("words_erased") == 1
        assert not list(cases.under(desk, "ACME", "erasing:"))
    pytest.fail("more than 200 calls: the erasure does not end")


def test_a_key_is_good_for_one_erasure(desk: Desk) -> None:
    first = erase(desk, idempotency_key="k1")
    again = erase(desk, idempotency_key="k1")
    assert (first.status, again.status, again.json["tickets"]) == (200, 200, [])
    other = erase(desk, "Per un'altra lettera.", idempotency_key="k1")
    assert (other.status, other.json["type"]) == (422, "/api/problems/idempotency-key-reused")
    assert erase(desk, "Per un'altra lettera.", idempotency_key="k2").status == 200


def test_a_key_is_used_up_even_where_nothing_was_held(desk: Desk) -> None:
    bodies = ({"email": "nobody@acme.example", "text": text} for text in ("Uno.", "Uno.", "Due."))
    done = [as_staff(desk, "carla", "POST", f"{CONTACTS}/erasure", body, idempotency_key="k") for body in bodies]
    assert [each.status for each in done] == [200, 200, 422]


def _erase(desk: Desk) -> None:
    erase_contact(desk, "ACME", EMAIL, CARLA, desk.clock(), reason="Per lettera.", requested_by=RequestedBy.CONTACT)
