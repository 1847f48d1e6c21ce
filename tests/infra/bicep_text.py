"""Reads Bicep as text, as far as the project's own rules need it. Syntax and types are the compiler's (dev/check-infra.sh)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INFRA = ROOT / "infra"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A resource or module: its symbol, what it is (`Microsoft.X/y` or a path), version, and the text between its braces."""

    file: str
    kind: str
    symbol: str
    what: str
    version: str
    is_existing: bool
    body: str


def project(root: Path = INFRA) -> dict[str, str]:
    """Every Bicep file of the project by its path, comments blanked out."""
    return {path.relative_to(root).as_posix(): without_comments(path.read_text()) for path in sorted(root.rglob("*.bicep"))}


def without_comments(text: str) -> str:
    """The same text with comments as spaces. Strings, which hold `https://`, stay."""
    out, at = [], 0
    while at < len(text):
        if text[at] == "'":
            end = _after_string(text, at)
            out.append(text[at:end])
            at = end
        elif text.startswith("//", at):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            out.append(" " * (end - at))
            at = end
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


_HEAD = re.compile(r"^[ ]*(resource|module) (\w+) '([^'@]+)(?:@([\w.-]+))?'( existing)?[^\n{\[]*=[^{\n]*", re.M)


def blocks(files: Mapping[str, str]) -> Iterator[Block]:
    """Every resource and module, those inside others too."""
    for file, text in files.items():
        for head in _HEAD.finditer(text):
            opened = text.index("{", head.end())
            yield Block(
                file=file,
                kind=head[1],
                symbol=head[2],
                what=head[3],
                version=head[4] or "",
                is_existing=bool(head[5]),
                body=text[opened + 1 : _closing(text, opened)],
            )


def resources(files: Mapping[str, str], what: str = "") -> list[Block]:
    """The resources that are deployed; of one type, if given."""
    found = (block for block in blocks(files) if block.kind == "resource" and not block.is_existing)
    return [block for block in found if what in ("", block.what)]


def _closing(text: str, opened: int) -> int:
    """Where the brace that opens at `opened` closes."""
    depth, at = 0, opened
    while at < len(text):
        if text[at] == "'":
            at = _after_string(text, at)
            continue
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
        at += 1
    raise ValueError("a brace is not closed")


def _after_string(text: str, opened: int) -> int:
    """Where the string that opens at `opened` is over; what is interpolated may hold strings itself."""
    at = opened + 1
    while text[at] != "'":
        if text[at] == "\\":
            at += 2
        elif text.startswith("${", at):
            at = _closing(text, at + 1) + 1
        else:
            at += 1
    return at + 1
