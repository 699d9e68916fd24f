// Proposed by Ephemeris, to be reviewed:
// container ${{ values.container }} of database ${{ values.database }} in account orders-prod (prod), of ${{ values.owner }}.
// Throughput: autoscale to 4000 request units per second.
// The account and the database have to be there. No key is in here and none is needed, since
// clients come through the gateway: keep disableLocalAuth: true at the account.
// az deployment group create --resource-group 'shop' --subscription 7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11 --template-file FILE

@description('The account, which is there already.')
param accountName string = 'orders-prod'

@description('Request units per second that the container may scale up to.')
param autoscaleMaxThroughput int = 4000

@description('The object id of the identity that the gateway has in this account.')
param gatewayPrincipalId string

resource account 'Microsoft.DocumentDB/databaseAccounts@2026-03-15' existing = {
  name: accountName
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2026-03-15' existing = {
  parent: account
  name: '${{ values.database }}'
}

resource container 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2026-03-15' = {
  parent: database
  name: '${{ values.container }}'
  tags: {
    environment: 'prod'
    owner: '${{ values.owner }}'
  }
  properties: {
    resource: {
      id: '${{ values.container }}'
      partitionKey: {
        paths: [
          '${{ values.partitionKey1 }}'
          '${{ values.partitionKey2 }}'
        ]
        kind: 'MultiHash'
        version: 2
      }
      defaultTtl: 2592000
      uniqueKeyPolicy: {
        uniqueKeys: [
          {
            paths: [
              '/orderNumber'
            ]
          }
          {
            paths: [
              '/email'
              '/phone'
            ]
          }
        ]
      }
      indexingPolicy: {
        indexingMode: 'consistent'
        automatic: true
        includedPaths: [
          {
            path: '/*'
          }
        ]
        excludedPaths: [
          {
            path: '/payload/*'
          }
          {
            path: '/"_etag"/?'
          }
        ]
        compositeIndexes: [
          [
            {
              path: '/status'
              order: 'ascending'
            }
            {
              path: '/createdAt'
              order: 'descending'
            }
          ]
        ]
      }
    }
    options: {
      autoscaleSettings: {
        maxThroughput: autoscaleMaxThroughput
      }
    }
  }
}

resource gatewayRole 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2026-03-15' = {
  parent: account
  name: guid(account.id, gatewayPrincipalId, '/dbs/${{ values.database }}/colls/${{ values.container }}', '00000000-0000-0000-0000-000000000002')
  properties: {
    principalId: gatewayPrincipalId
    roleDefinitionId: '${account.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002'
    scope: '${account.id}/dbs/${{ values.database }}/colls/${{ values.container }}'
  }
  dependsOn: [
    container
  ]
}
