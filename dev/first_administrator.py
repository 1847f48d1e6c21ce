"""Enters the first member of staff into a new desk's directory: `python -m dev.first_administrator --account … --entra-id …`.

Only ever inserts, under a fixed id: the same again changes nothing, and nobody's roles are overwritten. Run by
infra/hooks/postprovision.sh with the deployer's own sign-in, which may write the directory's table and no other.
"""

import argparse
import re
import sys
from collections.abc import Sequence

from shared.actions import codec
from shared.actions.customers import DIRECTORY
from shared.actions.ports import Insert, Row, Rows, Table
from shared.domain.errors import Conflict, StorageUnavailable
from shared.domain.people import Role, Staff

ID = "admin"
ROLES = frozenset({Role.SERVICE_MANAGER, Role.CUSTOMER_CARE_MANAGER})
NOT_YET = 75
"""Exit status when storage does not answer, or does not take us yet, as with a role that is new: try again (EX_TEMPFAIL)."""

_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def enter(rows: Rows, person: Staff) -> bool:
    """Whether the person was entered; False: somebody has that id already, and stays as they are."""
    row = Row(key=f"staff:{person.id}", values={"doc": codec.dumped(person)})
    try:
        rows.commit(Table.SYSTEM, DIRECTORY, [Insert(row)])
    except Conflict:
        return False
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    entra_id = given.entra_id.lower()
    if not _UUID.fullmatch(entra_id):
        print("--entra-id is not an object id: az ad signed-in-user show --query id", file=sys.stderr)
        return 2
    from shared.adapters import tables

    person = Staff(id=ID, name=given.name, email=given.email, language=given.language, roles=ROLES, entra_id=entra_id)
    try:
        is_new = enter(tables.from_account(given.account), person)
    except StorageUnavailable as failure:
        print(failure.detail, file=sys.stderr)
        return NOT_YET
    if is_new:
        print(f"The first administrator was entered as {ID!r}.")
    else:
        print(f"There is somebody called {ID!r}; left as they are.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dev.first_administrator", description="Enters the first administrator.")
    parser.add_argument("--account", required=True, help="the desk's storage account")
    parser.add_argument("--entra-id", required=True, help="object id of their account in Entra ID")
    parser.add_argument("--name", required=True)
    parser.add_argument("--email", required=True)
    parser.add_argument("--language", choices=("it", "en"), default="it")
    return parser


if __name__ == "__main__":
    sys.exit(main())
