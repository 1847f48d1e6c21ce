"""The commands of the guide, the hooks and the pipeline are ones that a real `az` knows, with these flags (az_commands.json)."""

import pytest

from tests.infra import az_commands


def known() -> dict[str, list[str]]:
    record = az_commands.record()
    commands, extensions = record["commands"], record["of_extensions"]
    assert isinstance(commands, dict) and isinstance(extensions, dict)
    return {**commands, **extensions}


def test_every_command_and_flag_that_is_written_is_known() -> None:
    files = az_commands.written()
    found = list(az_commands.used(files))
    assert len(found) > 50 and len({name for name, *_ in found}) > 10
    assert az_commands.wrong(files, known()) == []


def test_nothing_is_kept_of_commands_that_nobody_uses() -> None:
    assert {command for _, command, _ in az_commands.used(az_commands.written())} == known().keys()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("az group create --name x --location y", []),
        ("az group create \\\n    --nam x", ["f: az group create --nam"]),
        ('x="$(az group creat --name x)"', ["f: az group creat"]),
        ("`az functionapp stop`", []),
        ("azd env new x", []),
        ("az keyvault secret set --vault-name x \\\n  --exprires y", ["f: az keyvault secret set --exprires"]),
    ],
)
def test_what_there_is_not_would_be_noticed(line: str, said: list[str]) -> None:
    assert az_commands.wrong({"f": line}, known()) == said
