"""Every setting that the code reads is set by the infrastructure, and none is set that nobody reads."""

import re
from collections.abc import Mapping

import pytest

from shared.actions.ports import Table
from shared.adapters.blobs import CONTAINER
from shared.adapters.mail_reports import QUEUE
from shared.settings import Settings
from tests.infra.bicep_text import ROOT, project

NOT_SET_IN_AZURE = {
    "STORAGE_CONNECTION_STRING": "an emulator's; refused outside this machine",
    "MAIL_CONNECTION_STRING": "a mail service on this machine; refused elsewhere",
    "WEBSITE_AUTH_ENABLED": "App Service sets it where its authentication is on; by hand it would let anybody be anybody",
    "CATALOGUE_PATH": "the contracts are in the package; its default is where they are",
}
"""Settings that the code knows and the infrastructure must not set, and why."""

READ_BY_THE_PLATFORM = {
    "AzureWebJobsStorage__accountName": "Functions host: leases, keys",
    "AzureWebJobsStorage__credential": "Functions host: by managed identity",
    "AzureWebJobsStorage__clientId": "Functions host: which identity",
    "APPLICATIONINSIGHTS_CONNECTION_STRING": "Functions host and worker: where telemetry goes",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "Functions host and worker: telemetry by identity",
    "PYTHON_THREADPOOL_THREAD_COUNT": "Python worker: requests at once",
    "AzureFunctionsJobHost__telemetryMode": "Functions host: leaves to the worker what the worker sends itself (opt-in)",
    "OTEL_TRACES_EXPORTER": "OpenTelemetry: no spans, whose URLs hold keys of rows (opt-in)",
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "OpenTelemetry: likewise (opt-in)",
    "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID": "App Service authentication: the identity that stands for a client secret",
}
"""Settings that no line of ours reads, and who does."""


def set_by(files: Mapping[str, str]) -> set[str]:
    """The names of all app settings in the Bicep files."""
    settings = re.search(r"\n    settings: \{\n(.*?)\n    \}\n", files["main.bicep"], re.S)
    ours = re.search(r"properties: union\(settings, ofWorker, ofSignIn, \{\n(.*?)\n  \}\)", files["modules/app.bicep"], re.S)
    optional = re.findall(r"^var of(?:Worker|SignIn) =.*?\{(\s[^}]+)\}", files["modules/app.bicep"], re.M | re.S)
    assert settings and ours and len(optional) == 2
    return set(re.findall(r"(?:^|\s)(\w+): ['a-z]", "\n".join([settings[1], ours[1], *optional]), re.M))


def read_by_the_code() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def disagreements(files: Mapping[str, str], read: set[str]) -> list[str]:
    given = set_by(files)
    missing = read - given - NOT_SET_IN_AZURE.keys()
    unread = given - read - READ_BY_THE_PLATFORM.keys()
    forbidden = given & NOT_SET_IN_AZURE.keys()
    return [
        *(f"not set: {n}" for n in missing),
        *(f"nobody reads: {n}" for n in unread),
        *(f"must not be set: {n}" for n in forbidden),
    ]


def test_every_setting_that_is_read_is_set_and_none_else() -> None:
    assert disagreements(project(), read_by_the_code()) == []


def test_the_lists_of_exceptions_hold_nothing_stale() -> None:
    assert NOT_SET_IN_AZURE.keys() <= read_by_the_code()
    assert READ_BY_THE_PLATFORM.keys() <= set_by(project())
    assert not READ_BY_THE_PLATFORM.keys() & read_by_the_code()


@pytest.mark.parametrize("name", sorted(read_by_the_code() - NOT_SET_IN_AZURE.keys()))
def test_a_setting_that_is_taken_away_is_missed(name: str) -> None:
    files = {file: re.sub(rf"\n\s+{name}: [^\n]+", "", text) for file, text in project().items()}
    assert disagreements(files, read_by_the_code()) == [f"not set: {name}"]


def test_a_setting_too_many_is_noticed() -> None:
    files = project()
    files["main.bicep"] = files["main.bicep"].replace("    settings: {\n", "    settings: {\n      OLD_SETTING: 'x'\n")
    assert disagreements(files, read_by_the_code()) == ["nobody reads: OLD_SETTING"]


def test_a_setting_that_the_code_begins_to_read_is_missed() -> None:
    assert disagreements(project(), read_by_the_code() | {"NEW_SETTING"}) == ["not set: NEW_SETTING"]


def test_sign_in_is_never_switched_on_by_hand() -> None:
    files = project()
    files["main.bicep"] = files["main.bicep"].replace(
        "    settings: {\n", "    settings: {\n      WEBSITE_AUTH_ENABLED: 'True'\n"
    )
    assert disagreements(files, read_by_the_code()) == ["must not be set: WEBSITE_AUTH_ENABLED"]


def test_settings_are_the_only_place_where_the_environment_is_read() -> None:
    for path in [ROOT / "function_app.py", *ROOT.glob("functions/**/*.py"), *ROOT.glob("shared/**/*.py")]:
        readers = re.findall(r"os\.environ|getenv", path.read_text())
        assert readers == (["os.environ"] if path == ROOT / "shared" / "app.py" else []), path


def test_tables_container_and_queue_are_called_as_the_code_calls_them() -> None:
    main = project()["main.bicep"]
    tables = re.search(r"var deskTables = \[(.*)\]", main)
    assert tables and set(re.findall(r"'(\w+)'", tables[1])) == {table.value for table in Table}
    assert f"var deskContainer = '{CONTAINER}'" in main
    assert f"var reportsQueue = '{QUEUE}'" in main
    assert f"var directoryTable = '{Table.SYSTEM}'" in main


def test_lifecycle_rules_are_about_the_names_that_blobs_get() -> None:
    prefixes = re.findall(r"prefix: '\$\{deskContainer\}/(\w+)/', blobType: '(\w+)'", project()["main.bicep"])
    code = "\n".join(path.read_text() for path in (ROOT / "shared" / "actions").rglob("*.py"))
    named = {(name, "blockBlob") for name in re.findall(r'f"(\w+)/\{hashlib', code)}
    named |= {(name, "appendBlob") for name in re.findall(r'blobs\.append\(f"(\w+)/', code)}
    assert set(prefixes) == named


def test_secrets_are_references_to_the_vault() -> None:
    main = project()["main.bicep"]
    secret = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    for name in secret - NOT_SET_IN_AZURE.keys():
        assert re.search(rf"{name}: '@Microsoft\.KeyVault\(SecretUri=\$\{{vault\.outputs\.uri\}}secrets/", main), name
