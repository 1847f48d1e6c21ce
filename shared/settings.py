"""The environment, parsed once. All that is wrong is said at once, a sentence a setting, before anything starts."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from shared.adapters import connection
from shared.adapters.portal_webhooks import secret_bytes
from shared.domain.errors import SportelloError

_CATALOGUE = Path(__file__).resolve().parent / "catalogue"
_UNRESOLVED = "the secret is not there, or the app's identity may not read it yet"


class SettingsInvalid(SportelloError):
    """The environment lacks settings, or holds wrong ones. `mistakes` has a sentence for each; no sentence repeats a value."""

    kind = "settings-invalid"

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(["Sportello cannot start with these settings:", *(f"- {mistake}" for mistake in mistakes)]))
        self.mistakes = tuple(mistakes)


def _accepted(check: Callable[[str], object]) -> Callable[[str], str]:
    """A validator out of a function that raises for a wrong text; the text is kept as it is."""

    def validate(text: str) -> str:
        try:
            check(text)
        except SportelloError:
            raise ValueError from None
        return text

    return validate


def _secrets(text: str) -> list[str]:
    return [_accepted(secret_bytes)(secret) for secret in text.split()]


def _directories(text: str) -> list[Path]:
    paths = [Path(part) for part in text.split(os.pathsep) if part]
    if missing := [str(path) for path in paths if not path.is_dir()]:
        raise ValueError(f"no such folder: {', '.join(missing)}")
    return paths


def _address(text: str) -> str:
    """An absolute URL without a final slash: https, or http on this machine."""
    url = urlsplit(text)
    safe = url.scheme == "https" or (url.scheme == "http" and connection.is_loopback(text))
    if not (safe and url.hostname) or url.username or url.query or url.fragment:
        raise ValueError
    return text.rstrip("/")


def _resource(text: str) -> str:
    if not text.startswith("https://"):  # an identity's token never travels in the clear
        raise ValueError
    return _address(text)


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError
    return text.lower() == "true"


class Settings(BaseModel):
    """One field a setting, named as the variable in lower case. The descriptions complete "<NAME> must be …"."""

    model_config = ConfigDict(frozen=True, alias_generator=str.upper, hide_input_in_errors=True)

    storage_account_name: Annotated[
        str | None,
        Field(pattern="^[a-z0-9]{3,24}$", description="the name of a storage account: 3 to 24 small letters and digits"),
    ] = None
    storage_connection_string: Annotated[
        SecretStr | None,
        BeforeValidator(_accepted(connection.loopback_queues)),
        Field(description="an emulator's connection string with Table-, Blob- and QueueEndpoint on this machine (127.0.0.1)"),
    ] = None
    mail_endpoint: Annotated[
        str | None,
        BeforeValidator(_resource),
        Field(description="the https URL of a Communication Services resource"),
    ] = None
    mail_connection_string: Annotated[
        SecretStr | None,
        BeforeValidator(_accepted(connection.loopback_mail)),
        Field(description="endpoint=http://127.0.0.1:<port>/;accesskey=<base64>, a mail service on this machine"),
    ] = None
    mail_sender: Annotated[
        str, Field(pattern=r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$", description="the e-mail address that messages are sent from")
    ]
    portal_webhook_secrets: Annotated[
        tuple[SecretStr, ...],
        BeforeValidator(_secrets),
        Field(description="webhook secrets with spaces between them, each whsec_ and 24 to 64 bytes in base64"),
    ]
    witness_webhook_secrets: Annotated[
        tuple[SecretStr, ...],
        BeforeValidator(_secrets),
        Field(description="webhook secrets with spaces between them, each whsec_ and 24 to 64 bytes in base64"),
    ] = ()
    public_url: Annotated[
        str,
        BeforeValidator(_address),
        Field(description="the URL people reach the desk by: https, or http on this machine, without query"),
    ]
    link_secret: Annotated[SecretStr, Field(min_length=32, description="at least 32 random characters")]
    tick_key: Annotated[SecretStr | None, Field(min_length=32, description="at least 32 random characters")] = None
    azure_client_id: Annotated[
        str | None,
        Field(pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", description="the UUID of a managed identity"),
    ] = None
    website_auth_enabled: Annotated[
        bool,
        BeforeValidator(_truth),
        Field(description="True or False; App Service sets it itself where its authentication is on, nobody else should"),
    ] = False
    python_applicationinsights_enable_telemetry: Annotated[
        bool,
        BeforeValidator(_truth),
        Field(description="true or false; the Python worker reads it too"),
    ] = False
    agenda_shards: Annotated[int, Field(ge=1, le=64, description="a whole number from 1 to 64")] = 1
    mail_per_minute: Annotated[int, Field(ge=1, description="a whole number, 1 or more")] = 30
    mail_per_hour: Annotated[int, Field(ge=1, description="a whole number, 1 or more")] = 100
    catalogue_path: Annotated[
        tuple[Path, ...],
        BeforeValidator(_directories),
        Field(description=f"existing folders with contract files, with {os.pathsep!r} between them"),
    ] = (_CATALOGUE,)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """The settings in `environ`; an empty variable counts as absent. SettingsInvalid lists all mistakes."""
        names = [name.upper() for name in cls.model_fields]
        given = {name: value for name in names if (value := environ.get(name, "").strip())}
        unresolved = [name for name, value in given.items() if value.lower().startswith("@microsoft.keyvault(")]
        mistakes = [f"{name} is a reference to Key Vault that was not resolved: {_UNRESOLVED}." for name in unresolved]
        mistakes += _not_exactly_one(given, "STORAGE_ACCOUNT_NAME", "STORAGE_CONNECTION_STRING")
        mistakes += _not_exactly_one(given, "MAIL_ENDPOINT", "MAIL_CONNECTION_STRING")
        try:
            settings = cls.model_validate(given)
        except ValidationError as error:
            wrong = [(str(each["loc"][0]), each) for each in error.errors()]
            mistakes += [_sentence(cls, name, each["type"], each["msg"]) for name, each in wrong if name not in unresolved]
        if mistakes:
            raise SettingsInvalid(mistakes)
        return settings


def _not_exactly_one(given: Mapping[str, str], deployed: str, local: str) -> list[str]:
    if deployed in given and local in given:
        return [f"{deployed} and {local} are both set: set {deployed} in Azure, {local} on a developer's machine."]
    if deployed not in given and local not in given:
        return [f"{deployed} is missing (or, on a developer's machine, {local})."]
    return []


def _sentence(settings: type[Settings], name: str, type: str, message: str) -> str:
    must_be = f"{name} must be {settings.model_fields[name.lower()].description}"
    if type == "missing":
        return f"{must_be}; it is missing."
    reason = message.removeprefix("Value error, ").rstrip(".") if type == "value_error" else ""
    return f"{must_be}; {reason or 'it is not'}."
