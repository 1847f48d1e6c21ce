"""The staff API over its doors: who may, what is answered, how the clocks are shown, and two who change the same ticket."""

from datetime import timedelta
from itertools import pairwise

import pytest

from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver, dismiss, retry
from shared.actions.sweep import sweep
from shared.domain.errors import NotFound
from tests.support.desks import CARLA, Clock, a_desk, rome, taken_in, told
from tests.support.doors import Answer, as_staff, ask


@pytest.fixture
def clock() -> Clock:
    return Clock(rome("2026-03-02 09:00"))


@pytest.fixture
def desk(clock: Clock) -> Desk:
    desk = a_desk(clock)
    taken_in(desk)
    return desk


def post(desk: Desk, noun: str, body: object = None, who: str = "carla", **headers: str) -> Answer:
    return as_staff(desk, who, "POST", f"/api/tickets/ACME-1/{noun}", body, **headers)


def read(desk: Desk) -> Answer:
    return as_staff(desk, "carla", "GET", "/api/tickets/ACME-1")


EVERY_STAFF_DOOR = [
    ("GET", "/api/tickets"),
    ("GET", "/api/tickets/ACME-1"),
    ("GET", "/api/tickets/ACME-1/events"),
    ("GET", "/api/tickets/ACME-1/explanation"),
    ("GET", "/api/tickets/ACME-1/notices"),
    ("GET", "/api/failures"),
    ("GET", "/api/quarantine"),
    ("GET", "/api/quarantine/x/raw"),
    ("POST", "/api/quarantine/x/release"),
    *(
        ("POST", f"/api/tickets/ACME-1/{noun}")
        for noun in (
            "acknowledgement",
            "classification",
            "priority",
            "assignee",
            "replies",
            "hold",
            "answer",
            "resolution",
            "reopening",
            "notices/000001:000001:receipt:customer/retry",
            "notices/000001:000001:receipt:customer/dismissal",
        )
    ),
]


@pytest.mark.parametrize(("method", "url"), EVERY_STAFF_DOOR)
def test_every_staff_door_asks_who_is_there(desk: Desk, method: str, url: str) -> None:
    bodies = {"classification": "bug", "priority": 1, "assignee": "omar", "text": "x"}
    name = url.rpartition("/")[2]
    body = {"text": "x"} if name in ("replies", "hold", "reopening") else {name: bodies[name]} if name in bodies else None
    for headers in ({}, {"x-demo-user": "nobody"}, {"x-ms-client-principal-id": "carla"}):
        for sent in (body, b"{", {"nonsense": 1}):
            assert ask(desk, method, url, headers=headers, body=sent).status == 401


def test_a_whole_case(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:20")
    assert post(desk, "acknowledgement").json["state"] == "in_charge"
    assert post(desk, "classification", {"classification": "bug"}).json["classification"] == "bug"
    assert post(desk, "priority", {"priority": 2}).json["priority"] == 2
    assert post(desk, "assignee", {"assignee": "omar"}).json["assignee"] == "omar"
    assert post(desk, "replies", {"text": "Ci stiamo lavorando."}, who="omar").status == 200
    assert post(desk, "hold", {"text": "Quale versione?"}, who="omar").json["asked_at"]
    deliver(desk, clock())
    held = read(desk).json
    assert held["state"] == "on_hold"
    resolution = held["clocks"][1]
    assert (resolution["state"], resolution["due_at"], resolution["stopped_by"]) == ("paused", None, "paused")
    clock.set("2026-03-02 11:20")
    assert post(desk, "answer", {"text": "La 7."}, who="omar").json["state"] == "in_charge"
    clock.set("2026-03-02 12:00")
    resolved = post(desk, "resolution", {"text": "Corretto."}, who="omar").json
    assert (resolved["state"], resolved["clocks"][1]["state"]) == ("resolved", "met")
    assert post(desk, "reopening", {"text": "Non va."}).json["state"] == "in_charge"
    kinds = [e["kind"] for e in as_staff(desk, "carla", "GET", "/api/tickets/ACME-1/events").json["events"]]
    assert kinds == [
        "received",
        "acknowledged",
        "classified",
        "prioritised",
        "assigned",
        "replied",
        "asked",
        "paused",
        "resumed",
        "resolved",
        "reopened",
    ]


def test_every_answer_shows_the_clocks(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:15")
    response, resolution = read(desk).json["clocks"]
    assert response == {
        "promise": "response",
        "name": {"it": "Presa in carico", "en": "Charge taking"},
        "round": 1,
        "version": 1,
        "state": "running",
        "target": {"working_hours": 1},
        "calendar": "office",
        "calendar_version": 1,
        "started_at": "2026-03-02T08:00:00.000000Z",
        "due_at": "2026-03-02T09:00:00.000000Z",
        "due_known_at_start": "2026-03-02T09:00:00.000000Z",
        "done_at": None,
        "remaining_s": 2700.0,
        "stopped_by": None,
        "counts_again_at": None,
        "stages_reached": [],
        "stood": None,
    }
    assert resolution["remaining_s"] == timedelta(hours=15, minutes=45).total_seconds()


@pytest.mark.parametrize(
    ("at", "stopped_by", "counts_again_at"),
    [
        ("2026-03-02 13:30", "outside hours", "2026-03-02 14:30"),
        ("2026-03-07 10:00", "weekend", "2026-03-09 09:00"),
        ("2026-04-06 10:00", "holiday: Lunedì dell'Angelo", "2026-04-07 09:00"),
    ],
)
def test_what_stops_a_clock_is_said(clock: Clock, at: str, stopped_by: str, counts_again_at: str) -> None:
    desk = a_desk(clock)
    clock.set(at)
    taken_in(desk)
    shown = read(desk).json["clocks"][0]
    assert shown["stopped_by"] == stopped_by
    assert shown["counts_again_at"] == rome(counts_again_at).strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def test_the_explanation_adds_up_to_the_target(desk: Desk) -> None:
    for clock in as_staff(desk, "carla", "GET", "/api/tickets/ACME-1/explanation").json["clocks"]:
        ledger = clock["ledger"]
        assert ledger[0]["from"] == clock["started_at"] and ledger[-1]["to"] == clock["due_at"]
        assert all(a["to"] == b["from"] for a, b in pairwise(ledger))
        assert all(row["reason"] for row in ledger if row["counted_s"] == 0)
    [response, _] = as_staff(desk, "carla", "GET", "/api/tickets/ACME-1/explanation").json["clocks"]
    assert sum(row["counted_s"] for row in response["ledger"]) == 3600


def test_if_match_lets_only_the_current_revision_through(desk: Desk) -> None:
    etag = read(desk).headers["ETag"]
    assert etag == '"1"'
    assert post(desk, "assignee", {"assignee": "omar"}, if_match=etag).headers["ETag"] == '"2"'
    stale = post(desk, "acknowledgement", if_match=etag)
    assert (stale.status, stale.json["type"]) == (412, "/api/problems/stale-version")
    assert stale.json["current"]["assignee"] == "omar"
    assert post(desk, "acknowledgement", if_match="*").status == 200
    assert post(desk, "resolution", {}, if_match='W/"3"').status == 200
    odd = post(desk, "reopening", {"text": "x"}, if_match="yesterday")
    assert (odd.status, odd.headers["ETag"]) == (412, '"4"')


def test_what_is_not_allowed_now_is_refused_with_what_is(desk: Desk) -> None:
    refused = post(desk, "resolution", {})
    assert (refused.status, refused.json["type"]) == (409, "/api/problems/not-allowed-now")
    assert refused.json["allowed"] == [
        "acknowledge",
        "classify",
        "prioritise",
        "assign",
        "reply",
        "close",
        "merge",
        "link",
        "grant",
        "revoke",
    ]


@pytest.mark.parametrize(
    ("noun", "body", "status"),
    [
        ("priority", {"priority": "1"}, 422),
        ("priority", {"priority": True}, 422),
        ("priority", {"priority": 9}, 422),
        ("priority", {}, 422),
        ("priority", {"priority": 1, "why": "x"}, 422),
        ("priority", b"{", 400),
        ("classification", {"classification": "magic"}, 422),
        ("assignee", {"assignee": "nobody"}, 422),
        ("replies", {"text": " \n"}, 422),
        ("replies", {"text": "x" * 20_001}, 422),
        ("acknowledgement", {"by": "me"}, 422),
    ],
)
def test_a_wrong_body_says_what_is_wrong(desk: Desk, noun: str, body: object, status: int) -> None:
    answer = post(desk, noun, body)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json" and len(answer.json["detail"]) > 10


@pytest.mark.parametrize("ticket", ["ACME-2", "ACME-0", "ACME-01", "nonsense", "ACME-99999999999", "-1", "AC%2FME-1", "acme-1"])
def test_a_ticket_that_is_not_there_is_not_found(desk: Desk, ticket: str) -> None:
    answer = as_staff(desk, "carla", "GET", f"/api/tickets/{ticket}")
    assert answer.status in (404, 422) and answer.headers["Content-Type"] == "application/problem+json"


def test_the_list_is_by_urgency_and_pages(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 10:00")
    taken_in(desk, source="w2", customer="BETA")
    clock.set("2026-03-02 08:00")
    as_staff(desk, "carla", "POST", "/api/tickets/ACME-1/priority", {"priority": 4})
    clock.set("2026-03-02 11:30")
    page = as_staff(desk, "carla", "GET", "/api/tickets?limit=1").json
    assert [(t["id"], t["is_overdue"]) for t in page["tickets"]] == [("BETA-1", True)]
    assert page["total"] == 2
    rest = as_staff(desk, "carla", "GET", f"/api/tickets?limit=1&cursor={page['next_cursor']}").json
    assert ([t["id"] for t in rest["tickets"]], rest["next_cursor"]) == (["ACME-1"], None)
    assert [t["id"] for t in as_staff(desk, "carla", "GET", "/api/tickets?customer=ACME").json["tickets"]] == ["ACME-1"]
    for query in ("limit=" + "9" * 5000, "limit=0", "limit=x", "limit=201", "order=colour"):
        assert as_staff(desk, "carla", "GET", f"/api/tickets?{query}").status == 422


def test_resolved_tickets_leave_the_list_of_open_ones(desk: Desk) -> None:
    post(desk, "acknowledgement")
    post(desk, "resolution", {})
    assert as_staff(desk, "carla", "GET", "/api/tickets").json["tickets"] == []
    assert len(as_staff(desk, "carla", "GET", "/api/tickets?state=resolved").json["tickets"]) == 1


def test_the_notices_show_what_became_of_each(desk: Desk, clock: Clock) -> None:
    deliver(desk, clock())
    notices = as_staff(desk, "carla", "GET", "/api/tickets/ACME-1/notices").json["notices"]
    assert {(n["kind"], n["state"]) for n in notices} == {("receipt", "sent"), ("arrived", "sent")}
    key = notices[0]["key"]
    assert as_staff(desk, "carla", "POST", f"/api/tickets/ACME-1/notices/{key}/retry").json["state"] == "sent"
    assert as_staff(desk, "carla", "POST", "/api/tickets/ACME-1/notices/000009:x/retry").status == 404


def test_health_pages_when_a_timer_has_not_run_or_a_row_is_overdue(desk: Desk, clock: Clock) -> None:
    from functions.timers import judge, reconcile, sweep

    never = ask(desk, "GET", "/api/health")
    assert never.status == 503 and "the timer sweep has never run" in never.json["problems"]
    for timer in (judge, sweep, reconcile):
        timer._function.get_user_function()(None)
    well = ask(desk, "GET", "/api/health")
    assert (well.status, well.json["status"], well.json["problems"]) == (200, "ok", [])
    clock.forward(minutes=36)
    late = ask(desk, "GET", "/api/health")
    assert late.status == 503 and late.json["agenda"]["overdue"] == 2, "a wake, and a look at the board"
    assert any("oldest overdue" in problem for problem in late.json["problems"])
    assert late.json["timers"]["sweep"]["age_s"] == 36 * 60


def test_every_problem_type_explains_itself(desk: Desk) -> None:
    from shared.web.problems import STATUS

    for kind, (status, _) in STATUS.items():
        answer = ask(desk, "GET", f"/api/problems/{kind}")
        assert answer.status == 200 and answer.json["status"] == status and answer.json["meaning"]
    assert ask(desk, "GET", "/api/problems/nonsense").status == 404


def test_a_fault_of_ours_says_nothing_of_our_insides_and_the_log_nothing_of_its_message(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    from dataclasses import replace

    def broken() -> None:
        raise ValueError("the secret is 42")

    answer = as_staff(replace(desk, catalogue=broken), "carla", "GET", "/api/tickets/ACME-1")  # type: ignore[arg-type]
    assert answer.status == 500 and "42" not in answer.body.decode()
    [fault] = told(desk, "fault.met")
    assert (fault["work"], fault["error"]) == ("ticket_read", "ValueError")
    assert str(fault["trace"]).endswith(f"test_ticket_doors.py:{broken.__code__.co_firstlineno + 1} broken")
    assert "secret" not in caplog.text + str(fault)


def test_the_sweep_and_the_door_agree_on_the_stages(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 10:30")
    sweep(desk, clock())
    shown = read(desk).json["clocks"][0]
    assert shown["state"] == "breached" and len(shown["stages_reached"]) == 3


def test_a_refused_change_leaves_the_list_as_it_was(desk: Desk, clock: Clock) -> None:
    from shared.actions import cases
    from shared.domain.conclusion import Said
    from shared.domain.errors import RowTooLarge
    from shared.domain.lifecycle import resolve

    post(desk, "acknowledgement")
    huge = Said(text="x" * 3_000_000, salt="s")
    with pytest.raises(RowTooLarge):
        cases.change(desk, "ACME-1", lambda t: resolve(t, cases.occasion(desk, t, CARLA, clock()), huge), clock())
    assert [t["state"] for t in as_staff(desk, "carla", "GET", "/api/tickets").json["tickets"]] == ["in_charge"]


def test_a_long_text_is_kept_and_mailed_whole(desk: Desk, clock: Clock) -> None:
    post(desk, "acknowledgement")
    text = "𐐷è\n" * 6_600
    assert post(desk, "resolution", {"text": text}).status == 200
    deliver(desk, clock())
    texts = as_staff(desk, "carla", "GET", "/api/tickets/ACME-1/events").json["texts"]
    assert texts[-1]["text"] == text.strip()


def test_the_list_shows_the_clocks(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:15")
    [shown] = as_staff(desk, "carla", "GET", "/api/tickets").json["tickets"]
    assert shown["clocks"] == read(desk).json["clocks"]
    assert shown["clocks"][0]["remaining_s"] == 2700.0


def test_failures_are_listed_and_for_staff(desk: Desk) -> None:
    assert as_staff(desk, "carla", "GET", "/api/failures").json == {"tickets": [], "notices": []}
    assert ask(desk, "GET", "/api/failures").status == 401


def test_health_says_when_the_mail_service_takes_nothing(desk: Desk, clock: Clock) -> None:
    from functions.timers import sweep as sweep_timer
    from shared.adapters.memory import MemoryMailer
    from shared.domain.errors import MailPostponed

    assert isinstance(desk.mailer, MemoryMailer)
    desk.mailer.fail_next(MailPostponed("down"), times=2)
    ask(desk, "GET", "/api/health")
    sweep_timer._function.get_user_function()(None)
    health = ask(desk, "GET", "/api/health").json
    assert health["dependencies"]["mail"] != "ok" and any(p.startswith("mail:") for p in health["problems"])


def test_what_is_wrong_is_said_in_plain_words(desk: Desk) -> None:
    extra = post(desk, "priority", {"priority": 1, "why": "x"})
    assert extra.json["errors"] == [{"field": "why", "message": "is not known here"}]
    assert post(desk, "priority", {}).json["detail"] == "priority: is missing."


def test_the_link_of_the_letters_is_shown_to_the_contact_who_asked_and_to_nobody_else(desk: Desk) -> None:
    post(desk, "assignee", {"assignee": "omar"})
    for reader, has_key in (("anna", True), ("ada", False), ("carla", False), ("omar", False)):
        shown = as_staff(desk, reader, "GET", "/api/tickets/ACME-1")
        assert ("key=" in shown.json["url"], b"key=" in shown.body) == (has_key, has_key), reader
    body = {
        "customer": "BETA",
        "contact": {"name": "Bruno Galli", "email": "bruno@beta.example"},
        "product": "zenshare-up",
        "subject": "Ha chiamato",
        "description": "Da questa mattina.",
    }
    entered = as_staff(desk, "omar", "POST", "/api/tickets", body)
    assert "key=" not in entered.json["url"] and "key=" not in entered.headers["Location"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(desk: Desk) -> None:
    answer = as_staff(desk, "carla", "POST", "/api/tickets/ACME-1/replies", b'{"text": "' + b"x" * 1024 * 1024)
    assert (answer.status, answer.json["type"]) == (413, "/api/problems/body-too-large")
    assert as_staff(desk, "carla", "POST", "/api/tickets/ACME-1/replies", b'{"text": "x"').status == 400


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "\u200b \u2060\ufeff", "\u00ad", "\u3164", "\u2800"])
def test_a_text_of_which_nothing_can_be_seen_is_blank(desk: Desk, text: str) -> None:
    answer = post(desk, "replies", {"text": text})
    assert (answer.status, answer.json["detail"]) == (422, "text: must not be blank.")


@pytest.mark.parametrize("text", ["?", "\N{THUMBS UP SIGN}", "a\u0300", "\u0915\u094d\u200d\u0937", "\u202b\u05e9\u05dc"])
def test_a_text_that_can_be_seen_is_taken_as_it_is(desk: Desk, text: str) -> None:
    assert post(desk, "replies", {"text": text}).status == 200
    assert as_staff(desk, "carla", "GET", "/api/tickets/ACME-1/events").json["texts"][-1]["text"] == text


@pytest.mark.parametrize("key", ["a#b", "x" * 2000, "000001:000001:receipt:customer\\", "a?b"])
def test_a_key_that_no_message_can_have_names_none(desk: Desk, key: str) -> None:
    with pytest.raises(NotFound, match="has no notice"):
        retry(desk, "ACME-1", key, desk.clock())
    with pytest.raises(NotFound, match="has no notice"):
        dismiss(desk, "ACME-1", key)


@pytest.mark.parametrize(("at", "says"), [("2026-03-02T09:30:00+01:00", "future"), ("2026-02-20T09:00:00+01:00", "a week ago")])
def test_what_is_wrong_with_the_moment_of_a_call_is_said_of_the_field_that_was_sent(desk: Desk, at: str, says: str) -> None:
    contact = {"name": "Anna Bianchi", "email": "anna@acme.example"}
    body = {"customer": "ACME", "contact": contact, "product": "zenshare-up", "subject": "S", "description": "D"}
    answer = as_staff(desk, "omar", "POST", "/api/tickets", {**body, "received_at": at})
    assert (answer.status, answer.json["field"]) == (422, "received_at")
    assert says in answer.json["detail"] and "occurred_at" not in answer.json["detail"]
