#!/bin/sh
# Written by ephemeris policy export.
set -eu

az cosmosdb sql role definition create \
  --subscription='11111111-1111-1111-1111-111111111111' \
  --resource-group='shop' \
  --account-name='one' \
  --body='{"Id": "26a2bec4-4c6d-5ff7-8678-18f025601d75", "RoleName": "order reader", "Type": "CustomRole", "AssignableScopes": ["/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.DocumentDB/databaseAccounts/one"], "Permissions": [{"DataActions": ["Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery", "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read"]}]}'

# group:default/g: orders, read
az cosmosdb sql role assignment create \
  --subscription='11111111-1111-1111-1111-111111111111' \
  --resource-group='shop' \
  --account-name='one' \
  --role-assignment-id='cc8227c9-caec-5f9e-985c-829fa58a4cbf' \
  --role-definition-id='26a2bec4-4c6d-5ff7-8678-18f025601d75' \
  --principal-id='aaaaaaaa-0000-0000-0000-000000000001' \
  --scope='/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.DocumentDB/databaseAccounts/one/dbs/shop/colls/orders'

# group:default/h: b
az cosmosdb sql role assignment create \
  --subscription='11111111-1111-1111-1111-111111111111' \
  --resource-group='shop' \
  --account-name='one' \
  --role-assignment-id='a3f0cb30-0dc7-5a1c-b817-9962118043e1' \
  --role-definition-id='00000000-0000-0000-0000-000000000001' \
  --principal-id='aaaaaaaa-0000-0000-0000-000000000002' \
  --scope='/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.DocumentDB/databaseAccounts/one'
