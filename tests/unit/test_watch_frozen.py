"""Frozen months: whatever is changed, taken out or moved, shows."""

import json
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.actions import codec
from shared.catalogue import parser
from shared.domain.availability import State
from shared.domain.guarantees.correction import Correction, corrected
from shared.domain.guarantees.frozen import Amendment, Figures, Frozen, amend, digest, document, evidence, first_broken, freeze
from shared.domain.guarantees.report import History, Report, of_service
from tests.unit.test_watch_report import LATER, promised, window
from tests.unit.worked_dates import rome

CONTRACT = parser.load([Path("shared/catalogue")]).in_force("zenshare-support", LATER)
MONTHS = [rome(f"2026-{month:02d}-01 00:00") for month in range(1, 6)]
NOW = rome("2026-06-01 08:00")
WRONG = Correction(starts_at=MONTHS[1] + timedelta(days=3), ends_at=MONTHS[1] + timedelta(days=3, hours=2), state=State.DOWN)
SAID = Amendment(author="carla", reason="The probe was wrong", corrections=(WRONG,), at=NOW)


def month(number: int, *, down_s: float = 60, service: str = "up") -> Report:
    start, end = MONTHS[number - 1], MONTHS[number]
    down = start + timedelta(days=3)
    states = ((start, State.UP), (down, State.DOWN), (down + timedelta(seconds=down_s), State.UP))
    return of_service(History(service=service, states=states), promised(), None, (start, end), LATER)


def frozen(number: int, before: Frozen | None, now: datetime = NOW) -> Frozen:
    return freeze(month(number), f"2026-{number:02d}", CONTRACT, [], before, now)


def chain() -> list[Frozen]:
    january = frozen(1, None)
    february = frozen(2, january)
    march = frozen(3, february)
    amended = amend(february, march, SAID, month(2, down_s=7200), [])
    return [january, february, march, amended]


def test_a_chain_holds_and_says_what_it_rests_on() -> None:
    links = chain()
    assert first_broken(links) is None
    assert [link.number for link in links] == [1, 2, 3, 4] and links[3].amends == 2 and links[3].month == "2026-02"
    assert links[0].contract == f"{CONTRACT.id}@{CONTRACT.version}" and links[0].digest == CONTRACT.digest
    assert links[0].target == "1999/2000" and links[0].contractual.minimum == "44639/44640"
    assert links[0].contractual.minimum_shown == "99.9977"
    assert (links[1].contractual.verdict, links[3].contractual.verdict) == ("MET", "MISSED")


CHANGES: dict[str, object] = {
    "guarantee": "other",
    "service": "other",
    "number": 7,
    "month": "2026-09",
    "starts_at": NOW,
    "ends_at": NOW,
    "contract": "other@1",
    "digest": "0" * 64,
    "target": "1/2",
    "evidence": "0" * 64,
    "frozen_at": NOW + timedelta(seconds=1),
    "amends": 1,
    "author": "mallory",
    "services": ("archive",),
    "follows": "archive 2",
    "reason": "none",
    "corrections": (replace(WRONG, state=State.UP),),
    "previous": "1" * 64,
    "hash": "1" * 64,
}


@pytest.mark.parametrize("name", [field.name for field in fields(Frozen)])
def test_no_field_can_be_changed(name: str) -> None:
    links = chain()
    if name in ("raw", "contractual"):
        for figure in fields(Figures):
            value = getattr(getattr(links[1], name), figure.name)
            other = value + 1 if isinstance(value, int) else f"{value}1"
            changed = replace(links[1], **{name: replace(getattr(links[1], name), **{figure.name: other})})
            assert first_broken([links[0], changed, *links[2:]]) == 2
        return
    assert first_broken([links[0], replace(links[1], **{name: CHANGES[name]}), *links[2:]]) == 2  # type: ignore[arg-type]


def test_a_link_changed_with_its_hash_breaks_the_next() -> None:
    links = chain()
    forged = replace(links[1], reason="better")
    forged = replace(forged, hash=digest(forged))
    assert first_broken([links[0], forged, *links[2:]]) == 3


def test_no_link_can_be_taken_out_moved_or_put_before() -> None:
    one, two, three, four = chain()
    assert first_broken([one, three, four]) == 2
    assert first_broken([one, three, two, four]) == 2
    assert first_broken([two, three, four]) == 1
    assert first_broken([one, one, two]) == 2


def test_a_link_of_another_service_does_not_fit() -> None:
    january = frozen(1, None)
    stranger = freeze(month(2, service="other"), "2026-02", CONTRACT, [], january, NOW)
    assert first_broken([january, stranger]) == 2


def test_the_evidence_is_of_the_states_and_of_the_windows_as_announced() -> None:
    report = month(1)
    windows = [window("2026-01-10 10:00", "2026-01-10 12:00")]
    known = evidence(report, windows)
    assert known == evidence(report, list(windows))
    later = replace(windows[0], announced_at=windows[0].announced_at + timedelta(microseconds=1))
    assert len({known, evidence(month(1, down_s=61), windows), evidence(report, [later]), evidence(report, [])}) == 4


def test_a_record_comes_back_from_the_store_as_it_was() -> None:
    for link in chain():
        again = codec.loaded(Frozen, codec.dumped(link))
        assert again == link and digest(again) == link.hash
    assert json.dumps(document(chain()[0]))


def test_corrections_are_laid_over_the_states_and_the_last_word_counts() -> None:
    start = MONTHS[1]

    def at(hour: int) -> datetime:
        return start + timedelta(hours=hour)

    def said(starts: int, ends: int, state: State) -> Correction:
        return Correction(starts_at=at(starts), ends_at=at(ends), state=state)

    states = [(at(0), State.UP), (at(5), State.DOWN), (at(8), State.UP)]
    assert corrected(states, [said(4, 6, State.UNKNOWN)]) == (
        (at(0), State.UP),
        (at(4), State.UNKNOWN),
        (at(6), State.DOWN),
        (at(8), State.UP),
    )
    assert corrected(states, [said(5, 8, State.UP)])[1:] == ((at(5), State.UP), (at(8), State.UP))
    twice = corrected(states, [said(4, 6, State.UP), said(3, 5, State.DOWN)])
    assert [(a, s.value) for a, s in twice] == [
        (at(0), "up"),
        (at(3), "down"),
        (at(5), "up"),
        (at(6), "down"),
        (at(8), "up"),
    ]
    assert corrected([], [said(1, 2, State.UP)]) == ((at(1), State.UP), (at(2), State.UNKNOWN))
