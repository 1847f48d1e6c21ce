"""Where the next page of a list begins: it tells callers nothing of other people's tickets, and cannot be made up."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.actions.lists import cursor
from shared.domain.errors import InvalidInput
from tests.support.desks import LINKS

PLACE = "o|2026-03-02T10:00:00.000000Z|003|BETA-12|29e3fea38481"
places = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=200)


@given(places)
def test_a_sealed_place_comes_back_as_it_was(place: str) -> None:
    assert cursor.unsealed(cursor.sealed(place, LINKS.seal), "", LINKS.seal) == place


def test_a_sealed_place_shows_nothing_of_itself() -> None:
    sealed = cursor.sealed(PLACE, LINKS.seal)
    _, _, veiled = sealed.partition(".")
    seen = base64.urlsafe_b64decode(veiled + "=" * (-len(veiled) % 4))
    assert b"BETA" not in seen and b"2026" not in seen
    other = base64.urlsafe_b64decode(cursor.sealed(PLACE.replace("12", "13"), LINKS.seal).partition(".")[2] + "==")
    assert sum(a == b for a, b in zip(seen, other, strict=False)) < 10, "a stream is used for one place alone"


def test_one_that_is_changed_or_of_another_list_is_refused() -> None:
    sealed = cursor.sealed(PLACE, LINKS.seal)
    assert cursor.unsealed(sealed, "o|", LINKS.seal) == PLACE
    wrong = [sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :] for at in range(len(sealed))]
    for each in [*wrong, sealed + "=", sealed[:-1], "", ".", "x" * 900, "é", cursor.packed(PLACE)]:
        with pytest.raises(InvalidInput, match="not one of this list's"):
            cursor.unsealed(each, "o|", LINKS.seal)
    with pytest.raises(InvalidInput, match="not one of this list's"):
        cursor.unsealed(sealed, "r|", LINKS.seal)
