// properties of Microsoft.DocumentDB/databaseAccounts
disableLocalAuth: true

// properties of Microsoft.DocumentDB/databaseAccounts
disableLocalAuth: false

// properties of Microsoft.DocumentDB/databaseAccounts
disableKeyBasedMetadataWriteAccess: true

// properties of Microsoft.DocumentDB/databaseAccounts
minimalTlsVersion: 'Tls12'

// properties of Microsoft.DocumentDB/databaseAccounts
networkAclBypass: 'None'

// properties of Microsoft.DocumentDB/databaseAccounts
publicNetworkAccess: 'Enabled'
ipRules: [ { ipAddressOrRange: gatewayAddress } ]

// properties of Microsoft.DocumentDB/databaseAccounts
publicNetworkAccess: 'Enabled'
ipRules: [ { ipAddressOrRange: '203.0.113.7' }, { ipAddressOrRange: '198.51.100.0/24' } ]

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: 'orders-prod-ephemeris'
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
}

// take the sqlRoleAssignments resource 'f361e257-7607-3789-a0db-8ca985bf36c5' out, and delete it by az: an incremental deployment leaves it

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
}

resource check 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'Ephemeris check')
  properties: {
    roleName: 'Ephemeris check in ${resourceGroup().name}'
    type: 'CustomRole'
    assignableScopes: [ resourceGroup().id ]
    permissions: [
      {
        actions: [
          'Microsoft.DocumentDB/databaseAccounts/read'
          'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/read'
          'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/read'
          'Microsoft.Insights/diagnosticSettings/read'
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
}
