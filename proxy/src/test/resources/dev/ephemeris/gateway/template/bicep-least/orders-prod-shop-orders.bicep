// Proposed by Ephemeris, to be reviewed:
// container orders of database shop in account orders-prod (prod), of group:default/orders-team.
// Throughput: it shares the throughput of its database.
// The account and the database have to be there. No key is in here and none is needed, since
// clients come through the gateway: keep disableLocalAuth: true at the account.
// az deployment group create --resource-group NAME --template-file FILE

@description('The account, which is there already.')
param accountName string = 'orders-prod'

resource account 'Microsoft.DocumentDB/databaseAccounts@2026-03-15' existing = {
  name: accountName
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2026-03-15' existing = {
  parent: account
  name: 'shop'
}

resource container 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2026-03-15' = {
  parent: database
  name: 'orders'
  tags: {
    environment: 'prod'
    owner: 'group:default/orders-team'
  }
  properties: {
    resource: {
      id: 'orders'
      partitionKey: {
        paths: [
          '/customerId'
        ]
        kind: 'Hash'
        version: 2
      }
    }
  }
}
