"""The project's own rules for its infrastructure. Each is a function of the Bicep files that answers what breaks it."""

import re
from collections.abc import Callable, Mapping

from tests.infra.bicep_text import Block, blocks, resources

Files = Mapping[str, str]

VERSIONS = {
    "Microsoft.Authorization/locks": "2020-05-01",
    "Microsoft.Authorization/roleAssignments": "2022-04-01",
    "Microsoft.Communication": "2025-09-01",
    "Microsoft.Consumption/budgets": "2023-11-01",
    "Microsoft.EventGrid": "2025-02-15",
    "Microsoft.Insights/actionGroups": "2023-01-01",
    "Microsoft.Insights/components": "2020-02-02",
    "Microsoft.Insights/diagnosticSettings": "2021-05-01-preview",  # no stable version is usable
    "Microsoft.Insights/metricAlerts": "2018-03-01",
    "Microsoft.Insights/scheduledQueryRules": "2026-03-01",
    "Microsoft.Insights/webtests": "2022-06-15",
    "Microsoft.Insights/workbooks": "2023-06-01",
    "Microsoft.KeyVault/vaults": "2026-02-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "2024-11-30",
    "Microsoft.Network/privateDnsZones": "2024-06-01",
    "Microsoft.Network": "2025-05-01",
    "Microsoft.OperationalInsights": "2025-07-01",
    "Microsoft.Storage": "2025-06-01",
    "Microsoft.Web": "2025-03-01",
}
"""One version a type (or a provider), tried together; the longest name that fits counts."""

WATCHED = (
    "Microsoft.Communication/communicationServices",
    "Microsoft.EventGrid/systemTopics",
    "Microsoft.KeyVault/vaults",
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.Storage/storageAccounts/blobServices",
    "Microsoft.Storage/storageAccounts/queueServices",
    "Microsoft.Storage/storageAccounts/tableServices",
    "Microsoft.Web/sites",
)
"""Services that say what happens in them: each must have diagnostic settings."""


def no_key(files: Files) -> list[str]:
    """Nothing asks for a key, holds one, or hands one out."""
    words = r"(?i)\blist\w*keys?\b|\blist\w*sas\b|accountkey=|sharedaccesskey|primarykey\b|primaryconnectionstring|sig=|whsec_"
    return [f"{file}: {found[0]}" for file, text in files.items() for found in re.finditer(words, text)]


def no_public_blob(files: Files) -> list[str]:
    """Accounts take no shared key and nothing public; containers neither."""
    wanted = {
        "Microsoft.Storage/storageAccounts": (
            "allowSharedKeyAccess: false",
            "allowBlobPublicAccess: false",
            "allowCrossTenantReplication: false",
        ),
        "Microsoft.Storage/storageAccounts/blobServices/containers": ("publicAccess: 'None'",),
    }
    return _lacking(files, wanted)


def tls_1_2(files: Files) -> list[str]:
    """Nothing is reached without TLS, or with less than 1.2."""
    wanted = {
        "Microsoft.Storage/storageAccounts": ("minimumTlsVersion: 'TLS1_2'", "supportsHttpsTrafficOnly: true"),
        "Microsoft.Web/sites": (
            "httpsOnly: true",
            "minTlsVersion: '1.2'",
            "scmMinTlsVersion: '1.2'",
            "ftpsState: 'Disabled'",
        ),
    }
    plain = [f"{file}: {found[0]}" for file, text in files.items() for found in re.finditer(r"http://[\w.$]+", text)]
    return _lacking(files, wanted) + plain


def events_come_by_identity(files: Files) -> list[str]:
    """Event Grid reaches what is ours by an identity, also with what it could not deliver; alerts are Azure's own."""
    return [
        f"{each.file}: {each.symbol} lacks {word}"
        for each in resources(files, "Microsoft.EventGrid/systemTopics/eventSubscriptions")
        if "endpointType: 'MonitorAlert'" not in each.body
        for word in ("deliveryWithResourceIdentity: {", "deadLetterWithResourceIdentity: {")
        if word not in each.body
    ]


def identity_everywhere(files: Files) -> list[str]:
    """The app has an identity and reads package, storage and secrets by it; nobody publishes with a password."""
    wanted = {
        "Microsoft.Web/sites": (
            "type: 'UserAssigned'",
            "type: 'UserAssignedIdentity'",
            "userAssignedIdentityResourceId: identityId",
            "keyVaultReferenceIdentity: identityId",
        ),
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies": ("allow: false",),
        "Microsoft.KeyVault/vaults": ("enableRbacAuthorization: true", "enablePurgeProtection: true"),
    }
    closed = {each.body.split("'")[1] for each in resources(files, "Microsoft.Web/sites/basicPublishingCredentialsPolicies")}
    return _lacking(files, wanted) + [f"nobody closes publishing by {door}" for door in sorted({"ftp", "scm"} - closed)]


def local_authentication_off(files: Files) -> list[str]:
    """Where a service has keys of its own, they are switched off."""
    wanted = {
        "Microsoft.Communication/communicationServices": ("disableLocalAuth: true",),
        "Microsoft.Insights/components": ("DisableLocalAuth: true",),
        "Microsoft.OperationalInsights/workspaces": ("disableLocalAuth: true",),
    }
    return _lacking(files, wanted)


def roles_are_narrow(files: Files) -> list[str]:
    """Each role has a scope smaller than the group, a name that is the same every time, and says what it is given to."""
    return [
        f"{each.file}: {each.symbol} lacks {word}"
        for each in resources(files, "Microsoft.Authorization/roleAssignments")
        for word in ("name: guid(", "scope: ", "principalType: ", "description: ")
        if word not in each.body
    ] + [
        f"{file}: {role}, a role over everything"
        for file, text in files.items()
        for role in ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "b24988ac-6180-42a0-ab88-20f7382dd24c")  # Owner, Contributor
        if role in text
    ]


def every_module_is_used(files: Files) -> list[str]:
    """main.bicep uses every module, and none that is not here: it must build offline."""
    used = {block.what for block in blocks({"main.bicep": files["main.bicep"]}) if block.kind == "module"}
    here = {file for file in files if file.startswith("modules/")}
    return [f"{file} is not used" for file in sorted(here - used)] + [f"{file} is not here" for file in sorted(used - here)]


def everything_is_described(files: Files) -> list[str]:
    """Every parameter and output says what it is for, and every file does in its first line."""
    found = []
    for file, text in files.items():
        lines = text.split("\n")
        for number, line in enumerate(lines):
            if re.match(r"(param|output) ", line) and not _decorated(lines, number):
                found.append(f"{file}: {' '.join(line.split()[:2])} has no description")
    return found


def no_hard_coded_location(files: Files) -> list[str]:
    """A location is the parameter, or global."""
    return [
        f"{file}: location: {found[1]}"
        for file, text in files.items()
        for found in re.finditer(r"\blocation: ([^\n]+)", text)
        if found[1].strip() not in ("location", "'global'")
    ]


def diagnostics_for_each(files: Files) -> list[str]:
    """Each service sends what happens in it to the workspace."""
    found = []
    for kind in WATCHED:
        for service in resources(files, kind):
            settings = resources({service.file: files[service.file]}, "Microsoft.Insights/diagnosticSettings")
            if not any(_is_about(each, service) for each in settings):
                found.append(f"{service.file}: {service.symbol} has no diagnostic settings")
    return found


def versions_are_ours(files: Files) -> list[str]:
    """One version a type: the newest stable one that was seen to work."""
    found = []
    for each in blocks(files):
        if each.kind == "resource" and each.version:
            names = [name for name in VERSIONS if each.what == name or each.what.startswith(name + "/")]
            if not names or VERSIONS[max(names, key=len)] != each.version:
                found.append(f"{each.file}: {each.what}@{each.version}")
    return found


def sign_in_lets_strangers_to_the_doors(files: Files) -> list[str]:
    """Authentication sets its headers on every path (no excludedPaths), turns nobody away, and needs no client secret."""
    wanted = {
        "Microsoft.Web/sites/config": (
            "requireAuthentication: false",
            "unauthenticatedClientAction: 'AllowAnonymous'",
            "requireHttps: true",
            "clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'",
        )
    }
    found = _lacking({"modules/signin.bicep": files["modules/signin.bicep"]}, wanted)
    return found + [f"{file}: excludedPaths" for file, text in files.items() if "excludedPaths" in text]


def mail_logs_name_nobody(files: Files) -> list[str]:
    """The categories whose rows hold recipients' addresses are not collected."""
    return [
        f"{file}: {word}"
        for file, text in files.items()
        for word in ("EmailStatusUpdateOperational", "EmailUserEngagementOperational", "allLogs")
        if word in text
    ]


def checkov_can_read(files: Files) -> list[str]:
    """What checkov's parser does not know: it leaves out the whole file, and says so in passing."""
    unknown = {
        r"^ *[?:] ": "a condition that goes on in the next line",
        r"^param \w+ (\w+\[\]|\{)": "a typed array or object",
        r"^ *\.\.\.": "a spread",
    }
    return [
        f"{file}: {what}: {found[0].strip()}"
        for file, text in files.items()
        for pattern, what in unknown.items()
        for found in re.finditer(pattern, text, re.M)
    ]


RULES: tuple[Callable[[Files], list[str]], ...] = (
    no_key,
    no_public_blob,
    tls_1_2,
    events_come_by_identity,
    identity_everywhere,
    local_authentication_off,
    roles_are_narrow,
    every_module_is_used,
    everything_is_described,
    no_hard_coded_location,
    diagnostics_for_each,
    versions_are_ours,
    sign_in_lets_strangers_to_the_doors,
    mail_logs_name_nobody,
    checkov_can_read,
)


def _lacking(files: Files, wanted: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What resources lack, of what their type must say; and the types that are not there at all."""
    found = []
    for kind, words in wanted.items():
        there = resources(files, kind)
        found += [] if there else [f"there is no {kind}"]
        found += [f"{each.file}: {each.symbol} lacks {word}" for each in there for word in words if word not in each.body]
    return found


def _decorated(lines: list[str], number: int) -> bool:
    """Whether a description is among the decorators above a line."""
    while number > 0 and (above := lines[number - 1]) and above.startswith(("@", ")")):
        if above.startswith("@description('") and len(above) > len("@description('')") + 5:
            return True
        number -= 1
    return False


def _is_about(settings: Block, service: Block) -> bool:
    return bool(re.search(rf"scope: {service.symbol}\n", settings.body)) and "workspaceId: " in settings.body
