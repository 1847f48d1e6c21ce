"""Every `az` command of the guide, the hooks and the pipeline, and what a real `az` knows of it.

    python -m tests.infra.az_commands        asks the az on this machine and writes az_commands.json

Asking takes a second or two a command; so the answers are kept in a file, which a test compares with what is written.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.infra.bicep_text import ROOT

RECORD = Path(__file__).parent / "az_commands.json"
SOURCES = ("docs/**/*.md", "infra/*.sh", "infra/hooks/*.sh", "infra/*.bicep", "dev/*.sh", ".github/workflows/*.yml", "README.md")

_COMMAND = re.compile(r"(?<![\w/.-])az ((?:[a-z][a-z0-9-]* )*[a-z][a-z0-9-]*)((?:[^\n`|;&]|\|\|)*)")
_FLAG = re.compile(r"(?<!\S)--[a-z][a-z-]*")


def used(files: Mapping[str, str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Where, which command, with which flags. Lines that go on with a backslash are one."""
    for name, text in files.items():
        for found in _COMMAND.finditer(re.sub(r"\\\n(?://)? *", " ", text)):
            yield name, found[1], frozenset(_FLAG.findall(found[2]))


def written() -> dict[str, str]:
    """Every file that may name a command."""
    return {str(path.relative_to(ROOT)): path.read_text() for each in SOURCES for path in sorted(ROOT.glob(each))}


def wrong(files: Mapping[str, str], known: Mapping[str, list[str]]) -> list[str]:
    """Commands that there are not, and flags that a command does not have. Words after a command's name may be arguments."""
    found = []
    for name, command, flags in used(files):
        if command not in known:
            found.append(f"{name}: az {command}")
        else:
            found += [f"{name}: az {command} {flag}" for flag in sorted(flags - set(known[command]))]
    return found


def record() -> dict[str, object]:
    loaded: dict[str, object] = json.loads(RECORD.read_text())
    return loaded


def asked(command: str) -> list[str] | None:
    """The flags that the az here says a command has; None: there is no such command."""
    done = subprocess.run(["az", *command.split(), "--help"], capture_output=True, text=True, check=False)
    return sorted(set(re.findall(r"--[a-z][a-z-]+", _usage(done.stdout)))) if done.returncode == 0 else None


def _usage(help: str) -> str:
    """The flags' own column: descriptions may name others."""
    return "\n".join(match[0] for match in re.finditer(r"^ {4}--[^:\[]*", help, re.M))


def main() -> int:
    kept = record()
    extensions = kept["of_extensions"]
    assert isinstance(extensions, dict)
    commands = sorted({command for _, command, _ in used(written())} - extensions.keys())
    told = {command: asked(command) for command in commands}
    version = json.loads(subprocess.run(["az", "version"], capture_output=True, text=True, check=True).stdout)["azure-cli"]
    found = {**kept, "azure_cli": version, "commands": {name: flags for name, flags in told.items() if flags is not None}}
    RECORD.write_text(json.dumps(found, indent=1) + "\n")
    missing = [name for name, flags in told.items() if flags is None]
    print("\n".join(f"az has no command {name!r}" for name in missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
