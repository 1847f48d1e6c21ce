"""The environment is parsed once; what is wrong is said in one go, without repeating a secret."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import ValidationError

from shared import app
from shared.adapters import blobs, tables
from shared.domain.errors import InvalidInput
from shared.settings import Settings, SettingsInvalid

SECRET = "whsec_" + "QUJD" * 8
KEY = "c2VjcmV0"
LOCAL = {
    "STORAGE_CONNECTION_STRING": f"AccountName=dev;AccountKey={KEY};TableEndpoint=http://127.0.0.1:10002/dev;BlobEndpoint=http://127.0.0.1:10000/dev;QueueEndpoint=http://127.0.0.1:10001/dev",
    "MAIL_CONNECTION_STRING": f"endpoint=http://127.0.0.1:7071/;accesskey={KEY}",
    "MAIL_SENDER": "support@sportello.example",
    "PORTAL_WEBHOOK_SECRETS": SECRET,
    "PUBLIC_URL": "http://127.0.0.1:7071",
    "LINK_SECRET": "x" * 32,
}
DEPLOYED = {
    "STORAGE_ACCOUNT_NAME": "sportello01",
    "MAIL_ENDPOINT": "https://sportello.europe.communication.azure.com/",
    "MAIL_SENDER": "donotreply@0a1b2c.azurecomm.net",
    "PORTAL_WEBHOOK_SECRETS": f"{SECRET} {SECRET[:-4]}QUJE",
    "PUBLIC_URL": "https://desk.example.com/",
    "LINK_SECRET": "x" * 32,
    "AZURE_CLIENT_ID": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "AGENDA_SHARDS": "4",
    "MAIL_PER_MINUTE": "5",
    "MAIL_PER_HOUR": "10",
}


def mistakes(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsInvalid) as caught:
        Settings.from_environ(environ)
    return caught.value.mistakes


def test_a_developers_machine_needs_six_settings_and_has_defaults_for_the_rest() -> None:
    settings = Settings.from_environ(LOCAL)
    assert settings.storage_connection_string is not None
    assert settings.storage_connection_string.get_secret_value() == LOCAL["STORAGE_CONNECTION_STRING"]
    assert (settings.storage_account_name, settings.mail_endpoint, settings.azure_client_id) == (None, None, None)
    assert (settings.agenda_shards, settings.mail_per_minute, settings.mail_per_hour) == (1, 30, 100)
    [catalogue] = settings.catalogue_path
    assert catalogue == Path(__file__).parents[2] / "shared" / "catalogue"


def test_azure_needs_names_and_no_keys() -> None:
    settings = Settings.from_environ(DEPLOYED)
    assert settings.storage_account_name == "sportello01"
    assert settings.mail_endpoint == "https://sportello.europe.communication.azure.com"
    assert settings.public_url == "https://desk.example.com"
    assert settings.azure_client_id == DEPLOYED["AZURE_CLIENT_ID"]
    assert [secret.get_secret_value() for secret in settings.portal_webhook_secrets] == DEPLOYED["PORTAL_WEBHOOK_SECRETS"].split()
    assert (settings.agenda_shards, settings.mail_per_minute, settings.mail_per_hour) == (4, 5, 10)


def test_without_secrets_of_its_own_there_is_no_second_witness() -> None:
    assert Settings.from_environ(LOCAL).witness_webhook_secrets == ()
    assert app.wire(Settings.from_environ(LOCAL)).witness is None
    settings = Settings.from_environ(LOCAL | {"WITNESS_WEBHOOK_SECRETS": DEPLOYED["PORTAL_WEBHOOK_SECRETS"]})
    assert len(settings.witness_webhook_secrets) == 2
    assert app.wire(settings).witness is not None


@pytest.mark.parametrize("name", ["PORTAL_WEBHOOK_SECRETS", "WITNESS_WEBHOOK_SECRETS", "LINK_SECRET", "TICK_KEY"])
@pytest.mark.parametrize(
    "reference", ["@Microsoft.KeyVault(SecretUri=https://kv-1.vault.azure.net/secrets/a-secret)", "@microsoft.keyvault(V"]
)
def test_a_reference_that_was_not_resolved_is_no_secret(name: str, reference: str) -> None:
    """App Service leaves the reference itself in the variable: long enough for a key, and known to everybody."""
    [said] = mistakes(DEPLOYED | {name: reference})
    assert said.startswith(f"{name} is a reference to Key Vault that was not resolved: ") and "kv-1" not in said


def test_without_a_key_of_its_own_the_watchdogs_door_is_shut() -> None:
    assert Settings.from_environ(LOCAL).tick_key is None
    assert app.wire(Settings.from_environ(LOCAL)).opens_tick is None
    assert app.wire(Settings.from_environ(LOCAL | {"TICK_KEY": "y" * 32})).opens_tick is not None


def test_an_empty_environment_names_all_that_is_missing_at_once() -> None:
    said = mistakes({})
    expected = ["STORAGE_ACCOUNT_NAME", "MAIL_ENDPOINT", "MAIL_SENDER", "PORTAL_WEBHOOK_SECRETS", "PUBLIC_URL", "LINK_SECRET"]
    assert [sentence.split()[0] for sentence in said] == expected
    assert all("missing" in sentence and sentence.endswith(".") for sentence in said)
    with pytest.raises(SettingsInvalid) as caught:
        Settings.from_environ({})
    assert str(caught.value).count("\n- ") == 6


def test_all_mistakes_are_listed_at_once() -> None:
    wrong = LOCAL | {
        "STORAGE_ACCOUNT_NAME": "x",
        "MAIL_SENDER": "nobody",
        "AGENDA_SHARDS": "0",
        "PUBLIC_URL": "http://desk.example.com",
    }
    assert sorted(sentence.split()[0] for sentence in mistakes(wrong)) == [
        "AGENDA_SHARDS",
        "MAIL_SENDER",
        "PUBLIC_URL",
        "STORAGE_ACCOUNT_NAME",
        "STORAGE_ACCOUNT_NAME",
    ]


@pytest.mark.parametrize(
    ("one", "other"), [("STORAGE_ACCOUNT_NAME", "STORAGE_CONNECTION_STRING"), ("MAIL_ENDPOINT", "MAIL_CONNECTION_STRING")]
)
def test_exactly_one_of_two_is_set(one: str, other: str) -> None:
    [both] = mistakes(LOCAL | {one: DEPLOYED[one]})
    assert one in both
    assert other in both
    [neither] = mistakes({name: value for name, value in LOCAL.items() if name != other})
    assert one in neither
    assert other in neither


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STORAGE_ACCOUNT_NAME", "Has-Capitals"),
        ("STORAGE_ACCOUNT_NAME", "x" * 25),
        ("MAIL_ENDPOINT", "http://sportello.communication.azure.com"),
        ("MAIL_ENDPOINT", "http://127.0.0.1:7071"),
        ("MAIL_ENDPOINT", "sportello.communication.azure.com"),
        ("MAIL_SENDER", "a@b"),
        ("MAIL_SENDER", "a b@c.example"),
        ("MAIL_SENDER", "Desk <a@b.example>"),
        ("PORTAL_WEBHOOK_SECRETS", "whsec_c2hvcnQ="),
        ("PORTAL_WEBHOOK_SECRETS", f"{SECRET} secret"),
        ("WITNESS_WEBHOOK_SECRETS", "whsec_c2hvcnQ="),
        ("WITNESS_WEBHOOK_SECRETS", f"{SECRET},{SECRET}"),
        ("PUBLIC_URL", "http://desk.example.com"),
        ("PUBLIC_URL", "http://127.0.0.1.example.com"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "desk.example.com"),
        ("PUBLIC_URL", "https://desk.example.com/?a=b"),
        ("PUBLIC_URL", "https://user:word@desk.example.com"),
        ("PUBLIC_URL", "https://[::1"),
        ("LINK_SECRET", "x" * 31),
        ("TICK_KEY", "x" * 31),
        ("AZURE_CLIENT_ID", "sportello"),
        ("AGENDA_SHARDS", "two"),
        ("AGENDA_SHARDS", "2.5"),
        ("AGENDA_SHARDS", "65"),
        ("MAIL_PER_MINUTE", "0"),
        ("MAIL_PER_HOUR", "-1"),
        ("CATALOGUE_PATH", "/no/such/folder"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_its_setting(name: str, value: str) -> None:
    [sentence] = mistakes(DEPLOYED | {name: value})
    assert sentence.startswith(f"{name} must be ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STORAGE_CONNECTION_STRING", f"AccountName=desk;AccountKey={KEY};EndpointSuffix=core.windows.net"),
        ("STORAGE_CONNECTION_STRING", f"AccountName=desk;AccountKey={KEY};TableEndpoint=https://desk.table.core.windows.net"),
        ("STORAGE_CONNECTION_STRING", LOCAL["STORAGE_CONNECTION_STRING"].replace("127.0.0.1:10000", "10.0.0.1:10000")),
        ("STORAGE_CONNECTION_STRING", LOCAL["STORAGE_CONNECTION_STRING"].replace("127.0.0.1", "127.0.0.1@desk.example")),
        ("STORAGE_CONNECTION_STRING", "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://desk.example"),
        ("STORAGE_CONNECTION_STRING", "TableEndpoint=http://[::1;BlobEndpoint=http://[::1"),
        ("STORAGE_CONNECTION_STRING", LOCAL["STORAGE_CONNECTION_STRING"].replace(";BlobEndpoint", "; BlobEndpoint")),
        ("STORAGE_CONNECTION_STRING", LOCAL["STORAGE_CONNECTION_STRING"].split(";Blob")[0] + ";EndpointSuffix=core.windows.net"),
        ("MAIL_CONNECTION_STRING", f"endpoint=https://desk.communication.azure.com/;accesskey={KEY}"),
    ],
)
def test_a_connection_string_is_only_for_this_machine(name: str, value: str) -> None:
    [sentence] = mistakes(LOCAL | {name: value})
    assert sentence.startswith(name)
    assert "this machine" in sentence


@pytest.mark.parametrize(
    "value",
    [
        "UseDevelopmentStorage=true",
        LOCAL["STORAGE_CONNECTION_STRING"].replace("127.0.0.1", "[::1]"),
        LOCAL["STORAGE_CONNECTION_STRING"].replace("127.0.0.1", "localhost"),
    ],
)
def test_an_emulator_on_this_machine_is_accepted(value: str) -> None:
    settings = Settings.from_environ(LOCAL | {"STORAGE_CONNECTION_STRING": value})
    assert settings.storage_connection_string is not None


def test_no_secret_is_repeated_in_a_sentence_or_shown_in_a_log() -> None:
    secrets = {
        "PORTAL_WEBHOOK_SECRETS": "whsec_TOPSECRET",
        "LINK_SECRET": "TOPSECRET",
        "TICK_KEY": "TOPSECRET",
        "STORAGE_CONNECTION_STRING": "AccountKey=TOPSECRET;TableEndpoint=https://x.example",
        "MAIL_CONNECTION_STRING": "endpoint=https://x.example;accesskey=TOPSECRET",
    }
    with pytest.raises(SettingsInvalid) as caught:
        Settings.from_environ(LOCAL | secrets)
    assert len(caught.value.mistakes) == 5
    assert "TOPSECRET" not in str(caught.value)
    chain = caught.value.__cause__ or caught.value.__context__
    assert "TOPSECRET" not in str(chain)
    settings = Settings.from_environ(LOCAL | {"TICK_KEY": "y" * 32})
    for secret in (SECRET, KEY, "x" * 32, "y" * 32):
        assert secret not in repr(settings)
        assert secret not in str(settings.model_dump())


def test_an_empty_variable_counts_as_absent_and_space_around_a_value_does_not_count() -> None:
    settings = Settings.from_environ(
        LOCAL | {"STORAGE_ACCOUNT_NAME": " ", "AGENDA_SHARDS": "", "MAIL_PER_HOUR": " 7 ", "UNKNOWN": "x"}
    )
    assert (settings.storage_account_name, settings.agenda_shards, settings.mail_per_hour) == (None, 1, 7)


def test_the_catalogue_may_be_several_folders(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    settings = Settings.from_environ(LOCAL | {"CATALOGUE_PATH": os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "b")])})
    assert settings.catalogue_path == (tmp_path / "a", tmp_path / "b")
    [sentence] = mistakes(LOCAL | {"CATALOGUE_PATH": os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "c")])})
    assert str(tmp_path / "c") in sentence


@pytest.mark.parametrize("module", [tables, blobs])
def test_the_stores_too_take_a_connection_string_only_for_this_machine(module: ModuleType) -> None:
    for wrong in ("", "AccountName=desk;AccountKey=a2V5;EndpointSuffix=core.windows.net", "TableEndpoint=http://[::1"):
        with pytest.raises(InvalidInput, match="STORAGE_ACCOUNT_NAME"):
            module.from_connection_string(wrong)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings.from_environ(LOCAL).agenda_shards = 3


def test_the_adapters_import_no_client_before_it_is_needed() -> None:
    """Building all adapters for Azure may load azure.data.tables and none of the slow libraries."""
    code = """
import sys
from shared import settings
from shared.adapters import acs_mail, blobs, memory, portal_webhooks, tables
tables.from_account("desk", "0f8fad5b-d9cb-469f-a165-70867728950e")
blobs.from_account("desk")
acs_mail.from_endpoint("https://desk.example", "a@b.example")
tables.from_connection_string("UseDevelopmentStorage=true")
late = ("azure.identity", "azure.communication", "requests", "msal", "cryptography", "jinja2", "holidays")
print([name for name in late if name in sys.modules])
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
