"""The tracker against a count of every single second: 500 random histories, in the words of tests/property/watching.py."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.actions import codec
from shared.domain.availability import State, Verdict, judge
from shared.domain.watch.change import Change, folded
from shared.domain.watch.day import Day, bad_minutes, marked, minutes, summary
from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Check, CheckKind, Service, Thresholds
from shared.domain.watch.track import standing
from shared.domain.watch.tracker import Step, Track, advance, lapsed
from tests.property.watching import Past, Run, seconds

START = datetime(2026, 10, 24, 21, 55, tzinfo=UTC)  # Rome: five minutes before the night in which the clocks go back
SECOND = timedelta(seconds=1)
TARGET = Fraction(1999, 2000)


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    """Samples in time, in the last moment, late and very late; blips, half a suspicion, outages; our own network; a witness."""
    failures, successes = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    interval = draw(st.sampled_from((20, 40)))
    runs: list[Run] = []
    at = draw(st.integers(0, 90))
    bad = False
    for _ in range(draw(st.integers(0, 24))):
        bad = bad is not draw(st.sampled_from((False, False, True)))
        again = draw(st.lists(st.sampled_from((False, False, False, True)), max_size=4)) if bad else []
        looks = ((at, not bad), *((at + 2 * (number + 1), good) for number, good in enumerate(again)))
        runs.append(Run(at=at, looks=looks, interval=interval, is_void=draw(st.sampled_from((False,) * 7 + (True,)))))
        at += draw(st.sampled_from((interval,) * 6 + (interval - 3, interval * 3 // 2, interval * 3 // 2 + 1, interval * 4)))
        interval = draw(st.sampled_from((interval,) * 9 + (60 - interval,)))
    words = draw(st.dictionaries(st.integers(0, max(1, at)), st.booleans(), max_size=8)) if draw(st.booleans()) else {}
    return Past(runs=tuple(runs), words=tuple(sorted(words.items())), fresh_for=45, failures=failures, successes=successes)


spans = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 300)), max_size=3)


@settings(max_examples=500, deadline=None)
@given(pasts(), spans, st.integers(0, 120), st.fractions(0, 1, max_denominator=1000), st.integers())
def test_every_second_is_told_as_it_was(
    past: Past, maintenance: list[tuple[int, int]], later: int, target: Fraction, seed: int
) -> None:
    now = max([1, *(run.looks[-1][0] for run in past.runs), *(at for at, _ in past.words)]) + later
    steps = follow(past, now, Random(seed))
    told = folded(change for step in steps for change in step.changes)
    expected = seconds(past, now)
    assert [state_at(told, START + second * SECOND) for second in range(now)] == expected

    excluded = {second for start, length in maintenance for second in range(start, min(now, start + length))}
    count = Counter("excluded" if second in excluded else state for second, state in enumerate(expected))
    judgement = judge(
        START,
        START + timedelta(days=1),
        [(change.at, change.state) for change in told],
        [(START + start * SECOND, START + (start + length) * SECOND) for start, length in maintenance],
        START + now * SECOND,
        target,
    )
    parts = {"up": judgement.up, "down": judgement.down, "unknown": judgement.unknown, "excluded": judgement.excluded}
    assert {name: part / SECOND for name, part in parts.items()} == {name: count[name] for name in parts}
    assert judgement.verdict is verdict(count, target)

    days_tell_the_same(steps, expected, now)


@settings(max_examples=150, deadline=None)
@given(pasts(), st.integers(0, 120), st.integers())
def test_the_same_samples_again_change_nothing(past: Past, later: int, seed: int) -> None:
    now = max([1, *(run.looks[-1][0] for run in past.runs), *(at for at, _ in past.words)]) + later
    once = follow(past, now, Random(seed))[-1].track
    track = once
    for batch in batches(past):
        step = told_on(track, past, batch, START + now * SECOND)
        assert (step.changes, step.outages, step.counts.samples, step.counts.gaps) == ((), (), 0, 0)
        track = step.track
    assert track == once


@settings(max_examples=150, deadline=None)
@given(pasts(), st.integers())
def test_nothing_settled_is_ever_told_again(past: Past, seed: int) -> None:
    settled = None
    for step in follow(past, 2000, Random(seed)):
        assert settled is None or all(change.at >= settled for change in step.changes)
        assert settled is None or (step.track.settled is not None and step.track.settled >= settled)
        settled = step.track.settled


# A batch: what comes in at once, samples and whether our own network had failed.
Batch = tuple[list[tuple[Seer, int, bool, int]], bool]


def batches(past: Past) -> list[Batch]:
    """In order: each run with the words that came while it went on, and the other words one by one."""
    made: list[tuple[int, Batch]] = []
    left = dict(past.words)
    for run in past.runs:
        looks = [(Seer.REPROBE if at > run.at else Seer.PROBE, at, good, run.interval) for at, good in run.looks]
        within = [at for at in left if run.at <= at <= run.looks[-1][0]]
        looks += [(Seer.WITNESS, at, left.pop(at), run.interval) for at in within]
        made.append((run.at, (looks, run.is_void)))
    made += [(at, ([(Seer.WITNESS, at, good, 20)], False)) for at, good in left.items()]
    return [batch for _, batch in sorted(made, key=lambda each: each[0])]


def follow(past: Past, now: int, random: Random) -> list[Step]:
    """All of it gone through; pages are read and monitors wake up in between, the track is stored and read again. Words between
    two looks come in in any order, and some of them twice."""
    track, steps = Track(service="s"), []
    for batch, until in as_they_come(batches(past), random):
        first = min(at for _, at, _, _ in batch[0])
        if random.random() < 0.3 and track.known is not None:
            between = track.known + (START + first * SECOND - track.known) * random.random()
            steps.append(lapsed(track, service(past, 20), between.replace(microsecond=0)))
            track = steps[-1].track
        steps.append(told_on(track, past, batch, START + until * SECOND))
        track = codec.loaded(Track, json.dumps(codec.plain(steps[-1].track)))
        assert track == steps[-1].track
    steps.append(lapsed(track, service(past, 20), START + now * SECOND))
    return steps


def as_they_come(batches: list[Batch], random: Random) -> list[tuple[Batch, int]]:
    """Each with the second at which it has come in."""
    found: list[tuple[Batch, int]] = []
    for is_word, group in groupby(batches, key=lambda batch: all(seer is Seer.WITNESS for seer, *_ in batch[0])):
        listed = list(group)
        if is_word:
            until = max(at for looks, _ in listed for _, at, _, _ in looks)
            listed += random.sample(listed, len(listed) // 2)
            random.shuffle(listed)
            found += [(batch, until) for batch in listed]
        else:
            found += [(batch, max(at for _, at, _, _ in batch[0])) for batch in listed]
    return found


def told_on(track: Track, past: Past, batch: Batch, now: datetime) -> Step:
    looks, is_void = batch
    samples = [
        Sample(service="s", at=START + at * SECOND, outcome=Outcome.GOOD if good else Outcome.BAD, seer=seer)
        for seer, at, good, _ in looks
    ]
    return advance(track, service(past, looks[0][3]), samples, now, is_void=is_void)


def service(past: Past, interval: int) -> Service:
    return Service(
        id="s",
        name={"en": "S"},
        owner="o",
        checks=(Check(kind=CheckKind.TCP, target="127.0.0.1:1"),),
        interval=interval * SECOND,
        thresholds=Thresholds(failures=past.failures, successes=past.successes),
        has_witness=True,
        witness_interval=past.fresh_for * SECOND * 2 / 3,
    )


def state_at(told: tuple[Change, ...], at: datetime) -> str:
    change = standing(told, at)
    return change.state.value if change else "unknown"


def verdict(count: Counter[str], target: Fraction) -> Verdict:
    counted = count["up"] + count["down"] + count["unknown"]
    if counted and count["up"] >= target * counted:
        return Verdict.MET
    return Verdict.MISSED if counted and count["up"] + count["unknown"] < target * counted else Verdict.INDETERMINATE


def days_tell_the_same(steps: list[Step], expected: list[str], now: int) -> None:
    """The two days about midnight, marked step by step, against the seconds."""
    zone = "Europe/Rome"
    saturday = Day(service="s", on=datetime(2026, 10, 24).date(), zone=zone)
    sunday = Day(service="s", on=datetime(2026, 10, 25).date(), zone=zone)
    for step in steps:
        assert step.track.known is not None
        saturday = marked(saturday, step.story, step.track.known)
        sunday = marked(sunday, step.story, step.track.known)
    assert (saturday.length, sunday.length) == (1440, 1500)
    for day, said in ((saturday, expected[:300]), (sunday, expected[300:])):
        total = summary(day)
        before = 24 * 3600 - 300 if day is saturday else 0
        assert total.up == said.count("up") * SECOND and total.down == said.count("down") * SECOND
        assert total.unknown == (said.count("unknown") + before) * SECOND
        marks = minutes(day)[1435:] if day is saturday else minutes(day)
        for number in range(-(-len(said) // 60)):
            within = set(said[number * 60 : number * 60 + 60])
            wanted = 2 if "down" in within else 0 if "unknown" in within else 1
            assert marks[number] == wanted, number
        assert bad_minutes(minutes(day)) == sum("down" in said[at : at + 60] for at in range(0, len(said), 60))


def test_the_states_are_those_of_a_judgement() -> None:
    assert {state.value for state in State} == {"up", "down", "unknown"}
