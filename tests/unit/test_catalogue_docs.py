"""The page and the JSON Schema about contract files are true, and the command that checks such files says what it found."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from shared.catalogue import check, parser
from shared.catalogue.parser.schema import schema
from shared.domain.errors import CatalogueError

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_published_schema_is_that_of_the_parser() -> None:
    published = (ROOT / "docs" / "catalogue.schema.json").read_text(encoding="utf-8")
    made = json.loads(json.dumps(schema()))
    assert json.loads(published) == made, "refresh it: python -m shared.catalogue.check --schema > docs/catalogue.schema.json"


def test_the_examples_of_the_page_are_toml() -> None:
    assert len(EXAMPLES) >= 4
    for example in EXAMPLES:
        tomllib.loads(example)


def test_the_complete_examples_of_the_page_load(tmp_path: Path) -> None:
    for number, example in enumerate(EXAMPLES):
        if "announces" in example or "effective_from" in example:
            (tmp_path / f"{number}.toml").write_text(example, encoding="utf-8")
    contracts = {contract.id: contract for contract in parser.load([tmp_path]).contracts}
    assert set(contracts) == {"acorn-hosting", "acorn-basic"}
    assert len(contracts["acorn-hosting"].calendars["office"].versions) == 2


def test_every_key_of_a_contract_file_is_on_the_page() -> None:
    definitions = schema()["$defs"]
    keys = {key for shape in definitions.values() for key in shape.get("properties", {})}
    assert len(keys) > 50
    assert {key for key in keys if not re.search(rf"\b{key}\b", PAGE)} == set()


def test_the_check_prints_a_line_for_each_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main([]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("zenshare-support 2026-1 from 2020-01-01 00:00 Europe/Rome: families 3, products 5, targets 18,")
    assert "calendars office v1, zucchetti v1, email v1; digest " in line


def test_the_check_prints_mistakes_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.toml").write_text('id = "x"', encoding="utf-8")
    assert check.main([str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    with pytest.raises(CatalogueError) as caught:
        parser.load([tmp_path])
    assert printed.err == caught.value.detail + "\n"


def test_the_check_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["oneOf"] == [
        {"$ref": "#/$defs/ContractFile"},
        {"$ref": "#/$defs/AnnouncementFile"},
    ]
