package dev.ephemeris.gateway.posture;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.config.ResourceId;
import dev.ephemeris.policy.Quoted;
import dev.ephemeris.policy.azure.RoleAssignment;
import java.util.List;
import java.util.stream.Stream;

/**
 * The lines that put an account right: as {@code az}, as Bicep, as Terraform. Their names are those
 * of Azure's REST specifications, of azure-cli and of the provider azurerm.
 */
final class Fixes {

  /** Whoever copies the lines puts the gateway's address there, as Azure sees it. */
  private static final String GATEWAY_ADDRESS = "GATEWAY_ADDRESS";

  private final ResourceId account;

  Fixes(ResourceId account) {
    this.account = account;
  }

  /** Lines of the account itself, which has a way of saying it in each language. */
  private List<Fix> account(String az, String bicep, String terraform) {
    return List.of(
        az("az cosmosdb update" + where("name") + " " + az),
        new Fix(Fix.Kind.BICEP, "// properties of Microsoft.DocumentDB/databaseAccounts\n" + bicep),
        new Fix(Fix.Kind.TERRAFORM, "# resource azurerm_cosmosdb_account\n" + terraform));
  }

  List<Fix> localAuth(boolean disabled) {
    return account(
        "--disable-local-auth " + disabled,
        "disableLocalAuth: " + disabled,
        "local_authentication_enabled = "
            + !disabled
            + " # formerly local_authentication_disabled = "
            + disabled);
  }

  List<Fix> noMetadataByKeys() {
    return account(
        "--disable-key-based-metadata-write-access true",
        "disableKeyBasedMetadataWriteAccess: true",
        "access_key_metadata_writes_enabled = false");
  }

  List<Fix> tls() {
    return account(
        "--minimal-tls-version Tls12",
        "minimalTlsVersion: 'Tls12'",
        "minimal_tls_version = \"Tls12\"");
  }

  List<Fix> noBypass() {
    return account(
        "--network-acl-bypass None",
        "networkAclBypass: 'None'",
        "network_acl_bypass_for_azure_services = false");
  }

  /**
   * The firewall with these rules alone; without one of them it would let everybody in, so that the
   * gateway's address takes their place.
   */
  List<Fix> firewall(List<String> ipRules) {
    boolean none = ipRules.isEmpty();
    return account(
        "--public-network-access ENABLED --ip-range-filter "
            + (none
                // Unset it would be no rule at all, which lets everybody in.
                ? "\"${" + GATEWAY_ADDRESS + ":?}\""
                : Quoted.shell(String.join(",", ipRules))),
        "publicNetworkAccess: 'Enabled'\nipRules: [ "
            + (none
                ? "{ ipAddressOrRange: gatewayAddress }"
                : ipRules.stream()
                    .map(rule -> "{ ipAddressOrRange: " + Quoted.bicep(rule) + " }")
                    .collect(joining(", ")))
            + " ]",
        "public_network_access_enabled = true\nip_range_filter = ["
            + (none
                ? "var.gateway_address"
                : ipRules.stream().map(Quoted::hcl).collect(joining(", ")))
            + "]");
  }

  /** A way to the account from a network of one's own, as its only one. */
  List<Fix> privateEndpoint() {
    String name = account.account() + "-ephemeris";
    return List.of(
        az(
            "az network private-endpoint create"
                + option("subscription", account.subscription())
                + option("resource-group", account.resourceGroup())
                + option("name", name)
                + " --subnet \"$SUBNET_ID\" --private-connection-resource-id "
                + Quoted.shell(account.toString())
                + " --group-id Sql --connection-name ephemeris"),
        new Fix(
            Fix.Kind.BICEP,
            """
            resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
              name: %s
              location: location
              properties: {
                subnet: { id: subnetId }
                privateLinkServiceConnections: [
                  {
                    name: 'ephemeris'
                    properties: { privateLinkServiceId: account.id, groupIds: [ 'Sql' ] }
                  }
                ]
              }
            }\
            """
                .formatted(Quoted.bicep(name))),
        new Fix(
            Fix.Kind.TERRAFORM,
            """
            resource "azurerm_private_endpoint" "ephemeris" {
              name                = %s
              location            = var.location
              resource_group_name = %s
              subnet_id           = var.subnet_id

              private_service_connection {
                name                           = "ephemeris"
                private_connection_resource_id = %s
                subresource_names              = ["Sql"]
                is_manual_connection           = false
              }
            }\
            """
                .formatted(
                    Quoted.hcl(name),
                    Quoted.hcl(account.resourceGroup()),
                    Quoted.hcl(account.toString()))));
  }

  /** Yes or no to whoever asks for a connection, by its id. */
  List<Fix> answer(String connection) {
    return Stream.of("reject", "approve")
        .map(
            word -> az("az network private-endpoint-connection " + word + option("id", connection)))
        .toList();
  }

  /** The gateway makes them anew, and nothing of its own fails. */
  List<Fix> rotate() {
    return List.of(new Fix(Fix.Kind.EPHEMERIS, "ephemeris account rotate " + account.account()));
  }

  List<Fix> regenerate(List<String> keyKinds) {
    return keyKinds.stream()
        .map(kind -> az("az cosmosdb keys regenerate" + where("name") + " --key-kind " + kind))
        .toList();
  }

  List<Fix> unassign(RoleAssignment assignment) {
    String id = assignment.id().toString();
    return List.of(
        az(
            "az cosmosdb sql role assignment delete"
                + where("account-name")
                + option("role-assignment-id", id)),
        new Fix(
            Fix.Kind.BICEP,
            "// take the sqlRoleAssignments resource "
                + Quoted.bicep(id)
                + " out, and delete it by az: an incremental deployment leaves it"),
        new Fix(
            Fix.Kind.TERRAFORM,
            "# take the azurerm_cosmosdb_sql_role_assignment out whose name is " + Quoted.hcl(id)));
  }

  List<Fix> logs() {
    return List.of(
        az(
            "az monitor diagnostic-settings create --name ephemeris --resource "
                + Quoted.shell(account.toString())
                + " --workspace \"$WORKSPACE_ID\" --export-to-resource-specific true --logs "
                + Quoted.shell(
                    """
                    [{"category": "DataPlaneRequests", "enabled": true}, \
                    {"category": "ControlPlaneRequests", "enabled": true}]\
                    """)),
        new Fix(
            Fix.Kind.BICEP,
            """
            resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
              name: 'ephemeris'
              scope: account
              properties: {
                workspaceId: workspaceId
                logAnalyticsDestinationType: 'Dedicated'
                logs: [
                  { category: 'DataPlaneRequests', enabled: true }
                  { category: 'ControlPlaneRequests', enabled: true }
                ]
              }
            }\
            """),
        new Fix(
            Fix.Kind.TERRAFORM,
            """
            resource "azurerm_monitor_diagnostic_setting" "ephemeris" {
              name                           = "ephemeris"
              target_resource_id             = %s
              log_analytics_workspace_id     = var.workspace_id
              log_analytics_destination_type = "Dedicated"

              enabled_log {
                category = "DataPlaneRequests"
              }
              enabled_log {
                category = "ControlPlaneRequests"
              }
            }\
            """
                .formatted(Quoted.hcl(account.toString()))));
  }

  /** Rights for the gateway's identity at Azure's management, to read what wasn't read. */
  List<Fix> rights() {
    String scope = "/subscriptions/" + account.subscription();
    List<String> actions =
        List.of(
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/read",
            "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/read",
            "Microsoft.Insights/diagnosticSettings/read");
    return List.of(
        az(
            "az role definition create --role-definition "
                + Quoted.shell(
                    "{\"Name\": \"Ephemeris check\", \"AssignableScopes\": ["
                        + Quoted.json(scope)
                        + "], \"Actions\": ["
                        + actions.stream().map(Quoted::json).collect(joining(", "))
                        + "]}")
                + "\naz role assignment create --assignee-object-id \"$GATEWAY_OBJECT_ID\""
                + " --assignee-principal-type ServicePrincipal --role 'Ephemeris check' --scope "
                + Quoted.shell(account.toString())),
        new Fix(
            Fix.Kind.BICEP,
            """
            resource check 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
              name: guid(resourceGroup().id, 'Ephemeris check')
              properties: {
                roleName: 'Ephemeris check in ${resourceGroup().name}'
                type: 'CustomRole'
                assignableScopes: [ resourceGroup().id ]
                permissions: [
                  {
                    actions: [
            %s
                    ]
                  }
                ]
              }
            }

            resource mayCheck 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
              name: guid(account.id, gatewayObjectId, check.id)
              scope: account
              properties: {
                roleDefinitionId: check.id
                principalId: gatewayObjectId
                principalType: 'ServicePrincipal'
              }
            }\
            """
                .formatted(
                    actions.stream()
                        .map(action -> " ".repeat(10) + Quoted.bicep(action))
                        .collect(joining("\n")))),
        new Fix(
            Fix.Kind.TERRAFORM,
            """
            resource "azurerm_role_definition" "ephemeris_check" {
              name  = "Ephemeris check"
              scope = %s

              permissions {
                actions = [
            %s
                ]
              }
            }

            resource "azurerm_role_assignment" "ephemeris_check" {
              scope              = %s
              role_definition_id = azurerm_role_definition.ephemeris_check.role_definition_resource_id
              principal_id       = var.gateway_object_id
            }\
            """
                .formatted(
                    Quoted.hcl(scope),
                    actions.stream()
                        .map(action -> " ".repeat(6) + Quoted.hcl(action) + ",")
                        .collect(joining("\n")),
                    Quoted.hcl(account.toString()))));
  }

  private String where(String nameOption) {
    return option("subscription", account.subscription())
        + option("resource-group", account.resourceGroup())
        + option(nameOption, account.account());
  }

  /** In one word, so that no value that begins with a hyphen is an option itself. */
  private static String option(String name, String value) {
    return " --" + name + "=" + Quoted.shell(value);
  }

  private static Fix az(String line) {
    return new Fix(Fix.Kind.AZ, line);
  }
}
