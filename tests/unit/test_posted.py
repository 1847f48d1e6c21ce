"""What comes with a click: the form a page posts, and from where."""

import pytest

from shared.domain.errors import InvalidInput, TooLarge, UnsupportedMediaType
from shared.web import whence
from shared.web.forms.posted import posted

TYPE = "application/x-www-form-urlencoded"


def test_a_form_is_read_as_browsers_send_it() -> None:
    assert posted(b"key=a-b_c&lang=it&reason=Troppo+caro%2C+perch%C3%A9%3F%0D%0AGrazie", f"{TYPE};charset=UTF-8") == {
        "key": "a-b_c",
        "lang": "it",
        "reason": "Troppo caro, perché?\nGrazie",
    }
    assert posted(b"", TYPE) == {} and posted(b"reason=", TYPE) == {"reason": ""}


def test_rubbish_in_a_form_is_shown_as_such_and_breaks_nothing() -> None:
    assert posted(b"reason=%ff%00x&key=1&key=2", TYPE) == {"reason": "\ufffd\ufffdx", "key": "2"}


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"key=1", "application/json", UnsupportedMediaType),
        (b"key=1", "", UnsupportedMediaType),
        (b"key=1", "multipart/form-data; boundary=x", UnsupportedMediaType),
        (b"x=" + b"a" * 50_000, TYPE, TooLarge),
        (b"&".join(b"a%d=1" % n for n in range(21)), TYPE, InvalidInput),
        ("key=è".encode(), TYPE, InvalidInput),
    ],
)
def test_what_is_no_form_of_ours_is_refused(body: bytes, kind: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        posted(body, kind)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:5312", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7:5312", "203.0.113.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("evil<script>", ""),
        ("203.0.113.7, nonsense", ""),
        ("", ""),
        ("[", ""),
        (":", ""),
        ("9" * 10_000, ""),
    ],
)
def test_an_address_is_the_one_the_platform_added_last(header: str, address: str) -> None:
    assert whence.address({"x-forwarded-for": header}) == address
    assert whence.address({}) == ""


def test_a_browser_s_name_is_one_line_of_bounded_length() -> None:
    assert whence.agent({"user-agent": "Fire\r\nfox\x00  1"}) == "Fire fox 1"
    assert len(whence.agent({"user-agent": "x" * 5000})) == 300
    assert whence.agent({}) == ""
