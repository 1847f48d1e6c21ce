"""The second witness's webhook: signed with its own secret, understood or refused whole, and kept once until it is taken up."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from shared.actions.desk import Desk
from shared.actions.ports import Table
from shared.actions.watch import witness
from shared.adapters.memory import MemoryRows
from shared.domain.errors import StorageUnavailable
from shared.domain.evidence import stamp
from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Services
from tests.support.desks import SECRET, WITNESS_SECRET, Clock, a_desk
from tests.support.doors import Answer, signed
from tests.support.watching import SERVICE, WITNESSED

WATCHED = Services(
    contract="zenshare-support",
    desk="ACME",
    services={"archive": WITNESSED, "desk": replace(WITNESSED, id="desk"), "alone": replace(SERVICE, id="alone")},
)

post: Callable[..., Answer] = partial(signed, url="/api/webhooks/witness", secret=WITNESS_SECRET)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> Desk:
    return a_desk(clock, services=WATCHED, enrol=False)


def result(desk: Desk, service: str = "archive", *, ago: timedelta = timedelta(0), **further: Any) -> dict[str, Any]:
    return {"service": service, "at": stamp(desk.clock() - ago), "outcome": "good", **further}


def waiting(desk: Desk) -> list[Sample]:
    return list(witness.taken(desk, desk.clock()).samples)


def rows(desk: Desk) -> list[str]:
    return [row.key for row in desk.rows.scan(Table.WATCH, witness.PARTITION)]


def test_results_wait_in_the_order_of_their_instants_until_they_are_taken_up(desk: Desk, clock: Clock) -> None:
    late = result(desk, ago=timedelta(minutes=1), outcome="bad", latency_ms=4000, detail="two places\nsee  nothing")
    answer = post(desk, {"results": [result(desk, "desk", latency_ms=84), late]})
    assert (answer.status, answer.json) == (202, {"results": 2})
    assert waiting(desk) == [
        Sample(
            service="archive",
            at=clock.now - timedelta(minutes=1),
            outcome=Outcome.BAD,
            seer=Seer.WITNESS,
            latency_ms=4000,
            detail="two places see nothing",
        ),
        Sample(service="desk", at=clock.now, outcome=Outcome.GOOD, seer=Seer.WITNESS, latency_ms=84),
    ]
    witness.forget(desk, witness.taken(desk, clock.now))
    assert waiting(desk) == []


def test_the_same_webhook_again_changes_nothing_even_after_its_results_were_taken_up(desk: Desk, clock: Clock) -> None:
    body = {"results": [result(desk)]}
    assert post(desk, body).status == 202
    before = rows(desk)
    clock.forward(minutes=3)
    again = post(desk, body)
    assert (again.status, again.json, rows(desk)) == (200, {"results": 1}, before)
    witness.forget(desk, witness.taken(desk, clock.now))
    clock.forward(days=2)
    assert post(desk, body).status == 200, "its results are too old by now, and are not looked at again"
    assert waiting(desk) == []
    assert post(desk, {"results": [result(desk)]}, id="msg_2").status == 202
    assert len(waiting(desk)) == 1


def test_the_same_webhook_twice_at_the_same_moment_is_kept_once(desk: Desk, clock: Clock) -> None:
    class Blind(MemoryRows):
        """Sees nothing of what the other has just written."""

        def get(self, table: Table, partition: str, key: str) -> None:
            return None

    blind = replace(desk, rows=(store := Blind()))
    body = {"results": [result(desk)]}
    assert [post(blind, body).status for _ in range(2)] == [202, 200]
    assert len(store.scan(Table.WATCH, witness.PARTITION, after="r|", before="r|~")) == 1


def test_a_thousand_results_are_one_transaction_and_no_more_are_taken(desk: Desk) -> None:
    commits: list[int] = []

    class Counting(MemoryRows):
        def commit(self, table: Table, partition: str, writes: Any) -> None:
            commits.append(len(writes))
            super().commit(table, partition, writes)

    desk = replace(desk, rows=Counting())
    longest = [result(desk, ago=timedelta(seconds=n), outcome="bad", latency_ms=3_600_000, detail="€" * 250) for n in range(1000)]
    assert post(desk, json.dumps({"results": longest}, ensure_ascii=False).encode()).status == 202
    assert commits == [21] and len(waiting(desk)) == 1000
    assert {len(sample.detail) for sample in waiting(desk)} == {200}
    assert post(desk, {"results": [result(desk)] * 1001}, id="msg_2").status == 422
    assert post(desk, {"results": []}, id="msg_3").status == 422
    witness.forget(desk, witness.taken(desk, desk.clock()))
    assert waiting(desk) == []


def test_results_that_came_in_later_than_a_clock_that_was_set_back_wait_for_it(desk: Desk, clock: Clock) -> None:
    post(desk, {"results": [result(desk)]})
    assert witness.taken(desk, clock.now - timedelta(minutes=1)).samples == ()
    assert len(witness.taken(desk, clock.now).samples) == 1


def test_nothing_is_taken_that_the_witness_has_not_signed(desk: Desk) -> None:
    body = {"results": [result(desk)]}
    assert post(desk, body, secret=SECRET).json["type"].endswith("signature-invalid"), "the portal is no witness"
    assert post(desk, body, age_s=600).json["type"].endswith("timestamp-stale")
    assert signed(desk, body, secret=WITNESS_SECRET).status == 401, "the witness is not the portal"
    assert post(replace(desk, witness=None), body).status == 401
    assert rows(desk) == []


@pytest.mark.parametrize(
    "change, field, sentence",
    [
        ({"service": "nosuch"}, "results.0.service", "there are: archive, desk"),
        ({"service": "alone"}, "results.0.service", "there are: archive, desk"),
        ({"service": 7}, "results.0.service", "string"),
        ({"at": "2026-03-02T08:00:00"}, "results.0.at", "offset"),
        ({"at": "yesterday"}, "results.0.at", "datetime"),
        ({"outcome": "fine"}, "results.0.outcome", "'good' or 'bad'"),
        ({"latency_ms": -1}, "results.0.latency_ms", "greater than or equal to 0"),
        ({"latency_ms": "84"}, "results.0.latency_ms", "integer"),
        ({"latency_ms": 1.5}, "results.0.latency_ms", "integer"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_of_its_webhook_is_kept(
    desk: Desk, change: dict[str, Any], field: str, sentence: str
) -> None:
    answer = post(desk, {"results": [result(desk) | change, result(desk, "desk")]})
    assert answer.status == 422, answer.body
    [error] = answer.json["errors"]
    assert error["field"] == field and sentence in error["message"], error
    assert rows(desk) == []
    corrected = post(desk, {"results": [result(desk), result(desk, "desk")]})
    assert corrected.status == 202, "a webhook that was refused has not been taken in"


@pytest.mark.parametrize(
    "ahead, status",
    [
        (timedelta(minutes=5), 202),
        (timedelta(minutes=5, microseconds=1), 422),
        (-timedelta(days=1), 202),
        (-timedelta(days=1, microseconds=1), 422),
    ],
)
def test_an_instant_is_at_most_five_minutes_ahead_and_a_day_old(desk: Desk, clock: Clock, ahead: timedelta, status: int) -> None:
    assert post(desk, {"results": [result(desk, ago=-ahead)]}).status == status
    assert [sample.at for sample in waiting(desk)] == ([min(clock.now, clock.now + ahead)] if status == 202 else [])


@pytest.mark.parametrize(
    "body, status",
    [(b"", 422), (b"[]", 422), (b"{", 400), (b"{}", 422), (b'{"results": 3}', 422), (b'{"results": [[]]}', 422), (b"\xff", 400)],
)
def test_what_is_no_such_body_is_refused(desk: Desk, body: bytes, status: int) -> None:
    assert post(desk, body).status == status
    assert rows(desk) == []


def test_a_body_that_is_too_large_is_not_even_verified(desk: Desk) -> None:
    assert post(desk, b"x" * (witness.LARGEST + 1), secret=SECRET).status == 413


def test_ends_of_time_are_refused_in_words(desk: Desk) -> None:
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        assert post(desk, {"results": [result(desk) | {"at": at}]}).status == 422


def test_fields_that_are_not_known_are_left_alone(desk: Desk) -> None:
    assert post(desk, {"results": [result(desk, place="Milan")], "from": "somebody"}).status == 202


def test_when_storage_does_not_answer_it_is_sent_again(desk: Desk) -> None:
    class Lost(MemoryRows):
        def commit(self, table: Table, partition: str, writes: Any) -> None:
            super().commit(table, partition, writes)
            raise StorageUnavailable("The answer is lost.")

    body = {"results": [result(desk)]}
    store = Lost()
    assert post(replace(desk, rows=store), body).status == 503
    again = replace(desk, rows=store.copied())
    assert (post(again, body).status, len(waiting(again))) == (200, 1)
    assert json.loads(post(again, body).body) == {"results": 1}
