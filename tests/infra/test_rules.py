"""The infrastructure keeps the project's rules, and each rule notices when it is broken."""

from collections.abc import Callable

import pytest

from tests.infra import access_rules, rules, watching_rules
from tests.infra.bicep_text import INFRA, blocks, project

MUTATIONS = [
    (rules.no_key, "modules/mail.bicep", "output id string = service.id", "output id string = service.listKeys().primaryKey"),
    (rules.no_public_blob, "modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true"),
    (rules.no_public_blob, "modules/storage.bicep", "allowBlobPublicAccess: false", "allowBlobPublicAccess: true"),
    (rules.no_public_blob, "modules/storage.bicep", "publicAccess: 'None'", "publicAccess: 'Blob'"),
    (rules.tls_1_2, "modules/storage.bicep", "'TLS1_2'", "'TLS1_0'"),
    (rules.tls_1_2, "modules/app.bicep", "httpsOnly: true", "httpsOnly: false"),
    (rules.tls_1_2, "modules/app.bicep", "minTlsVersion: '1.2'", "minTlsVersion: '1.1'"),
    (rules.tls_1_2, "modules/app.bicep", "'https://${app", "'http://${app"),
    (rules.events_come_by_identity, "modules/reports.bicep", "deliveryWithResourceIdentity: {", "delivery: {"),
    (rules.events_come_by_identity, "modules/reports.bicep", "deadLetterWithResourceIdentity: {", "deadLetter: {"),
    (rules.identity_everywhere, "modules/app.bicep", "'UserAssignedIdentity'", "'StorageAccountConnectionString'"),
    (rules.identity_everywhere, "modules/app.bicep", "keyVaultReferenceIdentity: identityId", ""),
    (rules.identity_everywhere, "modules/app.bicep", "allow: false", "allow: true"),
    (rules.identity_everywhere, "modules/app.bicep", "name: 'scm'", "name: 'ftp'"),
    (rules.identity_everywhere, "modules/vault.bicep", "enablePurgeProtection: true", "enablePurgeProtection: null"),
    (rules.local_authentication_off, "modules/mail.bicep", "disableLocalAuth: true", "disableLocalAuth: false"),
    (rules.local_authentication_off, "modules/insights.bicep", "DisableLocalAuth: true", "DisableLocalAuth: false"),
    (rules.local_authentication_off, "modules/workspace.bicep", "disableLocalAuth: true", ""),
    (rules.roles_are_narrow, "modules/roles.bicep", "scope: vault", ""),
    (rules.roles_are_narrow, "modules/roles.bicep", "name: guid(mail.id, appPrincipalId, role.mailOwner)", "name: 'sending'"),
    (rules.roles_are_narrow, "modules/roles.bicep", "principalType: 'ServicePrincipal'", ""),
    (
        rules.roles_are_narrow,
        "modules/roles.bicep",
        "09976791-48a7-449e-bb21-39d1a415f350",
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
    ),
    (rules.checkov_can_read, "modules/app.bicep", "isZoneRedundant", "isZoneRedundant\n  ? true\n  : false"),
    (rules.checkov_can_read, "modules/app.bicep", "param alwaysReady array", "param alwaysReady object[]"),
    (rules.checkov_can_read, "modules/app.bicep", "union(settings,", "union({\n  ...settings\n},"),
    (rules.every_module_is_used, "main.bicep", "'modules/budget.bicep'", "'modules/workbook.bicep'"),
    (rules.every_module_is_used, "main.bicep", "'modules/budget.bicep'", "'br/public:avm/res/consumption/budget:0.1.0'"),
    (rules.everything_is_described, "main.bicep", "@description('Azure region; it", "@metadata('Azure region; it"),
    (rules.everything_is_described, "modules/app.bicep", "@description('Name of the plan.')", ""),
    (rules.no_hard_coded_location, "modules/vault.bicep", "location: location", "location: 'italynorth'"),
    (rules.no_hard_coded_location, "modules/vault.bicep", "location: location", "location: resourceGroup().location"),
    (rules.diagnostics_for_each, "modules/vault.bicep", "scope: vault", "scope: other"),
    (rules.diagnostics_for_each, "modules/storage.bicep", "scope: tableService", "scope: blobs"),
    (rules.diagnostics_for_each, "modules/storage.bicep", "scope: queueService", "scope: blobs"),
    (rules.diagnostics_for_each, "modules/app.bicep", "scope: app", "scope: plan"),
    (rules.versions_are_ours, "modules/vault.bicep", "vaults@2026-02-01", "vaults@2023-07-01"),
    (rules.versions_are_ours, "modules/vault.bicep", "Microsoft.KeyVault/vaults@", "Microsoft.Sql/servers@"),
    (rules.sign_in_lets_strangers_to_the_doors, "modules/signin.bicep", "'AllowAnonymous'", "'RedirectToLoginPage'"),
    (
        rules.sign_in_lets_strangers_to_the_doors,
        "modules/signin.bicep",
        "requireAuthentication: false",
        "excludedPaths: ['/api']",
    ),
    (
        rules.sign_in_lets_strangers_to_the_doors,
        "modules/signin.bicep",
        "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID",
        "CLIENT_SECRET",
    ),
    (rules.mail_logs_name_nobody, "modules/mail.bicep", "EmailSendMailOperational", "EmailStatusUpdateOperational"),
    (
        access_rules.secrets_stay_inside,
        "modules/insights.bicep",
        "output id string = component.id",
        "output id string = component.properties.InstrumentationKey",
    ),
    (access_rules.secrets_stay_inside, "main.bicep", "@secure()\nparam tickKey", "param tickKey"),
    (access_rules.secrets_stay_inside, "modules/availability.bicep", "@secure()\nparam tickKey", "param tickKey"),
    (
        access_rules.secrets_stay_inside,
        "modules/storage.bicep",
        "output id string = account.id",
        "output id string = account.listSecrets().value",
    ),
    (
        access_rules.secrets_stay_inside,
        "main.bicep",
        "output APP_NAME string = app.outputs.name",
        "output APP_NAME string = '${tickKey}'",
    ),
    (
        access_rules.roles_are_those_written_down,
        "modules/roles.bicep",
        "  scope: deskStorage::blobs::container\n",
        "  scope: deskStorage\n",
    ),
    (
        access_rules.roles_are_those_written_down,
        "modules/roles.bicep",
        "roleDefinitions', role.vaultSecretsUser)",
        "roleDefinitions', role.vaultSecretsOfficer)",
    ),
    (
        access_rules.roles_are_those_written_down,
        "modules/roles.bicep",
        "4633458b-17de-408a-b874-0445c86b69e6",
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    ),
    (access_rules.roles_are_those_written_down, "modules/reports.bicep", "resource keeping ", "resource holding "),
    (access_rules.nothing_starts_before_it_may, "main.bicep", "  dependsOn: [roles]\n", ""),
    (access_rules.nothing_starts_before_it_may, "modules/reports.bicep", "[sending, keeping]", "[sending]"),
    (access_rules.closed_where_asked, "modules/storage.bicep", "isPrivate ? 'Deny' : 'Allow'", "'Allow'"),
    (access_rules.closed_where_asked, "modules/vault.bicep", "isPrivate ? 'Deny' : 'Allow'", "'Allow'"),
    (access_rules.closed_where_asked, "modules/vault.bicep", "isPrivate && empty(allowedAddresses) ? 'Disabled' : ", ""),
    (access_rules.closed_where_asked, "modules/app.bicep", "zoneRedundant: isZoneRedundant", "zoneRedundant: false"),
    (access_rules.closed_where_asked, "main.bicep", "sku: redundancy", "sku: 'Standard_LRS'"),
    (access_rules.closed_where_asked, "main.bicep", "    isPrivate: usesPrivateEndpoints\n", "    isPrivate: false\n"),
    (
        access_rules.names_hold_the_stage,
        "main.bicep",
        "uniqueString(resourceGroup().id, stage)",
        "uniqueString(resourceGroup().id)",
    ),
    (access_rules.names_hold_the_stage, "main.bicep", "name: 'kv-${unique}'", "name: 'kv-${location}'"),
    (access_rules.names_hold_the_stage, "modules/workbook.bicep", "guid(workspaceId", "guid(resourceGroup().id"),
    (watching_rules.what_watches_is_on, "modules/alerts.bicep", "      enabled: true\n", "      enabled: false\n"),
    (watching_rules.what_watches_is_on, "modules/alerts.bicep", "      actions: { actionGroups: [actionGroupId] }\n", ""),
    (watching_rules.what_watches_is_on, "modules/alerts.bicep", "threshold: 0", "threshold: 5"),
    (watching_rules.what_watches_is_on, "modules/alerts.bicep", "docs/operations/alerts.md#", "alerts.md#"),
    (watching_rules.what_watches_is_on, "modules/availability.bicep", "      Enabled: true\n", "      Enabled: false\n"),
    (
        watching_rules.what_watches_is_on,
        "modules/availability.bicep",
        "      Enabled: true\n",
        "      Enabled: look.name != 'tick'\n",
    ),
    (watching_rules.what_watches_is_on, "modules/availability.bicep", "      enabled: true\n", ""),
    (watching_rules.what_watches_is_on, "modules/actions.bicep", "enabled: true", "enabled: false"),
    (watching_rules.what_watches_is_on, "modules/budget.bicep", "enabled: true", "enabled: false"),
    (watching_rules.what_watches_is_on, "modules/budget.bicep", "        contactGroups: [actionGroupId]\n", ""),
    (
        watching_rules.nothing_asks_what_time_it_is,
        "main.bicep",
        "param budgetStartDate string = ''",
        "param x string = utcNow('yyyy-MM-01')",
    ),
    (watching_rules.what_runs_is_what_was_measured, "modules/app.bicep", "version: '3.13'", "version: '3.11'"),
    (watching_rules.what_runs_is_what_was_measured, "main.bicep", "instanceMemoryMb int = 2048", "instanceMemoryMb int = 512"),
    (watching_rules.what_runs_is_what_was_measured, "main.bicep", "maximumInstances int = 40", "maximumInstances int = 5"),
    (
        watching_rules.what_runs_is_what_was_measured,
        "modules/app.bicep",
        "http20Enabled: true",
        "appSettings: [{ name: 'OLD', value: 'x' }]",
    ),
    (watching_rules.what_runs_is_what_was_measured, "modules/app.bicep", "name: 'appsettings'", "name: 'web'"),
    (watching_rules.blobs_grow_cool_and_stay, "main.bicep", "coolAfterDays: 30", "coolAfterDays: 0"),
    (watching_rules.blobs_grow_cool_and_stay, "main.bicep", "deleteAfterDays: 0", "deleteAfterDays: 30"),
    (watching_rules.blobs_grow_cool_and_stay, "main.bicep", "probeEvidenceDays int = 0", "probeEvidenceDays int = 30"),
]
RULES = (*rules.RULES, *access_rules.RULES, *watching_rules.RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_infrastructure_keeps_the_rule(rule: Callable[[rules.Files], list[str]]) -> None:
    assert rule(project()) == []


@pytest.mark.parametrize(("rule", "file", "as_it_is", "broken"), MUTATIONS)
def test_a_rule_notices_when_it_is_broken(
    rule: Callable[[rules.Files], list[str]], file: str, as_it_is: str, broken: str
) -> None:
    files = project()
    assert as_it_is in files[file], "the mutation no longer fits the file"
    files[file] = files[file].replace(as_it_is, broken, 1)
    assert rule(files) != []


def test_every_rule_has_a_mutation() -> None:
    assert {rule.__name__ for rule in RULES} == {rule.__name__ for rule, *_ in MUTATIONS}


def test_every_resource_is_found_by_the_reader() -> None:
    files = project()
    declared = sum(text.count("\nresource ") + text.count("  resource ") for text in files.values())
    assert declared == sum(block.kind == "resource" for block in blocks(files)) > 50


def test_every_file_begins_with_what_it_is_for() -> None:
    for path in [*INFRA.rglob("*.bicep"), *INFRA.rglob("*.bicepparam"), *INFRA.rglob("*.kql")]:
        assert path.read_text().startswith("// "), path
