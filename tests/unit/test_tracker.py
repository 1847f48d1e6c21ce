"""Following a service: what is told of it from sample to sample, and which outages that makes."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from shared.domain.availability import State
from shared.domain.watch.change import Change, Why, folded
from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Thresholds
from shared.domain.watch.tracker import Counts, Happening, Track, advance, judge_run
from tests.support.watching import SERVICE, WITNESSED, Watch, at, bad, good, look, word

GOOD, BAD = Outcome.GOOD, Outcome.BAD
SECOND = timedelta(seconds=1)


def happenings(watch: Watch) -> list[tuple[str, str]]:
    return [(news.outage.id, news.what.value) for news in watch.news]


def test_before_the_first_probe_nothing_is_told_and_from_it_on_the_service_is_up() -> None:
    watch = Watch()
    watch.wakes("19:00")
    assert watch.changes == [] and watch.track.settled is None and watch.track.state is State.UNKNOWN
    watch.sees(good("20:00"), good("20:01"), good("20:02"))
    assert watch.told == [("20:00:00", "up", "first probe")]
    assert watch.track.settled == at("20:02")


def test_an_outage_is_bracketed_by_the_last_good_and_the_first_bad_and_again_by_the_last_bad_and_the_first_good() -> None:
    """The worked case of the tracker's docstring."""
    watch = Watch()
    watch.sees(good("20:00"), good("20:01"), bad("20:02"), bad("20:03", again=0), good("20:04"))
    assert watch.told == [
        ("20:00:00", "up", "first probe"),
        ("20:01:00", "unknown", "bracket"),
        ("20:02:00", "down", "confirmed"),
        ("20:03:00", "unknown", "recovering"),
        ("20:04:00", "up", "recovered"),
    ]
    assert happenings(watch) == [("archive.1", "opened"), ("archive.1", "updated"), ("archive.1", "ended")]
    outage = watch.news[-1].outage
    assert (outage.last_good, outage.first_bad) == (at("20:01"), at("20:02"))
    assert (outage.last_bad, outage.first_good) == (at("20:03"), at("20:04"))
    assert outage.is_over and outage.detail == "no answer (1)"


def test_re_probes_sharpen_the_edges_and_are_never_counted_as_samples() -> None:
    watch = Watch()
    watch.sees(good("20:00"), bad("20:01"), good("20:02"))
    assert watch.told[1:3] == [("20:01:00", "down", "confirmed"), ("20:01:04", "unknown", "recovering")]
    assert watch.counts == Counts(samples=3, bad=1)
    watch = Watch()
    watch.sees(good("20:00"), bad("20:01"), bad("20:02", again=0, then_good=True), good("20:03"))
    assert watch.told[2:] == [("20:02:00", "unknown", "recovering"), ("20:02:02", "up", "recovered")]


def test_a_first_failure_that_is_not_confirmed_is_a_blip_and_counts_as_good() -> None:
    watch = Watch()
    watch.sees(good("20:00"), bad("20:01", again=1, then_good=True), good("20:02"))
    assert watch.told == [("20:00:00", "up", "first probe")]
    assert watch.counts == Counts(samples=3, bad=1, blips=1) and watch.news == []
    first = Watch()
    first.sees(bad("20:00", again=0, then_good=True))
    assert first.told == [("20:00:00", "up", "first probe")]


def test_a_suspicion_that_nothing_came_of_yet_is_unknown_and_goes_on_with_the_next_run() -> None:
    """Of a target that hangs, a run may have time for one attempt only."""
    watch = Watch()
    watch.sees(good("20:00"), bad("20:01", again=0), bad("20:02", again=0))
    assert watch.told == [("20:00:00", "unknown", "suspected")] and watch.news == []
    refuted, confirmed = Watch(track=watch.track, changes=[*watch.changes]), Watch(track=watch.track, changes=[*watch.changes])
    refuted.sees(good("20:03"))
    assert refuted.told == [("20:00:00", "up", "first probe")] and refuted.counts.blips == 1
    confirmed.sees(bad("20:03", again=0))
    assert confirmed.told == [("20:00:00", "unknown", "suspected"), ("20:01:00", "down", "confirmed")]
    assert confirmed.news[0].outage.first_bad == at("20:01")


def test_a_suspicion_is_dropped_by_a_gap_and_its_time_stays_unknown() -> None:
    watch = Watch()
    watch.sees(good("20:00"), good("20:01"), bad("20:02", again=0), bad("20:10", again=1), good("20:11"))
    assert watch.told == [
        ("20:00:00", "up", "first probe"),
        ("20:01:00", "unknown", "suspected"),
        ("20:10:00", "up", "resumed"),
    ]
    assert watch.news == []


def test_time_nobody_watched_is_unknown_from_an_interval_after_the_last_sample_on() -> None:
    """The monitor slept for 32 minutes."""
    watch = Watch()
    watch.sees(good("20:00"), good("20:32"))
    assert watch.told[1:] == [("20:01:00", "unknown", "gap"), ("20:32:00", "up", "resumed")]
    assert watch.counts.gaps == 1


def test_one_and_a_half_intervals_are_in_time_and_a_microsecond_more_is_late() -> None:
    watch = Watch()
    watch.sees(good("20:00"), good("20:01:30"))
    assert len(watch.told) == 1
    late = look("20:03", GOOD)
    watch.sees([replace(late, at=late.at + timedelta(microseconds=1))])
    assert watch.told[1] == ("20:02:30", "unknown", "gap")


def test_what_is_late_is_known_before_it_comes_and_told_once() -> None:
    watch = Watch()
    watch.sees(good("20:00"))
    assert watch.wakes("20:01:30").changes == ()
    assert [change.at for change in watch.wakes("20:01:31").changes] == [at("20:01")]
    assert watch.wakes("20:20").changes == () and watch.track.state is State.UNKNOWN
    watch.sees(good("20:32"))
    assert watch.told[1:] == [("20:01:00", "unknown", "gap"), ("20:32:00", "up", "resumed")]
    assert watch.counts.gaps == 1


def test_an_outage_found_after_a_gap_may_have_begun_at_any_moment_since_the_last_good_look() -> None:
    watch = Watch()
    watch.sees(good("20:00"), good("20:01"))
    watch.wakes("20:10")
    watch.sees(bad("20:33"))
    assert watch.told[1:] == [("20:01:00", "unknown", "bracket"), ("20:33:00", "down", "confirmed")]


def test_a_gap_in_an_outage_is_unknown_and_the_outage_the_same() -> None:
    watch = Watch()
    watch.sees(good("20:00"), bad("20:01"), bad("20:30", again=0))
    assert watch.told[1:] == [
        ("20:01:00", "down", "confirmed"),
        ("20:02:00", "unknown", "gap"),
        ("20:30:00", "down", "still down"),
    ]
    assert happenings(watch) == [("archive.1", "opened"), ("archive.1", "updated")]
    healed = Watch()
    healed.sees(good("20:00"), bad("20:01"), good("20:30"))
    assert healed.told[1:] == [
        ("20:01:00", "down", "confirmed"),
        ("20:01:04", "unknown", "recovering"),
        ("20:02:00", "unknown", "gap"),
        ("20:30:00", "up", "recovered"),
    ]


def test_an_outage_ends_with_so_many_good_samples_in_a_row_and_from_the_first_of_them_on() -> None:
    watch = Watch(replace(SERVICE, thresholds=Thresholds(failures=3, successes=2)))
    watch.sees(good("20:00"), bad("20:01"), good("20:02"))
    assert watch.track.outage and watch.told[-1] == ("20:01:04", "unknown", "recovering")
    watch.sees(bad("20:03", again=0), good("20:04"))
    assert watch.told[-1] == ("20:01:04", "unknown", "recovering")  # down at 20:03 for a moment without length
    watch.sees(good("20:05"))
    assert watch.told[-1] == ("20:04:00", "up", "recovered") and watch.track.outage is None
    assert happenings(watch)[0] == ("archive.1", "opened") and happenings(watch)[-1] == ("archive.1", "ended")
    assert watch.news[-1].outage.first_good == at("20:04")


def test_an_outage_that_comes_back_within_half_an_hour_is_the_same_again() -> None:
    watch = Watch()
    watch.sees(good("20:00"), bad("20:01"), good("20:02"))
    watch.each_minute("20:03", "20:31")
    watch.sees(bad("20:32"), good("20:33"))
    assert happenings(watch)[-2:] == [("archive.1", "reopened"), ("archive.1", "ended")]
    again = watch.news[-1].outage
    assert (again.again, again.first_bad, again.first_good) == (1, at("20:32"), at("20:33"))
    watch.each_minute("20:34", "21:03")
    watch.sees(bad("21:03:01"))
    assert happenings(watch)[-1] == ("archive.2", "opened")
    assert watch.news[-1].outage.again == 0
    downs = [each for each in watch.told if each[1] == "down"]
    assert [down[0] for down in downs] == ["20:01:00", "20:32:00", "21:03:01"]  # each spell is accounted for as it was


def test_when_all_services_of_two_owners_fail_at_once_it_is_our_own_network() -> None:
    services = {id: replace(SERVICE, id=id, owner=owner) for id, owner in (("a", "one"), ("b", "one"), ("c", "two"))}

    def run(**outcomes: Outcome) -> list[Sample]:
        return [Sample(service=id, at=at("20:00"), outcome=outcome) for id, outcome in outcomes.items()]

    assert judge_run(services, run(a=BAD, b=BAD, c=BAD)) == {"a", "b", "c"}
    assert judge_run(services, run(a=BAD, c=BAD)) == {"a", "c"}  # b was not due
    assert judge_run(services, run(a=BAD, b=BAD)) == frozenset()  # one owner: it may well be theirs
    assert judge_run(services, run(a=BAD, b=BAD, c=GOOD)) == frozenset()
    blip = [*run(a=BAD, c=BAD), Sample(service="a", at=at("20:00:02"), outcome=GOOD, seer=Seer.REPROBE)]
    assert judge_run(services, blip) == frozenset()
    heard = [*run(a=BAD, c=BAD), Sample(service="a", at=at("20:00:02"), outcome=GOOD, seer=Seer.WITNESS)]
    assert judge_run(services, heard) == {"a", "c"}
    assert judge_run(services, []) == frozenset()


def test_a_void_run_has_seen_nothing_and_the_time_is_unknown_not_down() -> None:
    watch = Watch()
    watch.sees(good("20:00"))
    watch.sees(bad("20:01"), bad("20:02"), is_void=True)
    watch.sees(good("20:03"))
    assert watch.told[1:] == [("20:01:00", "unknown", "own network"), ("20:03:00", "up", "resumed")]
    assert watch.news == [] and watch.counts == Counts(samples=2, gaps=1, void=2)


def test_down_by_our_looks_and_up_by_a_fresh_word_of_the_witness_is_unknown_until_the_word_is_stale() -> None:
    watch = Watch(WITNESSED)
    watch.sees(good("20:00"), word("20:00:30", GOOD), bad("20:01"))
    assert watch.told == [("20:00:00", "unknown", "bracket"), ("20:01:00", "unknown", "witness disagrees")]
    assert watch.track.outage and watch.track.outage.disputed
    watch.sees(bad("20:02", again=0), bad("20:03", again=0))
    assert watch.told[-1] == ("20:02:00", "down", "confirmed")  # 20:00:30 and one and a half minutes
    assert [news.outage.disputed for news in watch.news] == [True, False, False]
    watch.sees(word("20:03:30", BAD), bad("20:04", again=0))
    assert watch.track.state is State.DOWN


def test_where_nobody_of_ours_looked_the_witness_has_the_word_and_opens_no_outage() -> None:
    watch = Watch(WITNESSED)
    watch.sees(good("20:00"), word("20:01:30", GOOD), word("20:02:30", BAD))
    watch.wakes("20:10")
    assert watch.told[1:] == [
        ("20:01:00", "unknown", "gap"),
        ("20:01:30", "up", "witness"),
        ("20:02:30", "down", "witness"),
        ("20:04:00", "unknown", "gap"),
    ]
    watch.sees(good("20:20"))
    assert watch.told[-1] == ("20:20:00", "up", "resumed") and watch.news == []


def test_a_witness_is_not_heard_where_there_is_none_nor_before_our_first_look_nor_from_the_future_nor_late() -> None:
    none = Watch()
    none.sees(good("20:00"), word("20:01:30", GOOD), good("20:10"))
    assert none.told[1] == ("20:01:00", "unknown", "gap") and none.counts.ignored == 1
    watch = Watch(WITNESSED)
    watch.sees(word("19:59", GOOD))
    assert watch.changes == []
    watch.sees(word("21:00", GOOD), now="20:00")
    watch.sees(word("19:59", BAD), now="20:00")
    assert watch.counts.ignored == 2 and watch.track.heard == at("19:59")
    watch.sees(good("20:05"))
    watch.sees(word("20:01", BAD), now="20:06")
    assert watch.counts.ignored == 3, "all of it is settled"


def test_a_bad_word_changes_nothing_while_our_looks_are_good_and_a_bracket_stays_unknown_whatever_is_said() -> None:
    watch = Watch(WITNESSED)
    watch.sees(
        word("20:00", BAD), good("20:00:10"), word("20:01", BAD), good("20:01:10"), word("20:01:30", GOOD), bad("20:02:10")
    )
    assert watch.told == [
        ("20:00:10", "up", "first probe"),
        ("20:01:10", "unknown", "bracket"),
        ("20:02:10", "unknown", "witness disagrees"),
    ]


def test_a_word_that_comes_in_late_counts_from_what_is_settled_on() -> None:
    watch = Watch(WITNESSED)
    watch.sees(good("20:00"), bad("20:01"), bad("20:02", again=0), bad("20:03", again=0))
    step = watch.sees(word("20:02:30", GOOD), now="20:03:10")
    assert [(change.at, change.state) for change in step.changes] == [(at("20:03"), State.UNKNOWN)]


@pytest.mark.parametrize("order", list(permutations(("20:03 good", "20:04 bad", "20:05 good", "20:08 good"))))
def test_in_a_gap_words_count_in_whatever_order_they_come_in(order: tuple[str, ...]) -> None:
    watch = Watch(WITNESSED)
    watch.sees(good("20:00"), good("20:01"))
    for each in (*order, order[0]):
        moment, said = each.split()
        watch.sees(word(moment, GOOD if said == "good" else BAD), now="20:10")
    watch.sees(good("20:20"))
    assert watch.told[1:] == [
        ("20:02:00", "unknown", "gap"),
        ("20:03:00", "up", "witness"),
        ("20:04:00", "down", "witness"),
        ("20:05:00", "up", "witness"),
        ("20:06:30", "unknown", "gap"),
        ("20:08:00", "up", "witness"),
        ("20:09:30", "unknown", "gap"),
        ("20:20:00", "up", "resumed"),
    ]
    assert watch.counts.ignored == 1, "the same word again"


def test_a_word_that_falls_within_a_spell_ends_it_until_the_next_word() -> None:
    watch = Watch(WITNESSED)
    watch.sees(good("20:00"))
    for minute in range(2, 8):
        watch.sees(word(f"20:0{minute}", GOOD), now="20:09")
    watch.sees(word("20:04:20", BAD), now="20:09")
    assert watch.told[1:] == [
        ("20:01:00", "unknown", "gap"),
        ("20:02:00", "up", "witness"),
        ("20:04:20", "down", "witness"),
        ("20:05:00", "up", "witness"),
        ("20:08:30", "unknown", "gap"),
    ]


def test_of_a_spell_of_days_only_words_are_kept_that_another_may_come_between() -> None:
    often = replace(WITNESSED, witness_interval=timedelta(hours=1))
    watch = Watch(often)
    watch.sees(good("2026-03-10 20:00"))
    moment = at("2026-03-10 21:00")
    for _ in range(24 * 7):
        watch.sees([Sample(service="archive", at=moment, outcome=GOOD, seer=Seer.WITNESS)])
        moment += timedelta(hours=1)
    [spell] = watch.track.spells
    assert spell.starts_at == at("2026-03-10 21:00") and len(spell.later) == 25


def test_the_stretch_after_a_sample_is_judged_by_the_interval_it_was_taken_under() -> None:
    """From every minute to every five, and back."""
    watch = Watch()
    watch.sees(good("20:00"))
    watch.service = replace(SERVICE, interval=timedelta(minutes=5))
    watch.sees(good("20:05"), good("20:10"))
    watch.service = SERVICE
    watch.sees(good("20:15"), good("20:16"), good("20:20"))
    assert watch.told == [
        ("20:00:00", "up", "first probe"),
        ("20:01:00", "unknown", "gap"),  # promised for 20:01
        ("20:05:00", "up", "resumed"),
        ("20:17:00", "unknown", "gap"),  # 20:10 to 20:15 were promised as five
        ("20:20:00", "up", "resumed"),
    ]


def test_a_clock_that_steps_back_is_waited_for() -> None:
    watch = Watch()
    watch.sees(good("20:10"))
    watch.sees(bad("20:00"), good("20:05"))
    assert watch.told == [("20:10:00", "up", "first probe")] and watch.counts.ignored == 4
    watch.sees(good("20:11"))
    assert len(watch.told) == 1 and watch.news == []


def test_a_clock_that_stepped_back_takes_no_word_back() -> None:
    watch = Watch()
    watch.sees(good("20:00"))
    watch.wakes("20:30")
    assert watch.wakes("20:01").changes == () and watch.track.state is State.UNKNOWN
    watch.sees(good("20:01"))
    assert watch.track.known == at("20:30")
    watch.sees(good("20:31"))
    assert watch.told[1:] == [("20:02:00", "unknown", "gap"), ("20:31:00", "up", "resumed")]


def test_samples_out_of_order_in_a_batch_are_put_in_order_and_those_of_others_passed_over() -> None:
    watch = Watch()
    other = replace(look("20:01:30", BAD), service="mail")
    watch.sees([*bad("20:02"), other, *good("20:00"), *good("20:01")], now="20:03")
    assert watch.counts == Counts(samples=3, bad=1)
    assert watch.told[-1] == ("20:02:00", "down", "confirmed")


def test_a_re_probe_without_its_sample_is_nothing() -> None:
    watch = Watch()
    watch.sees([look("20:00", GOOD, Seer.REPROBE)])
    assert watch.changes == [] and watch.counts == Counts(ignored=1)


def test_what_goes_on_in_the_run_that_opens_an_outage_is_told_with_the_opening() -> None:
    watch = Watch()
    watch.sees(good("20:00"))
    step = watch.sees([*bad("20:01"), *bad("20:02", again=0)])
    assert [news.what for news in step.outages] == [Happening.OPENED]
    assert step.outages[0].outage.last_bad == at("20:02")


def test_a_service_never_seen_good_is_down_from_its_first_bad_look_on() -> None:
    watch = Watch()
    watch.sees(bad("20:00"))
    assert watch.told == [("20:00:00", "down", "confirmed")]
    assert watch.news[0].outage.last_good is None


def test_one_bad_look_is_an_outage_without_certain_length() -> None:
    watch = Watch(replace(SERVICE, thresholds=Thresholds(failures=1)))
    watch.sees(good("20:00"), bad("20:01", again=0), good("20:02"))
    assert watch.told == [
        ("20:00:00", "unknown", "bracket"),
        ("20:01:00", "unknown", "recovering"),
        ("20:02:00", "up", "recovered"),
    ]
    assert happenings(watch) == [("archive.1", "opened"), ("archive.1", "ended")]


def test_the_track_stays_small_while_nothing_happens_and_while_nobody_looks() -> None:
    watch = Watch(WITNESSED)
    watch.each_minute("20:00", "20:20")
    watch.sees(bad("20:21"), good("20:22"))
    watch.each_minute("20:23", "20:30")
    assert (len(watch.track.own), len(watch.track.told), watch.track.spells) == (1, 1, ())
    for number in range(500):
        outcome = GOOD if number % 2 else BAD
        moment = at("20:40") + number * 30 * SECOND
        watch.sees([Sample(service="archive", at=moment, outcome=outcome, seer=Seer.WITNESS)])
    assert len(watch.track.spells) == 100 and watch.counts.ignored == 400
    watch.wakes("2026-03-12 00:00")
    assert watch.track.state is State.UNKNOWN


def test_the_last_word_on_an_instant_stands_and_repetitions_are_dropped() -> None:
    def change(text: str, state: State, outage: str | None = None) -> Change:
        return Change(service="archive", at=at(text), state=state, why=Why.GAP, outage=outage)

    first, again, replaced = change("20:00", State.UP), change("20:05", State.UP), change("20:00", State.UNKNOWN)
    assert folded([first, again]) == (first,)
    assert folded([again, first, replaced]) == (replaced, again)
    assert len(folded([change("20:00", State.DOWN), change("20:01", State.DOWN, "archive.1")])) == 2


@pytest.mark.parametrize("now", ["20:00", "23:00"])
def test_an_empty_batch_of_a_new_service_tells_nothing(now: str) -> None:
    step = advance(Track(service="archive"), SERVICE, [], at(now))
    assert (step.changes, step.outages, step.counts) == ((), (), Counts())
