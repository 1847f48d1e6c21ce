"""What the compiler, its linter and checkov are told to leave out: each with a reason, and each reason true."""

import json
import re

import pytest

from tests.infra import access_rules
from tests.infra.bicep_text import INFRA, ROOT

CHECKOV = (INFRA / ".checkov.yaml").read_text()
CONFIG = (INFRA / "bicepconfig.json").read_text()


def bicep() -> str:
    return "\n".join(path.read_text() for path in [*INFRA.rglob("*.bicep"), *INFRA.glob("*.bicepparam")])


def unexplained(files: str, checkov: str) -> list[str]:
    left_out = [line for line in checkov.partition("skip-check:")[2].splitlines() if line.strip().startswith("- ")]
    found = [line for line in left_out if not re.fullmatch(r"  - CKV_\w+ +# .{8,}", line)]
    found += [] if left_out else ["nothing is left out?"]
    found += [
        line for line in files.splitlines() if "#disable-" in line and not re.search(r"#disable-next-line [\w-]+ // .{8,}", line)
    ]
    return found + re.findall(r".*checkov:skip.*", files)


def test_each_has_a_reason() -> None:
    assert unexplained(bicep(), CHECKOV) == []


@pytest.mark.parametrize(
    ("files", "checkov"),
    [
        ("#disable-next-line BCP037\n", ""),
        ("#disable-diagnostics BCP037 // for the rest of the file\n", ""),
        ("// checkov:skip=CKV_AZURE_33: as a comment\n", ""),
        ("", "  - CKV_AZURE_33\n"),
        ("", "  - CKV_AZURE_33  #\n"),
    ],
)
def test_one_without_a_reason_is_noticed(files: str, checkov: str) -> None:
    assert unexplained(bicep() + files, CHECKOV.rstrip("\n") + "\n" + checkov) != []


def test_what_the_reasons_name_is_there() -> None:
    named = re.findall(r"([\w/]+\.(?:py|bicep)) ?(?:\((\w+)\))?", CHECKOV)
    assert named
    for path, function in named:
        file = ROOT / path if path.startswith("tests/") else INFRA / path
        assert file.exists(), path
        assert not function or any(rule.__name__ == function for rule in access_rules.RULES), function
    main = (INFRA / "main.bicep").read_text()
    parameters = re.findall(r"# [\w ,]+: (?:parameter )?((?:is|uses|storage|always)\w+)", CHECKOV)
    assert len(parameters) >= 5 and all(f"\nparam {name} " in main for name in parameters)


def test_every_rule_of_the_linter_is_an_error_but_the_one_that_a_rule_of_ours_replaces() -> None:
    levels = {name: rule["level"] for name, rule in json.loads(CONFIG)["analyzers"]["core"]["rules"].items()}
    assert len(levels) >= 11 and {name for name, level in levels.items() if level != "error"} == {"use-recent-api-versions"}
    assert json.loads(CONFIG)["analyzers"]["core"].get("enabled", True)
    assert "`use-recent-api-versions`" in (ROOT / "docs" / "operations" / "README.md").read_text()
