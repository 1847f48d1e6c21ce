"""Reads the files of a catalogue, gathers every mistake, and only when there is none makes the contracts."""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import combinations
from pathlib import Path

from pydantic import ValidationError

from shared.catalogue.parser.building import contract_of
from shared.catalogue.parser.document import AnnouncementFile, ContractFile
from shared.catalogue.parser.mistakes import sentences
from shared.catalogue.parser.names import Names, merged
from shared.catalogue.parser.scalars import Shape
from shared.domain.contract import Catalogue
from shared.domain.errors import CatalogueError

ANNOUNCEMENTS = "announcements"
"""The folder inside a catalogue's folder that is read as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file as it was read: its content is TOML, and nothing more is known of it."""

    path: Path
    content: Mapping[str, object]

    @property
    def is_announcement(self) -> bool:
        return "announces" in self.content

    @property
    def is_of_services(self) -> bool:
        """Which services are watched: `services.load_services` reads it."""
        return "services" in self.content and "id" not in self.content


def load(paths: Sequence[Path]) -> Catalogue:
    """Every contract in the files and folders, with what has been announced about its calendars.

    Raises CatalogueError: a line for each mistake, which names the file, the key and what is allowed; all mistakes of all files.
    """
    mistakes: list[str] = []
    sources = [source for source in read(paths, mistakes) if not source.is_of_services]
    is_complete = not mistakes
    contracts = [source for source in sources if not source.is_announcement]
    published = [(source, file) for source in contracts if (file := _contract_file(source, mistakes))]
    _check_apart(published, mistakes)
    announced: list[AnnouncementFile] = []
    if is_complete:  # the contract that an announcement is for may be the file that could not be read
        announced = _announced(sources, mistakes)
        if not contracts:
            mistakes.append(f"There is no contract in {', '.join(map(str, paths)) or 'an empty list of paths'}.")
    if mistakes:
        raise CatalogueError("\n".join(mistakes), mistakes=tuple(mistakes))
    return Catalogue(
        contracts=tuple(
            contract_of(file, digest(source.content), [each for each in announced if each.announces == file.id])
            for source, file in published
        )
    )


def digest(content: Mapping[str, object]) -> str:
    """SHA-256, in hex, of the content as canonical JSON: comments, layout and the order of keys do not change it."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_as_json)
    return sha256(canonical.encode()).hexdigest()


def read(paths: Sequence[Path], mistakes: list[str]) -> Iterator[Source]:
    """Every file in the files and folders, each once; those that cannot be read are mistakes."""
    seen: set[Path] = set()
    for path in paths:
        for file in _files(path):
            if file.resolve() not in seen:
                seen.add(file.resolve())
                try:
                    yield Source(path=file, content=_content(file))
                except (OSError, ValueError) as unreadable:
                    mistakes.append(f"{file}: {_unreadable(unreadable)}")


def _files(path: Path) -> list[Path]:
    """A file as it is; of a folder, its TOML files and those of its announcements, in the order of their names."""
    if path.is_dir():
        return sorted(path.glob("*.toml")) + sorted((path / ANNOUNCEMENTS).glob("*.toml"))
    return [path]


def _content(path: Path) -> Mapping[str, object]:
    text = path.read_bytes().decode("utf-8-sig")  # editors on Windows put a byte order mark in front
    content = tomllib.loads(text, parse_float=Decimal)  # 99.95 stays 99.95
    if not content:
        raise ValueError("is empty; docs/catalogue.md shows what a contract file holds")
    return content


def _unreadable(error: OSError | ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        line = error.object[: error.start].count(b"\n") + 1
        return f"line {line} is not UTF-8 (byte 0x{error.object[error.start]:02x}); save the file as UTF-8."
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror})."
    if isinstance(error, tomllib.TOMLDecodeError):
        return f"is not TOML: {error}."
    return f"{error}."


def _contract_file(source: Source, mistakes: list[str]) -> ContractFile | None:
    return valid(ContractFile, source, Names.of(source.content), mistakes)


def _announced(sources: Sequence[Source], mistakes: list[str]) -> list[AnnouncementFile]:
    """Every announcement, oldest first."""
    contracts = [source.content for source in sources if not source.is_announcement]
    files = [
        valid(AnnouncementFile, source, _names_for(source.content["announces"], contracts), mistakes)
        for source in sources
        if source.is_announcement
    ]
    return sorted((file for file in files if file), key=lambda file: file.announced_at)


def _names_for(contract: object, contents: Sequence[Mapping[str, object]]) -> Names:
    """What an announcement may name. When it is for a contract that is not there, that alone is its mistake."""
    versions = [content for content in contents if content.get("id") == contract] or contents
    return merged(map(Names.of, versions), contracts=(str(content.get("id")) for content in contents))


def valid[S: Shape](shape: type[S], source: Source, names: Names, mistakes: list[str]) -> S | None:
    """The file as its shape; or None, and a line for each mistake."""
    try:
        return shape.model_validate(source.content, context=names)
    except ValidationError as wrong:
        mistakes += [f"{source.path}: {sentence}" for sentence in sentences(wrong, shape)]
        return None


def _check_apart(published: Sequence[tuple[Source, ContractFile]], mistakes: list[str]) -> None:
    """Two versions of a contract differ in name and in the instant from which they hold."""
    for (source, one), (another_source, another) in combinations(published, 2):
        if one.id != another.id:
            continue
        for key in ("version", "effective_from"):
            if getattr(one, key) == getattr(another, key):
                mistakes.append(
                    f"{another_source.path}: {key} is the same as in {source.path}, which is also the contract {one.id!r}; "
                    f"each version needs its own."
                )


def _as_json(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot stand in a contract file")
