# Written by ephemeris policy export.

resource "azurerm_cosmosdb_sql_role_definition" "role_26a2bec4_4c6d_5ff7_8678_18f025601d75" {
  role_definition_id  = "26a2bec4-4c6d-5ff7-8678-18f025601d75"
  resource_group_name = "shop"
  account_name        = "one"
  name                = "order reader"
  type                = "CustomRole"
  assignable_scopes = [
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.DocumentDB/databaseAccounts/one",
  ]

  permissions {
    data_actions = [
      "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery",
      "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read",
    ]
  }
}

# group:default/g: orders, read
resource "azurerm_cosmosdb_sql_role_assignment" "assignment_cc8227c9_caec_5f9e_985c_829fa58a4cbf" {
  name                = "cc8227c9-caec-5f9e-985c-829fa58a4cbf"
  resource_group_name = "shop"
  account_name        = "one"
  role_definition_id  = azurerm_cosmosdb_sql_role_definition.role_26a2bec4_4c6d_5ff7_8678_18f025601d75.id
  principal_id        = "aaaaaaaa-0000-0000-0000-000000000001"
  scope               = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.DocumentDB/databaseAccounts/one/dbs/shop/colls/orders"
}

# group:default/h: b
resource "azurerm_cosmosdb_sql_role_assignment" "assignment_a3f0cb30_0dc7_5a1c_b817_9962118043e1" {
  name                = "a3f0cb30-0dc7-5a1c-b817-9962118043e1"
  resource_group_name = "shop"
  account_name        = "one"
  role_definition_id  = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.DocumentDB/databaseAccounts/one/sqlRoleDefinitions/00000000-0000-0000-0000-000000000001"
  principal_id        = "aaaaaaaa-0000-0000-0000-000000000002"
  scope               = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.DocumentDB/databaseAccounts/one"
}
