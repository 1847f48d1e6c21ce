"""`make people ARGS=list`, `ARGS="enter people.toml"`, `ARGS="remove omar"`, on the account that the environment names.

STORAGE_ACCOUNT_NAME, by the identity of whoever is signed in (az login); or STORAGE_CONNECTION_STRING of an emulator here.
Exits 2 when it is not done as asked. docs/operations/people.md says which roles it needs.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev.ops.trouble import Refused
from shared.actions.ports import Rows
from shared.domain.errors import SportelloError
from shared.domain.people import Customer, Staff


def opened(environ: Mapping[str, str]) -> Rows:
    """The account's tables."""
    from shared.adapters import tables

    name, local = environ.get("STORAGE_ACCOUNT_NAME", ""), environ.get("STORAGE_CONNECTION_STRING", "")
    if bool(name) == bool(local):
        raise Refused("Set STORAGE_ACCOUNT_NAME (by identity: az login), or STORAGE_CONNECTION_STRING of an emulator; not both.")
    return tables.from_connection_string(local) if local else tables.from_account(name, environ.get("AZURE_CLIENT_ID"))


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    given = _parser().parse_args(arguments)
    from azure.core.exceptions import AzureError

    try:
        _run(given, opened(environ), environ.get("CATALOGUE_PATH", "shared/catalogue"))
    except (Refused, SportelloError, AzureError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _run(given: argparse.Namespace, rows: Rows, catalogue_path: str) -> None:
    from dev.people import book, entering

    if given.command == "list":
        for person in entering.staff_of(rows).values():
            print(_shown(person))
        for customer in entering.customers_of(rows):
            print(_shown_customer(customer))
    elif given.command == "remove":
        print(entering.remove(rows, given.id))
    else:
        from shared.app import catalogue_in

        paths = tuple(map(Path, catalogue_path.split(os.pathsep)))
        for line in entering.enter(rows, book.read(given.file, catalogue_in(paths)()), only_say=given.dry_run):
            print(line)


def _shown(person: Staff) -> str:
    roles = ", ".join(sorted(person.roles))
    return f"staff {person.id}: {person.name}, {roles}{'' if person.entra_id else ' (cannot sign in: no entra_id)'}"


def _shown_customer(customer: Customer) -> str:
    until = f"{customer.valid_until:%Y-%m-%d %H:%M %Z}" if customer.valid_until else "further notice"
    return f"customer {customer.id}: {customer.name}, {customer.contract}, {customer.tier}, until {until}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dev.people", description="Staff and customers of a deployed desk.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="who is entered")
    enter = commands.add_parser("enter", help="enter and change whom a file names; whoever it does not name stays")
    enter.add_argument("file", type=Path)
    enter.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    remove = commands.add_parser("remove", help="take somebody off the staff")
    remove.add_argument("id")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
