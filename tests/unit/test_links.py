"""The customers' links: a key opens its own request and nothing else."""

import base64
import hmac

import pytest

from shared.domain.errors import InvalidInput
from shared.web.links import Links

SECRET = b"a secret for the tests, of no use"
LINKS = Links("https://desk.example/", SECRET)


def key_of(url: str) -> str:
    return url.partition("?key=")[2]


def test_a_link_names_the_request_and_carries_a_key_that_opens_it() -> None:
    url = LINKS.ticket("ACME-42")
    assert url.startswith("https://desk.example/api/requests/ACME-42?key=")
    assert LINKS.opens("ACME-42", key_of(url))


def test_a_key_is_22_characters_that_need_no_escaping_in_an_address() -> None:
    for number in range(200):
        key = key_of(LINKS.ticket(f"ACME-{number}"))
        assert len(key) == 22 and key.replace("-", "a").replace("_", "a").isalnum()


def test_a_link_that_was_mailed_years_ago_still_opens() -> None:
    """HMAC-SHA256 of "request:ACME-42", its first 16 bytes, as unpadded base64url."""
    key = base64.urlsafe_b64encode(hmac.digest(SECRET, b"request:ACME-42", "sha256")[:16]).decode().rstrip("=")
    assert LINKS.opens("ACME-42", key)


def test_a_key_opens_no_other_request() -> None:
    key = key_of(LINKS.ticket("ACME-42"))
    assert not LINKS.opens("ACME-43", key)
    assert not LINKS.opens("acme-42", key)
    assert not LINKS.opens("BETA-42", key)


def test_a_key_made_with_another_secret_opens_nothing() -> None:
    assert not LINKS.opens("ACME-42", key_of(Links("https://desk.example", SECRET[::-1]).ticket("ACME-42")))


@pytest.mark.parametrize("rubbish", ["", " ", "è", "\ud800", "\0", "x" * 22, "x" * 100_000, None, 42, b"bytes", ["list"]])
def test_rubbish_opens_nothing_and_breaks_nothing(rubbish: object) -> None:
    assert LINKS.opens("ACME-42", rubbish) is False  # type: ignore[arg-type]
    assert LINKS.opens(rubbish, key_of(LINKS.ticket("ACME-42"))) is False  # type: ignore[arg-type]


def test_a_key_that_was_changed_in_any_place_opens_nothing() -> None:
    key = key_of(LINKS.ticket("ACME-42"))
    for place, character in enumerate(key):
        other = "A" if character != "A" else "B"
        assert not LINKS.opens("ACME-42", key[:place] + other + key[place + 1 :])
    assert not LINKS.opens("ACME-42", key[:-1])
    assert not LINKS.opens("ACME-42", key + "=")


def test_a_request_by_a_strange_name_cannot_change_the_address() -> None:
    assert LINKS.ticket("A/../?x=1#y").startswith("https://desk.example/api/requests/A%2F..%2F%3Fx%3D1%23y?key=")


def test_a_secret_that_is_too_short_is_refused() -> None:
    with pytest.raises(InvalidInput, match="at least 16 bytes; it has 6"):
        Links("https://desk.example", b"secret")


CARD = ("ACME-42", "intervention", 2, "c0ffee")


def test_a_card_has_a_link_of_its_own_that_opens_it() -> None:
    url = LINKS.card(*CARD)
    assert url.startswith("https://desk.example/api/estimates/ACME-42/intervention/2?key=") and len(key_of(url)) == 22
    assert LINKS.opens_card(*CARD, key_of(url))


@pytest.mark.parametrize(
    "other",
    [
        ("ACME-43", "intervention", 2, "c0ffee"),
        ("ACME-42", "package", 2, "c0ffee"),
        ("ACME-42", "intervention", 3, "c0ffee"),
        ("ACME-42", "intervention", 2, "c0ffef"),
    ],
)
def test_a_key_opens_no_other_card_version_or_text(other: tuple[str, str, int, str]) -> None:
    assert not LINKS.opens_card(*other, key_of(LINKS.card(*CARD)))


def test_the_keys_of_a_request_and_of_its_cards_are_not_each_other_s() -> None:
    assert not LINKS.opens_card(*CARD, key_of(LINKS.ticket("ACME-42")))
    assert not LINKS.opens("ACME-42", key_of(LINKS.card(*CARD)))
    assert not LINKS.opens("card:ACME-42:intervention:2:c0ffee", key_of(LINKS.card(*CARD)))


@pytest.mark.parametrize("rubbish", ["", " ", "è", "\ud800", "\0", "x" * 22, "x" * 100_000, None, 42, b"bytes", ["list"]])
def test_rubbish_opens_no_card_and_breaks_nothing(rubbish: object) -> None:
    assert LINKS.opens_card(*CARD, rubbish) is False  # type: ignore[arg-type]
