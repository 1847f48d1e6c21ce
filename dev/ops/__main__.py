"""`make backup FOLDER=…` and `make restore FOLDER=… [ARGS=--merge|--verify]`, on the account that the environment names.

Exits 1 when a comparison finds a difference, 2 when it is not done as asked.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev.ops.trouble import Refused
from shared.domain.errors import SportelloError


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    given = _parser().parse_args(arguments)
    if not given.folder:
        print("Name the folder: FOLDER=…", file=sys.stderr)
        return 2
    from azure.core.exceptions import AzureError

    from dev.ops.account import opened
    from dev.ops.compare import compare
    from dev.ops.export import export
    from dev.ops.folder import Folder
    from dev.ops.restore import restore

    folder = Folder(Path(given.folder))
    try:
        account = opened(environ)
        if given.command == "backup":
            export(account, folder)
        elif not given.verify:
            restore(account, folder, merge=given.merge)
        else:
            found = compare(account, folder)
            print("\n".join(map(str, found)))
            return 0 if all(each.is_same for each in found) else 1
    except (Refused, SportelloError, AzureError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or folder.path}: {error.strerror or error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dev.ops", description="Backup and restore of a desk's tables and blobs.")
    commands = parser.add_subparsers(dest="command", required=True)
    backup = commands.add_parser("backup", help="write everything to a folder; go on with it after a kill")
    restore = commands.add_parser("restore", help="read a folder into an empty account; go on with it after a kill")
    for command in (backup, restore):
        command.add_argument("folder")
    how = restore.add_mutually_exclusive_group()
    how.add_argument("--merge", action="store_true", help="into an account that holds something: add what is missing, no more")
    how.add_argument("--verify", action="store_true", help="compare only; write nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
