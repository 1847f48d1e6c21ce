"""The infrastructure keeps the project's rules, and each rule notices when it is broken."""

from collections.abc import Callable

import pytest

from tests.infra import rules
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
    (rules.tls_1_2, "modules/events.bicep", "minimumTlsVersionAllowed: '1.2'", "minimumTlsVersionAllowed: '1.0'"),
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
    (rules.every_module_is_used, "main.bicep", "'modules/budget.bicep'", "'modules/workbook.bicep'"),
    (rules.every_module_is_used, "main.bicep", "'modules/budget.bicep'", "'br/public:avm/res/consumption/budget:0.1.0'"),
    (rules.everything_is_described, "main.bicep", "@description('Azure region; it", "@metadata('Azure region; it"),
    (rules.everything_is_described, "modules/app.bicep", "@description('Name of the plan.')", ""),
    (rules.no_hard_coded_location, "modules/vault.bicep", "location: location", "location: 'italynorth'"),
    (rules.no_hard_coded_location, "modules/vault.bicep", "location: location", "location: resourceGroup().location"),
    (rules.diagnostics_for_each, "modules/vault.bicep", "scope: vault", "scope: other"),
    (rules.diagnostics_for_each, "modules/storage.bicep", "scope: tableService", "scope: blobs"),
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
]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
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
    assert {rule.__name__ for rule in rules.RULES} == {rule.__name__ for rule, *_ in MUTATIONS}


def test_every_resource_is_found_by_the_reader() -> None:
    files = project()
    declared = sum(text.count("\nresource ") + text.count("  resource ") for text in files.values())
    assert declared == sum(block.kind == "resource" for block in blocks(files)) > 50


def test_every_file_begins_with_what_it_is_for() -> None:
    for path in [*INFRA.rglob("*.bicep"), *INFRA.rglob("*.bicepparam"), *INFRA.rglob("*.kql")]:
        assert path.read_text().startswith("// "), path
