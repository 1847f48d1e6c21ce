"""What is whose: the judgements behind export and erasure, on values alone."""

from dataclasses import replace

import pytest

from shared.actions.custody.privacy import is_theirs
from shared.domain.custody.erasure import KEPT_FACTS, without_text, without_words
from shared.domain.custody.privacy import is_contact_of, may_be_told, require_nobody_named
from shared.domain.errors import InvalidInput
from shared.domain.evidence import commitment
from shared.domain.notice import Notice, NoticeKind, NoticeState, Recipient
from shared.domain.people import Principal, Role
from shared.domain.ticket import Content
from shared.web.links import Links
from shared.web.mail import Letters
from shared.web.views.privacy import file_name
from tests.support.desks import ADA, ANNA, BRUNO, CARLA, OLGA, SANDRO, Clock, a_desk, rome, taken_in

EMAIL = "anna@acme.example"


@pytest.mark.parametrize(
    ("who", "may"), [(CARLA, True), (ANNA, True), (ADA, True), (OLGA, False), (SANDRO, False), (BRUNO, False)]
)
def test_who_may_be_told(who: Principal, may: bool) -> None:
    assert may_be_told(who, "ACME", EMAIL) is may


def test_an_administrator_of_another_customer_with_the_same_address_is_told_nothing() -> None:
    other = Principal(id="x", name="X", roles=frozenset({Role.CUSTOMER_ADMINISTRATOR}), customer="BETA", email=EMAIL)
    assert not may_be_told(other, "ACME", EMAIL)


def test_a_ticket_without_an_address_is_nobodys() -> None:
    ticket = taken_in(a_desk(Clock()))
    assert is_contact_of(ticket, "ANNA@acme.example")
    assert not is_contact_of(replace(ticket, contact=replace(ticket.contact, email="")), "")


@pytest.mark.parametrize(
    ("body", "whose"),
    [
        (b'{"customer": "ACME", "contact": {"email": "Anna@acme.example"}}', True),
        (b'{"customer": "acme ", "contact": {"e-mail": "anna@acme.example"}}', True),
        (b'{"customer": "BETA", "contact": {"email": "anna@acme.example"}}', False),
        (b'{"customer": "ACME", "contact": {"email": "ugo@acme.example"}, "subject": "anna@acme.example"}', False),
        (b'{"customer": "ACME", "contact": "anna@acme.example"}', False),
        (b'{"contact": {"email": "anna@acme.example"}}', False),
        (b'{"customer": "ACME", "contact": {"email": "anna@acme.example"', True),  # cut off: both stand in it
        (b"ACME: \xff anna@acme.example", True),
        (b"anna@acme.example", False),
        (b"[" * 100_000 + b"ACME anna@acme.example", True),
        (b"[]", False),
        (b"", False),
    ],
)
def test_whose_a_request_is_that_nobody_could_understand(body: bytes, whose: bool) -> None:
    assert is_theirs(body, "ACME", EMAIL) is whose


@pytest.mark.parametrize("reason", ["Scritta da Bianchi", "anna ha chiesto", f"da {EMAIL.upper()}", "(BIANCHI)"])
def test_a_reason_may_not_name_them(reason: str) -> None:
    with pytest.raises(InvalidInput, match="without the contact's name"):
        require_nobody_named(reason, EMAIL, frozenset({"Anna Bianchi"}))


def test_a_reason_may_have_words_that_only_begin_like_a_name() -> None:
    require_nobody_named("Richiesta annata 2026, di diritto", EMAIL, frozenset({"Anna Bianchi di Re"}))


def test_an_erased_text_keeps_its_commitment_and_neither_words_nor_salt() -> None:
    erased = without_text(Content(key="000001:000001", text="Buongiorno", salt="s"))
    assert (erased.text, erased.salt, erased.commitment) == ("", "", commitment("s", "Buongiorno"))
    assert without_text(erased) == erased


def a_notice(**changes: object) -> Notice:
    facts = {"ticket": "ACME-1", "subject": "S", "contact": "Anna", "text": "T", "anything new": "N", "percent": "75"}
    recipient = Recipient(id="customer", name="Anna", email=EMAIL, language="it")
    notice = Notice(
        key="k", ticket="ACME-1", kind=NoticeKind.REPLY, recipient=recipient, facts=facts, owed_at=rome("2026-03-02 09:00")
    )
    return replace(notice, **changes)  # type: ignore[arg-type]


def test_a_message_keeps_only_the_facts_that_are_known_to_name_nobody() -> None:
    emptied = without_words(a_notice(state=NoticeState.SENT, message_id="<m>"))
    assert emptied.facts == {"ticket": "ACME-1", "percent": "75"}
    assert (emptied.recipient.name, emptied.recipient.email, emptied.recipient.language) == ("", "", "it")
    assert (emptied.state, emptied.message_id, emptied.last_error) == (NoticeState.SENT, "<m>", None)
    assert not KEPT_FACTS & {"subject", "contact", "text"}


def test_a_message_to_staff_keeps_its_addressee_and_one_still_owed_is_given_up() -> None:
    carla = Recipient(id="carla", name="Carla", email="carla@desk.example", language="it")
    emptied = without_words(a_notice(recipient=carla, leased_until=rome("2026-03-02 09:02")))
    assert (emptied.recipient, emptied.state, emptied.last_error, emptied.leased_until) == (
        carla,
        NoticeState.FAILED,
        "erased",
        None,
    )
    assert without_words(emptied) == emptied


def test_what_another_system_is_told_is_left_alone() -> None:
    event = a_notice(kind=NoticeKind.EVENT, facts={"type": "ticket.erased"})
    assert without_words(event) is event


@pytest.mark.parametrize(("language", "words"), [("it", "(dati cancellati)"), ("en", "(data erased)")])
def test_a_letter_about_an_erased_request_says_so_where_its_subject_would_stand(language: str, words: str) -> None:
    letters = Letters(
        links=Links("https://desk.example", b"a secret for the tests, of no use"), public_url="https://desk.example"
    )
    carla = Recipient(id="carla", name="Carla", email="carla@desk.example", language=language)
    mail = letters(a_notice(kind=NoticeKind.ASSIGNED, recipient=carla, facts={"ticket": "ACME-1", "subject": "", "contact": ""}))
    assert words in mail.subject and words in mail.text


def test_the_archives_name_names_nobody_and_breaks_no_header() -> None:
    assert file_name('AC"ME\r\n/..', rome("2026-03-02 09:00")) == "sportello-ACME-contact-2026-03-02.zip"
