"""The evidence of a ticket: taken from the desk, checked by anybody, whatever has happened to the ticket."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shared.actions import cases, evidence
from shared.actions.custody.erasure import erase_contact
from shared.actions.desk import Desk
from shared.domain import dossier
from shared.domain.conclusion import concluded
from shared.domain.custody.privacy import RequestedBy
from shared.domain.evidence import canonical, commitment, stamp
from shared.domain.people import SYSTEM
from shared.domain.ticket import Decision, Happened, State, Ticket
from shared.proof.answers import Calculator
from shared.proof.verification.checks import Outcome, outcomes
from shared.proof.verify import evidence_in
from tests.support import held
from tests.support.desks import CARLA, Clock, a_desk, rome, staff, taken_in
from tests.support.doors import as_staff, ask
from tests.support.dossiers import ID, eventful, evidence_of, rechain

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def desk() -> Desk:
    """With one request that nobody has touched."""
    desk = a_desk(Clock(rome("2026-03-02 10:00")))
    taken_in(desk)
    return desk


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return evidence_of(eventful(tmp_path_factory.mktemp("catalogue")))


def last(raw: bytes) -> Outcome:
    """The last check that was made: the form, when all holds."""
    return list(outcomes(json.loads(raw), raw))[-1]


def says(raw: bytes) -> dict[str, str]:
    """What each check says of a file that holds."""
    found = list(outcomes(json.loads(raw), raw))
    assert [outcome.broken.where for outcome in found if outcome.broken] == []
    return {outcome.name: outcome.says for outcome in found}


def resealed(file: dict[str, Any]) -> bytes:
    return canonical({**file, "seal": dossier.seal(file)})


def command(stdin: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "shared.proof.verify", *arguments], cwd=ROOT, input=stdin, capture_output=True)


def test_the_door_gives_a_file_to_take_away_that_holds(desk: Desk) -> None:
    answer = as_staff(desk, "carla", "GET", f"/api/tickets/{ID}/evidence")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ACME-1-evidence.json"'
    assert says(answer.body)["ticket"] == "ACME-1 is new, as its events say"


def test_the_door_is_for_staff_who_may_read_the_ticket(desk: Desk) -> None:
    assert ask(desk, "GET", f"/api/tickets/{ID}/evidence").status == 401
    assert as_staff(desk, "omar", "GET", f"/api/tickets/{ID}/evidence").status == 403
    assert as_staff(desk, "carla", "GET", "/api/tickets/ACME-9/evidence").status == 404


def test_the_file_names_nobodys_address(rich: bytes) -> None:
    assert b"@acme.example" not in rich and b"@desk.example" not in rich.replace(b"@desk.example>", b"")


def test_the_command_says_that_all_holds_and_needs_nothing_from_outside(rich: bytes) -> None:
    done = command(rich)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 12 and all(line.startswith("ok ") for line in lines[:-1])
    assert lines[-1] == "All of it holds."


def test_the_command_names_the_first_thing_that_does_not_hold(rich: bytes) -> None:
    file = json.loads(rich)
    file["clocks"][0]["due_at"] = "2026-04-30T10:00:00.000000Z"
    done = command(resealed(file))
    assert done.returncode == 1
    assert done.stdout.decode().splitlines()[-4:] == [
        "FAILS  clocks     clocks[0].due_at",
        "       expected   2026-04-01T14:13:00.000000Z",
        "       found      2026-04-30T10:00:00.000000Z",
        "This is the first thing that does not hold.",
    ]


@pytest.mark.parametrize(
    "stdin",
    [
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"format": "sportello-evidence/2"}',
        b"[" * 100_000,
        b'{"format": "sportello-evidence/1", "events": NaN}',
        b'{"format": "sportello-evidence/1", "events": 1e999}',
        b'{"format": "sportello-evidence/1", "events": "\\ud800"}',
        b'{"format": "sportello-evidence/1", "events": ' + b"1" * 5000 + b"}",
    ],
)
def test_what_is_no_evidence_file_is_told_so_in_a_sentence(stdin: bytes) -> None:
    refused = evidence_in(stdin)
    assert isinstance(refused, str) and refused.startswith("This is no evidence file: ")


def test_garbage_ends_with_status_2_and_so_does_an_unknown_option() -> None:
    garbage = command(b"not JSON")
    assert (garbage.returncode, garbage.stdout) == (2, b"")
    assert garbage.stderr.startswith(b"This is no evidence file: it is not JSON")
    assert command(b"{}", "--loud").returncode == 2


def test_an_empty_shell_of_a_file_does_not_hold() -> None:
    raw = canonical({"format": dossier.FORMAT})
    outcome = last(raw)
    assert outcome.broken is not None and outcome.broken.where == "ticket"


def test_the_catalogue_option_finds_a_contract_that_was_never_published(desk: Desk) -> None:
    raw = evidence_of(desk)
    assert command(raw, "--catalogue").stdout.endswith(b"All of it holds.\n")
    file = json.loads(raw)
    file["calendars"][0]["versions"][0]["author"] = "Mario Rossi"
    forged = command(resealed(file), "--catalogue")
    assert forged.returncode == 1 and b"FAILS  published  calendars[0].versions[0].author" in forged.stdout
    elsewhere = command(raw, "--catalogue", "tests/catalogues")
    assert elsewhere.returncode == 1 and b"FAILS  published" in elsewhere.stdout


def test_verifying_loads_nothing_that_it_does_not_need() -> None:
    program = "import sys\nimport shared.proof.verify\nprint('\\n'.join(sys.modules))"
    loaded = set(subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True).stdout.split())
    assert "shared.proof.verify" in loaded
    assert not loaded & {"pydantic", "holidays", "babel", "jinja2", "azure", "tomllib", "shared.catalogue.parser"}


def test_the_same_values_written_differently_are_not_the_file_that_the_desk_wrote(rich: bytes) -> None:
    outcome = last(json.dumps(json.loads(rich), indent=2).encode())
    assert outcome.name == "form" and outcome.broken is not None
    assert last(rich + b"\n").broken is None
    assert last(rich.replace(b'"format":', b'"format":"sportello-evidence/1","format":', 1)).broken is not None


def test_an_event_written_before_the_announcement_was_known_is_named_and_no_failure(rich: bytes) -> None:
    assert says(rich)["deadlines"].endswith("written before an announcement was known to the desk: event 12")


def test_what_the_desk_has_once_taken_into_account_it_does_not_forget(rich: bytes) -> None:
    """Without the closure three working days would end when two do with it; but an earlier event has counted with it."""
    file = json.loads(rich)
    [stage] = [stage for stage in file["contract"]["ladder"] if stage["id"] == "two-days-late"]
    stage["after"]["target"]["working_days"] = 3
    outcome = last(resealed(file))
    assert outcome.name == "deadlines" and outcome.broken is not None
    assert outcome.broken.where == "events[18].at"


def test_a_target_made_easier_is_found_at_the_first_deadline_that_it_would_move(rich: bytes) -> None:
    file = json.loads(rich)
    row = file["contract"]["families"][file["contract"]["family"]]["priorities"]["3"]
    row["resolution"]["target"]["working_days"] += 1
    outcome = last(resealed(file))
    assert outcome.name == "deadlines" and outcome.broken is not None
    assert outcome.broken.where == "events[6].data.deadlines.resolution.1.2"


def test_a_rewritten_chain_is_found_by_the_deadlines_that_it_states(rich: bytes) -> None:
    """A forger who makes every hash again, and the seal, still has to make the figures agree."""
    file = json.loads(rich)
    late = next(event for event in file["events"] if event["kind"] == "acknowledged")
    late["recorded_at"] = late["at"] = "2026-03-30T07:00:00.000000Z"
    rechain(file)
    outcome = last(resealed(file))
    assert outcome.name == "deadlines" and outcome.broken is not None


def test_a_question_cannot_be_said_to_have_been_sent_at_another_moment(rich: bytes) -> None:
    file = json.loads(rich)
    question = next(notice for notice in file["notices"] if notice["kind"] == "question")
    question["sent_at"] = "2026-03-30T10:21:00.000000Z"
    outcome = last(resealed(file))
    assert outcome.name == "notices" and outcome.broken is not None
    assert outcome.broken.expected == "2026-03-30T10:22:00.000000Z"


def test_a_text_that_was_put_in_anothers_place_is_found(rich: bytes) -> None:
    file = json.loads(rich)
    text = file["contents"][-1]
    text["text"] = "Tutto a posto, grazie."
    text["commitment"] = commitment(text["salt"], text["text"])
    outcome = last(resealed(file))
    assert outcome.name == "texts" and outcome.broken is not None and outcome.broken.where == "contents[9].commitment"


def test_a_text_cannot_be_passed_off_as_erased(rich: bytes) -> None:
    file = json.loads(rich)
    file["contents"][-1] |= {"text": None, "salt": None, "is_erased": True}
    outcome = last(resealed(file))
    assert outcome.name == "texts" and outcome.broken is not None and outcome.broken.where.endswith("is_erased")


def test_an_open_clock_is_shown_as_it_stands_now(desk: Desk) -> None:
    assert isinstance(desk.clock, Clock)
    desk.clock.set("2026-03-02 15:00")  # nothing has run since the receipt
    file = json.loads(evidence_of(desk))
    assert {clock["name"]: clock["verdict"] for clock in file["clocks"]} == {
        "resolution.1.1": "running",
        "response.1.1": "breached",
    }
    assert says(canonical(file))


def test_the_calculator_takes_a_calendars_definition_as_it_stands_in_the_file(desk: Desk) -> None:
    file = json.loads(evidence_of(desk))
    [calendar] = file["calendars"]
    calculator = Calculator()
    calculator.define({"define": "office", "calendar": calendar["versions"][0]["definition"]})
    for clock in file["clocks"]:
        question = {"id": 1, "op": "due", "calendar": "office", "start": clock["started_at"], "target": clock["target"]}
        due = calculator.answer(question)["due"]
        assert isinstance(due, str) and stamp(datetime.fromisoformat(due)) == clock["due_at"]


def test_further_sections_are_covered_by_the_seal(desk: Desk) -> None:
    ticket = cases.load(desk, ID).ticket
    raw = evidence.file_of(desk, ticket, CARLA, desk.clock(), [("accesses", [{"who": "carla"}])])
    assert says(raw)
    file = json.loads(raw)
    file["accesses"][0]["who"] = "omar"
    assert last(canonical(file)).name == "seal"


WORK: list[Callable[[Desk, str], None]] = [held.worked_on, held.quoted]


@pytest.mark.parametrize("work", WORK)
def test_the_whole_procedure_leaves_evidence_that_holds(work: Callable[[Desk, str], None]) -> None:
    desk = a_desk(Clock())
    ticket = held.ask_for_help(desk)
    work(desk, ticket)
    assert says(evidence_of(desk, ticket))
    held.closed(desk)
    assert says(evidence_of(desk, ticket))["ticket"] == f"{ticket} is closed, as its events say"


@pytest.mark.parametrize("work", WORK)
def test_erased_texts_leave_the_evidence_whole(work: Callable[[Desk, str], None]) -> None:
    desk = a_desk(Clock())
    ticket = held.ask_for_help(desk)
    work(desk, ticket)
    held.closed(desk)
    before = json.loads(evidence_of(desk, ticket))
    erase_contact(
        desk, "ACME", held.EMAIL, CARLA, desk.clock(), reason="Richiesta del 1 marzo.", requested_by=RequestedBy.CONTACT
    )
    raw = evidence_of(desk, ticket)
    assert "of them erased" in says(raw)["texts"]
    assert not any(trace.encode() in raw for trace in (*held.TRACES, *held.QUOTED))
    kept = [text["commitment"] for text in json.loads(raw)["contents"]]
    assert kept[:-1] == [text["commitment"] for text in before["contents"]]


def test_a_kind_of_event_that_nobody_has_heard_of_is_checked_by_what_it_says(desk: Desk) -> None:
    def concludes(ticket: Ticket) -> Decision:
        occasion = cases.occasion(desk, ticket, SYSTEM, desk.clock())
        return concluded(replace(ticket, state=State.IN_CHARGE), occasion, Happened(kind="dreamt", data={"of": ["sheep"]}))

    cases.change(desk, ID, concludes, desk.clock())
    outcome = last(evidence_of(desk))
    assert outcome.name == "deadlines" and outcome.broken is not None  # in charge, and the response still runs

    other = a_desk(Clock(rome("2026-03-02 10:00")))
    taken_in(other)
    staff(other, ID).acknowledge()

    def dreams(ticket: Ticket) -> Decision:
        occasion = cases.occasion(other, ticket, SYSTEM, other.clock())
        return concluded(ticket, occasion, Happened(kind="dreamt", data={"of": ["sheep"]}))

    cases.change(other, ID, dreams, other.clock())
    assert says(evidence_of(other))
