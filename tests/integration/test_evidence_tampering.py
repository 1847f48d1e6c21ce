"""Evidence that somebody has meddled with: every value of a rich file is changed, one at a time, and nothing goes unnoticed.

A forger can make the seal again. So each change is tried with a new seal, and what is then found is found by what the sections
say of each other. `SEALED_ALONE` lists what only the seal protects. Of the terms (contract and calendars) what no deadline of
this file ran through is found by comparing them with the published contract, whose digest the chained events name.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from shared.actions import cases
from shared.domain import dossier
from shared.domain.contract import Contract
from shared.domain.evidence import canonical
from shared.proof.verification.checks import outcomes
from shared.proof.verification.published import check_against
from shared.proof.verification.reading import Broken, Part
from tests.support.dossiers import ID, eventful, evidence_of, rechain

SEALED_ALONE = (r"exported_at", r"notices\[\d+\]\.(sent_at|attempts)")
"""When the file was taken; when, and at which attempt, a mail left that no clock waited for."""

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
TERMS = r"(contract|calendars)\b.*"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Contract]:
    """The evidence, and the contract as it is published."""
    desk = eventful(tmp_path_factory.mktemp("catalogue"))
    return evidence_of(desk), cases.contract_of(desk, cases.load(desk, ID).ticket)


def holds(file: dict[str, Any]) -> bool:
    """Whether nothing is found but that no bytes were given, which is the last of all checks."""
    last = list(outcomes(file, b""))[-1]
    return last.name == "form" and file.get("format") == dossier.FORMAT


def is_published(file: dict[str, Any], contract: Contract) -> bool:
    try:
        check_against(Part(file, ""), contract)
    except Broken:
        return False
    return True


def changes(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Changes the file in place, one change after another, and takes each back when the next is asked for."""
    if isinstance(value, dict):
        for key in list(value):
            here = f"{where}.{key}".lstrip(".")
            if here == "seal":
                continue
            kept = value.pop(key)
            yield here, "deleted"
            value[key] = kept
            for other in flipped(kept):
                value[key] = other
                yield here, f"{kept!r} became {other!r}"
            value[key] = kept
            yield from changes(kept, here)
        value["unheard_of"] = 1
        if where:
            yield f"{where}.unheard_of", "added"
        del value["unheard_of"]
    elif isinstance(value, list):
        kept = list(value)
        for how, items in reordered(kept):
            value[:] = items
            yield f"{where}[]", how
        value[:] = kept
        for number, item in enumerate(kept):
            for other in flipped(item):
                value[number] = other
                yield f"{where}[{number}]", f"{item!r} became {other!r}"
            value[number] = item
            yield from changes(item, f"{where}[{number}]")


def flipped(value: Any) -> list[Any]:
    """The same value, a little different."""
    if isinstance(value, str):
        places = (12, 25) if STAMP.fullmatch(value) else (len(value) // 2, len(value) - 1, max(len(value) - 3, 0))
        return [_other_at(value, at) for at in sorted(set(places))] if value else ["x"]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1]
    return ["2026-04-01T00:00:00.000000Z", 1] if value is None else []


def _other_at(text: str, at: int) -> str:
    found = text[at]
    other = str((int(found) + 1) % 10) if found.isascii() and found.isdigit() else "b" if found == "a" else "a"
    return text[:at] + other + text[at + 1 :]


def reordered(items: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    if items:
        yield "without the first", items[1:]
        yield "without the last", items[:-1]
        yield "the first twice", [items[0], *items]
        yield "the last twice", [*items, items[-1]]
    if items != items[::-1]:
        yield "turned round", items[::-1]


def test_an_untouched_file_holds(case: tuple[bytes, Contract]) -> None:
    raw, contract = case
    assert [outcome.broken for outcome in outcomes(json.loads(raw), raw)] == [None] * 11
    assert is_published(json.loads(raw), contract)


def test_whatever_is_changed_is_found_even_under_a_new_seal(case: tuple[bytes, Contract]) -> None:
    raw, contract = case
    file = json.loads(raw)
    kept = file["seal"]
    tried, missed = 0, dict[str, str]()
    for where, how in changes(file):
        tried += 1
        file["seal"] = dossier.seal(file)
        assert file["seal"] != kept, f"the seal does not cover {where}: {how}"
        if holds(file) and (is_published(file, contract) or not re.fullmatch(TERMS, where)):
            missed[where] = how
        file["seal"] = kept
    assert canonical(file) == raw, "every change was taken back"
    assert tried > 3000
    escaped = {where: how for where, how in missed.items() if not any(re.fullmatch(each, where) for each in SEALED_ALONE)}
    assert escaped == {}
    assert all(any(re.fullmatch(each, where) for where in missed) for each in SEALED_ALONE), "the list is longer than it need be"


def test_the_old_seal_finds_what_nothing_else_does(case: tuple[bytes, Contract]) -> None:
    file = json.loads(case[0])
    for where, how in changes(file):
        if any(re.fullmatch(each, where) for each in (*SEALED_ALONE, TERMS)):
            assert not holds(file), f"{where}: {how}"


NONSENSE: tuple[Any, ...] = ({}, [], "", -1, None, 1.5, [[]], {"a": {}}, 10**30, "9999-12-31T23:59:59.999999Z")


def nonsense(value: Any) -> Iterator[None]:
    """Puts what makes no sense in the place of each value, in place, one after another."""
    places = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    for key, kept in places:
        for other in NONSENSE:
            value[key] = other
            yield
        value[key] = kept
        yield from nonsense(kept)


def test_nothing_that_a_forger_puts_in_makes_the_check_fall_over(case: tuple[bytes, Contract]) -> None:
    """Every eleventh piece of nonsense, all hashes made again."""
    file = json.loads(case[0])
    for number, _ in enumerate(nonsense(file)):
        if number % 11 == 3:
            forged = json.loads(json.dumps(file))
            with suppress(AttributeError, KeyError, TypeError):  # not even a forger can chain what is no event
                rechain(forged)
            holds({**forged, "seal": dossier.seal(forged)})
