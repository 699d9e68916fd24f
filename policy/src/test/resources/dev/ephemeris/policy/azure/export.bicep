// Written by ephemeris policy export.
resource account 'Microsoft.DocumentDB/databaseAccounts@2026-03-15' existing = {
  name: 'one'
}

resource role_26a2bec4_4c6d_5ff7_8678_18f025601d75 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2026-03-15' = {
  parent: account
  name: '26a2bec4-4c6d-5ff7-8678-18f025601d75'
  properties: {
    roleName: 'order reader'
    type: 'CustomRole'
    assignableScopes: [
      account.id
    ]
    permissions: [
      {
        dataActions: [
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read'
        ]
      }
    ]
  }
}

// group:default/g: orders, read
resource assignment_cc8227c9_caec_5f9e_985c_829fa58a4cbf 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2026-03-15' = {
  parent: account
  name: 'cc8227c9-caec-5f9e-985c-829fa58a4cbf'
  properties: {
    principalId: 'aaaaaaaa-0000-0000-0000-000000000001'
    roleDefinitionId: role_26a2bec4_4c6d_5ff7_8678_18f025601d75.id
    scope: '${account.id}/dbs/shop/colls/orders'
  }
}

// group:default/h: b
resource assignment_a3f0cb30_0dc7_5a1c_b817_9962118043e1 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2026-03-15' = {
  parent: account
  name: 'a3f0cb30-0dc7-5a1c-b817-9962118043e1'
  properties: {
    principalId: 'aaaaaaaa-0000-0000-0000-000000000002'
    roleDefinitionId: '${account.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000001'
    scope: account.id
  }
}
