"""Rules on who gets at what: secrets, roles, networks, names. As in rules.py, each answers what breaks it."""

import re
from collections.abc import Callable

from tests.infra.bicep_text import Block, blocks, resources
from tests.infra.rules import Files

BUILT_IN = {
    "blobDataOwner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "blobDataContributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "queueMessageProcessor": "8a0f0c08-91a1-4084-bc3d-661d67233fed",
    "queueMessageSender": "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
    "tableDataContributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
    "vaultSecretsUser": "4633458b-17de-408a-b874-0445c86b69e6",
    "vaultSecretsOfficer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "metricsPublisher": "3913510d-42f4-4e42-8a64-420c390055eb",
    "mailOwner": "09976791-48a7-449e-bb21-39d1a415f350",
}
"""Azure's own roles that may be given."""

GIVEN = {
    "hostBlobs": ("blobDataOwner", "hostStorage"),
    "deskBlobs": ("blobDataContributor", "deskStorage::blobs::container"),
    "deskRows": ("tableDataContributor", "tables[i]"),
    "deskReports": ("queueMessageProcessor", "deskStorage::queues::reports"),
    "secrets": ("vaultSecretsUser", "vault"),
    "sending": ("mailOwner", "mail"),
    "telemetry": ("metricsPublisher", "insights"),
    "secretsOfDeployer": ("vaultSecretsOfficer", "vault"),
    "directoryOfDeployer": ("tableDataContributor", "deskStorage::tableService::directory"),
    "reports.sending": ("queueMessageSender", "storage::queues::queue"),
    "reports.keeping": ("blobDataContributor", "storage::blobs::undelivered"),
}
"""Each role that is given, and on what: docs/operations/roles.md says why. Of reports.bicep with its name before."""


def secrets_stay_inside(files: Files) -> list[str]:
    """What is secret is declared so, and no output says it; nothing asks a service for what opens it."""
    found = []
    for file, text in files.items():
        secure = set(re.findall(r"@secure\(\)\s*\nparam (\w+)", text))
        named = set(re.findall(r"(?i)^param (\w*(?:key|secret|password)) ", text, re.M))
        found += [f"{file}: {name} is not declared secure" for name in sorted(named - secure)]
        outputs = re.findall(r"^output (\w+) \w+ = (.+)$", text, re.M)
        found += [
            f"{file}: output {name} says {word}" for name, what in outputs for word in secure if re.search(rf"\b{word}\b", what)
        ]
        found += [f"{file}: {asked}" for asked in re.findall(r"\blist[A-Z]\w*\(|\bInstrumentationKey\b", text)]
    return found


def roles_are_those_written_down(files: Files) -> list[str]:
    """Each role is one of ours on its own scope, by its own id, and none is missing."""
    found, seen = [], set()
    for each in resources(files, "Microsoft.Authorization/roleAssignments"):
        name = f"reports.{each.symbol}" if each.file == "modules/reports.bicep" else each.symbol
        role = re.search(r"roleDefinitions', role\.(\w+)\)", each.body)
        scope = re.search(r"scope: (\S+)\n", each.body)
        seen.add(name)
        if (role and role[1], scope and scope[1]) != GIVEN.get(name):
            found.append(f"{each.file}: {name} gives {role and role[1]} on {scope and scope[1]}")
    ids = {
        pair
        for file, text in files.items()
        if "roleAssignments" in text
        for pair in re.findall(r"^  (\w+): '([0-9a-f-]{36})'$", text, re.M)
    }
    return [
        *found,
        *(f"{name} is not given" for name in sorted(GIVEN.keys() - seen)),
        *(f"{n}: {i}" for n, i in sorted(ids - BUILT_IN.items())),
    ]


def nothing_starts_before_it_may(files: Files) -> list[str]:
    """The app is made after its roles, and Event Grid's subscription after those of its identity."""
    app = _block(files, "module", "app", "main.bicep")
    reports = _block(files, "resource", "reports", "modules/reports.bicep")
    found = [] if "dependsOn: [roles]" in app.body else ["the app does not wait for its roles"]
    return found + ([] if "dependsOn: [sending, keeping]" in reports.body else ["reports do not wait for their roles"])


def closed_where_asked(files: Files) -> list[str]:
    """What checkov cannot follow: networks, zones and redundancy are as their parameters say, from main.bicep to the resource."""
    network = (
        "publicNetworkAccess: isPrivate && empty(allowedAddresses) ? 'Disabled' : 'Enabled'",
        "defaultAction: isPrivate ? 'Deny' : 'Allow'",
    )
    wanted = {
        ("modules/storage.bicep", "resource", "account"): (*network, "sku: { name: sku }"),
        ("modules/vault.bicep", "resource", "vault"): network,
        ("modules/app.bicep", "resource", "plan"): ("zoneRedundant: isZoneRedundant",),
        ("modules/app.bicep", "resource", "app"): ("virtualNetworkSubnetId: empty(subnetId) ? null : subnetId",),
        ("main.bicep", "module", "app"): ("isZoneRedundant: isZoneRedundant", "subnetId: usesPrivateEndpoints ? network!."),
        ("main.bicep", "module", "deskStorage"): ("isPrivate: usesPrivateEndpoints", "sku: redundancy"),
        ("main.bicep", "module", "hostStorage"): ("isPrivate: usesPrivateEndpoints", "sku: hostRedundancy"),
        ("main.bicep", "module", "reports"): ("isPrivate: usesPrivateEndpoints",),
        ("main.bicep", "module", "vault"): ("isPrivate: usesPrivateEndpoints",),
    }
    found = [
        f"{file}: {symbol} lacks {word}"
        for (file, kind, symbol), words in wanted.items()
        for word in words
        if word not in _block(files, kind, symbol, file).body
    ]
    main = files["main.bicep"]
    chosen = (
        "var redundancy = isZoneRedundant ? overZones[storageRedundancy] : storageRedundancy\n",
        "var hostRedundancy = contains(redundancy, 'ZRS') ? 'Standard_ZRS' : 'Standard_LRS'\n",
    )
    return found + [f"main.bicep lacks {word}" for word in chosen if word not in main]


def names_hold_the_stage(files: Files) -> list[str]:
    """Two stages in one resource group share nothing: each name has the stage in it, or a hash of group and stage."""
    main = files["main.bicep"]
    found = [
        f"main.bicep lacks {word}"
        for word in ("var unique = uniqueString(resourceGroup().id, stage)\n", "var named = 'sportello-${stage}'\n")
        if word not in main
    ]
    names = re.findall(r"^    (name|\w+Name): ('[^'\n]*\$\{[^\n]*|'[\w-]+'|named)$", main, re.M)
    found += [f"main.bicep: {what}: {name}" for what, name in names if not re.search(r"\$\{(named|unique)\}|^named$", name)]
    return found + [
        f"{file}: {word}"
        for file, text in files.items()
        if file != "main.bicep"
        for word in re.findall(r"guid\(resourceGroup\(\)\.id", text)
    ]


def _block(files: Files, kind: str, symbol: str, file: str) -> Block:
    [found] = [each for each in blocks({file: files[file]}) if (each.kind, each.symbol) == (kind, symbol)]
    return found


RULES: tuple[Callable[[Files], list[str]], ...] = (
    secrets_stay_inside,
    roles_are_those_written_down,
    nothing_starts_before_it_may,
    closed_where_asked,
    names_hold_the_stage,
)
