"""Does an evidence file hold? No services, no clock, no catalogue: anybody can check it.

    make -s verify < evidence.json
    make -s verify ARGS=--catalogue < evidence.json        compares the contract with the published one as well

A line a check, up to the first that does not hold: where, what must be there, what is there. Exit status 0 when all holds, 1 when
something does not, 2 when the input is no evidence file. docs/evidence.md says what each check proves.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.domain.dossier import FORMAT
from shared.domain.evidence import canonical
from shared.proof.verification.checks import outcomes
from shared.proof.verification.reading import Broken, Part

CATALOGUE = Path(__file__).parents[1] / "catalogue"
USAGE = "usage: make -s verify [ARGS='--catalogue [FOLDER …]'] < evidence.json"


def main(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] != "--catalogue":
        return _refused(USAGE)
    raw = sys.stdin.buffer.read()
    file = evidence_in(raw)
    if isinstance(file, str):
        return _refused(file)
    folders = [Path(each) for each in arguments[1:]] or [CATALOGUE]
    if not holds(file, raw) or (arguments and not is_published(file, folders)):
        print("This is the first thing that does not hold.")
        return 1
    print("All of it holds.")
    return 0


def evidence_in(raw: bytes) -> dict[str, object] | str:
    """The file, or why the bytes are none."""
    try:
        file = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return "This is no evidence file: it is not UTF-8."
    except (ValueError, RecursionError) as wrong:
        return f"This is no evidence file: it is not JSON ({wrong})."
    if not isinstance(file, dict) or file.get("format") != FORMAT:
        return f'This is no evidence file: it is not a JSON object with the format "{FORMAT}".'
    try:
        canonical(file)
    except (ValueError, RecursionError) as wrong:
        return f"This is no evidence file: it holds what JSON cannot ({wrong})."
    return file


def holds(file: dict[str, object], raw: bytes) -> bool:
    """Prints what each check came to. Whether all holds."""
    for outcome in outcomes(file, raw):
        _print(outcome.name, outcome.says, outcome.broken)
        if outcome.broken is not None:
            return False
    return True


def is_published(file: dict[str, object], folders: Sequence[Path]) -> bool:
    """Whether the contract in the file is the published one."""
    from shared.proof.verification.published import check_published

    try:
        _print("published", check_published(Part(file, ""), folders), None)
    except Broken as broken:
        _print("published", "", broken)
        return False
    return True


def _print(name: str, says: str, broken: Broken | None) -> None:
    if broken is None:
        print(f"ok     {name:<10} {says}")
        return
    print(f"FAILS  {name:<10} {broken.where}")
    print(f"       expected   {_shown(broken.expected)}")
    print(f"       found      {_shown(broken.found)}")


def _shown(value: object) -> str:
    """A value as it stands in the file, cut where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text.encode("utf-8", "backslashreplace").decode().replace("\n", "\\n")
    return text if len(text) <= 200 else f"{text[:197]}..."


def _refused(why: str) -> int:
    print(why, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
