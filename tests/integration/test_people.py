"""Staff and customers entered from a file: what is checked first, what a change keeps, what is never left behind."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from dev.first_administrator import ID, ROLES
from dev.first_administrator import enter as enter_administrator
from dev.ops.trouble import Refused
from dev.people import __main__ as command
from dev.people import book, entering
from shared.actions.customers import KeptDirectory
from shared.actions.ports import Rows, Table, Write
from shared.adapters import memory, tables
from shared.app import catalogue_in
from shared.domain.errors import Conflict
from shared.domain.people import Role, Staff
from tests.support.desks import Clock, a_desk, taken_in

CATALOGUE = catalogue_in((Path("shared/catalogue"),))()
OBJECT_ID = "0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0{}"
OMAR = f"""
[staff.omar]
name = "Omar Ferri"
email = "omar@example.com"
language = "it"
roles = ["operator"]
entra_id = "{OBJECT_ID.format(1).upper()}"
"""
GAMMA = """
[customers.GAMMA]
name = "Gamma S.p.A."
contract = "zenshare-support"
tier = "gold"
products = ["zenshare-up", "zenshare-suite"]
valid_from = 2026-01-01T00:00:00+01:00
delivery = { zenshare-up = "cloud" }
notify = [{ name = "Ada Neri", email = "ada@gamma.example", language = "it" }]
"""


@pytest.fixture(params=["memory", "azurite"])
def rows(request: pytest.FixtureRequest) -> Iterator[Rows]:
    """A new desk as the deployment leaves it: one administrator."""
    store: Rows = memory.MemoryRows()
    if request.param == "azurite":
        store = tables.from_connection_string(request.getfixturevalue("azurite"), prefix=f"t{uuid4().hex[:12]}")
    admin = Staff(id=ID, name="Carla", email="c@example.com", language="it", roles=ROLES, entra_id=OBJECT_ID.format(0))
    assert enter_administrator(store, admin)
    yield store


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], book.Book]:
    """What a file says."""

    def read(text: str) -> book.Book:
        (tmp_path / "people.toml").write_text(text, encoding="utf-8")
        return book.read(tmp_path / "people.toml", CATALOGUE)

    return read


def test_whom_the_file_names_is_entered_once_and_can_sign_in(rows: Rows, written: Callable[[str], book.Book]) -> None:
    people = written(OMAR + GAMMA)
    assert list(entering.enter(rows, people)) == ["staff omar: entered", "customer GAMMA: entered"]
    assert list(entering.enter(rows, people)) == ["staff omar: as it was", "customer GAMMA: as it was"]
    directory = KeptDirectory(rows)(datetime(2026, 1, 1, tzinfo=UTC))
    assert directory.staff["omar"].entra_id == OBJECT_ID.format(1)
    assert [person.id for person in directory.holders(Role.OPERATOR)] == ["omar"]
    [gamma] = entering.customers_of(rows)
    assert (gamma.valid_from, gamma.valid_until) == (datetime(2025, 12, 31, 23, tzinfo=UTC), None)
    assert gamma.notify[0].email == "ada@gamma.example" and gamma.delivery == {"zenshare-up": "cloud"}


def test_a_customer_who_is_entered_can_ask_for_help_and_goes_on_counting(written: Callable[[str], book.Book]) -> None:
    desk = a_desk(Clock())
    enter_administrator(
        desk.rows, Staff(id=ID, name="C", email="c@x.y", language="it", roles=ROLES, entra_id=OBJECT_ID.format(0))
    )
    list(entering.enter(desk.rows, written(GAMMA)))
    assert taken_in(desk, "w1", customer="GAMMA").id == "GAMMA-1"
    changed = written(GAMMA.replace('"gold"', '"platinum"').replace("Gamma S.p.A.", "Gamma").replace("ada@", "eva@"))
    assert list(entering.enter(desk.rows, changed)) == ["customer GAMMA: changed: name, tier"]
    assert taken_in(desk, "w2", customer="GAMMA").id == "GAMMA-2"
    [gamma] = [each for each in entering.customers_of(desk.rows) if each.id == "GAMMA"]
    assert [each.email for each in gamma.notify] == ["ada@gamma.example"]  # theirs to change, once they are there
    assert "BETA" in {each.id for each in entering.customers_of(desk.rows)}  # whom the file does not name


def test_a_customer_names_each_address_once_and_not_too_many(written: Callable[[str], book.Book]) -> None:
    def named(*emails: str) -> str:
        each = ", ".join(f'{{ name = "A", email = "{email}", language = "it" }}' for email in emails)
        return f"{GAMMA[: GAMMA.index('notify')]}notify = [{each}]\n"

    with pytest.raises(Refused, match=r"GAMMA: notify names a@g\.example more than once"):
        written(named("a@g.example", "A@G.example"))
    with pytest.raises(Refused, match="notify names 51 addresses; 50 at most"):
        written(named(*(f"a{number}@g.example" for number in range(51))))
    assert len(written(named(*(f"a{number}@g.example" for number in range(50)))).customers[0].notify) == 50


def test_what_is_only_said_is_not_written(rows: Rows, written: Callable[[str], book.Book]) -> None:
    assert list(entering.enter(rows, written(OMAR + GAMMA), only_say=True)) == ["staff omar: entered", "customer GAMMA: entered"]
    assert entering.staff_of(rows).keys() == {ID} and not list(entering.customers_of(rows))


def test_somebody_who_is_removed_can_no_longer_sign_in_and_the_same_again_is_no_error(
    rows: Rows, written: Callable[[str], book.Book]
) -> None:
    list(entering.enter(rows, written(OMAR)))
    assert entering.remove(rows, "omar") == "staff omar: removed"
    assert entering.remove(rows, "omar") == "staff omar: there is nobody of that name"
    assert entering.staff_of(rows).keys() == {ID}


def test_nobody_is_locked_out(rows: Rows, written: Callable[[str], book.Book]) -> None:
    with pytest.raises(Refused, match="customer care manager"):
        entering.remove(rows, ID)
    less = OMAR.replace("omar]", f"{ID}]").replace(OBJECT_ID.format(1).upper(), OBJECT_ID.format(0))
    with pytest.raises(Refused, match="customer care manager"):
        list(entering.enter(rows, written(less)))
    with pytest.raises(Refused, match="the same account"):
        list(entering.enter(rows, written(OMAR.replace(OBJECT_ID.format(1).upper(), OBJECT_ID.format(0).upper()))))
    assert entering.staff_of(rows)[ID].roles == ROLES


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OMAR.replace('"operator"', '"customer"'), "roles"),
        (OMAR.replace('["operator"]', "[]"), "roles"),
        (OMAR.replace("omar@example.com", "omar"), "email"),
        (OMAR.replace('"it"', '"de"'), "language"),
        (OMAR.replace(OBJECT_ID.format(1).upper(), "omar@example.com"), "entra_id"),
        (OMAR.replace("[staff.omar]", "[staff.system]"), "staff.system"),
        (OMAR.replace("[staff.omar]", '[staff."Omar"]'), "staff.Omar"),
        (OMAR + "surname = 'x'", "surname"),
        (GAMMA.replace("GAMMA", "gamma"), "customers.gamma"),
        (GAMMA.replace("zenshare-support", "none"), "no contract 'none'; there are: zenshare-support"),
        (GAMMA.replace('"gold"', '"tin"'), "no tier 'tin'"),
        (GAMMA.replace('"zenshare-suite"', '"none"'), "no product 'none'"),
        (GAMMA.replace('"cloud"', '"fax"'), "not delivered as 'fax'"),
        (GAMMA.replace("2026-01-01T00:00:00+01:00", "2026-01-01"), "valid_from"),
        (GAMMA.replace("delivery", "valid_until = 2025-01-01T00:00:00Z\ndelivery"), "valid_until is not after"),
        ("[staff.omar", "people.toml"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(written: Callable[[str], book.Book], text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        written(text)


class Contended(memory.MemoryRows):
    """A store in which somebody else is quicker, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        if table is Table.DESK and self.times > 0:
            self.times -= 1
            raise Conflict("somebody else was quicker")
        super().commit(table, partition, writes)


@pytest.mark.parametrize(("times", "is_done"), [(2, True), (entering.TRIES, False)])
def test_a_ticket_that_is_opened_meanwhile_is_waited_for(written: Callable[[str], book.Book], times: int, is_done: bool) -> None:
    rows = Contended(times)
    enter_administrator(rows, Staff(id=ID, name="C", email="c@x.y", language="it", roles=ROLES, entra_id=OBJECT_ID.format(0)))
    if is_done:
        assert list(entering.enter(rows, written(GAMMA))) == ["customer GAMMA: entered"]
    else:
        with pytest.raises(Refused, match="try again"):
            list(entering.enter(rows, written(GAMMA)))


def test_the_command_lists_enters_and_removes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = memory.MemoryRows()
    admin = Staff(id=ID, name="Carla", email="c@example.com", language="it", roles=ROLES, entra_id=OBJECT_ID.format(0))
    enter_administrator(rows, replace(admin))
    monkeypatch.setattr(command, "opened", lambda environ: rows)
    path = tmp_path / "people.toml"
    path.write_text(OMAR + GAMMA.replace("delivery", "valid_until = 2027-01-01T00:00:00Z\ndelivery"))
    assert command.main(["enter", str(path), "--dry-run"], {}) == 0
    assert command.main(["enter", str(path)], {}) == 0
    assert command.main(["list"], {}) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == said[2:4] == ["staff omar: entered", "customer GAMMA: entered"]
    assert said[4:] == [
        "staff admin: Carla, customer_care_manager, service_manager",
        "staff omar: Omar Ferri, operator",
        "customer GAMMA: Gamma S.p.A., zenshare-support, gold, until 2027-01-01 00:00 UTC",
    ]
    assert command.main(["remove", "omar"], {}) == 0
    assert command.main(["remove", ID], {}) == 2
    assert "enter another one first" in capsys.readouterr().err
    assert command.main(["enter", str(tmp_path / "none.toml")], {}) == 2


def test_without_an_account_it_says_what_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    both = {"STORAGE_ACCOUNT_NAME": "x", "STORAGE_CONNECTION_STRING": "y"}
    for environ in ({}, both):
        assert command.main(["list"], environ) == 2
        assert "STORAGE_ACCOUNT_NAME" in capsys.readouterr().err
