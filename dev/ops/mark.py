"""The mark of a restore that has not come to its end: a row in the account, whose name the folder has noted.

Only an account that bears it is gone on with: one that was made anew under the same name does not, nor one that another folder is
restored to.
"""

import hashlib
from secrets import token_hex

from dev.ops.account import Account
from dev.ops.folder import MANIFEST, Folder, spoilt
from dev.ops.trouble import Refused
from shared.actions.ports import Table

MARKS = "restore"
"""The partition of `system` that the mark is in."""


def is_begun(account: Account, folder: Folder) -> bool:
    """Whether this account is one that is being restored from this folder, by what both of them say."""
    noted = folder.state(_notes(account))
    if noted is None:
        return False
    if not {"account", "manifest", "mark"} <= noted.keys():
        raise spoilt(_notes(account))
    is_ours = (noted["account"], noted["manifest"]) == (account.name, folder.digest(MANIFEST))
    return is_ours and noted["mark"] in marks_in(account)


def begin(account: Account, folder: Folder) -> None:
    """Refused for an account that holds anything, but for the mark of a restore that has written nothing else."""
    if not account.is_empty(but=MARKS):
        raise Refused(f"{account.name} is not empty. Take an empty one; or ARGS=--merge, which adds what is missing and no more.")
    account.remove(Table.SYSTEM, MARKS, marks_in(account))
    mark = token_hex(8)
    folder.keep(_notes(account), {"account": account.name, "manifest": folder.digest(MANIFEST), "mark": mark})
    account.make(Table.SYSTEM)
    account.add(Table.SYSTEM, [{"PartitionKey": MARKS, "RowKey": mark}])


def end(account: Account, folder: Folder) -> None:
    noted = folder.state(_notes(account))
    if noted is not None:
        account.remove(Table.SYSTEM, MARKS, [noted["mark"]])
        folder.forget(_notes(account))


def marks_in(account: Account) -> list[str]:
    return [entity["RowKey"] for entity in account.between(Table.SYSTEM, MARKS, "", "~")]


def _notes(account: Account) -> str:
    return f"restore-{hashlib.sha256(account.name.encode()).hexdigest()[:12]}.json"
