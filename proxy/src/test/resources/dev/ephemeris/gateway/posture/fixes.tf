# resource azurerm_cosmosdb_account
local_authentication_enabled = false # formerly local_authentication_disabled = true

# resource azurerm_cosmosdb_account
local_authentication_enabled = true # formerly local_authentication_disabled = false

# resource azurerm_cosmosdb_account
access_key_metadata_writes_enabled = false

# resource azurerm_cosmosdb_account
minimal_tls_version = "Tls12"

# resource azurerm_cosmosdb_account
network_acl_bypass_for_azure_services = false

# resource azurerm_cosmosdb_account
public_network_access_enabled = true
ip_range_filter = [var.gateway_address]

# resource azurerm_cosmosdb_account
public_network_access_enabled = true
ip_range_filter = ["203.0.113.7", "198.51.100.0/24"]

resource "azurerm_private_endpoint" "ephemeris" {
  name                = "orders-prod-ephemeris"
  location            = var.location
  resource_group_name = "orders"
  subnet_id           = var.subnet_id

  private_service_connection {
    name                           = "ephemeris"
    private_connection_resource_id = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/orders/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod"
    subresource_names              = ["Sql"]
    is_manual_connection           = false
  }
}

# take the azurerm_cosmosdb_sql_role_assignment out whose name is "f361e257-7607-3789-a0db-8ca985bf36c5"

resource "azurerm_monitor_diagnostic_setting" "ephemeris" {
  name                           = "ephemeris"
  target_resource_id             = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/orders/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod"
  log_analytics_workspace_id     = var.workspace_id
  log_analytics_destination_type = "Dedicated"

  enabled_log {
    category = "DataPlaneRequests"
  }
  enabled_log {
    category = "ControlPlaneRequests"
  }
}

resource "azurerm_role_definition" "ephemeris_check" {
  name  = "Ephemeris check"
  scope = "/subscriptions/11111111-2222-4333-8444-555555555555"

  permissions {
    actions = [
      "Microsoft.DocumentDB/databaseAccounts/read",
      "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/read",
      "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/read",
      "Microsoft.Insights/diagnosticSettings/read",
    ]
  }
}

resource "azurerm_role_assignment" "ephemeris_check" {
  scope              = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/orders/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod"
  role_definition_id = azurerm_role_definition.ephemeris_check.role_definition_resource_id
  principal_id       = var.gateway_object_id
}
