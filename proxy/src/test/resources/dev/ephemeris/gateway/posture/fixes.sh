az cosmosdb update --subscription='11111111-2222-4333-8444-555555555555' --resource-group='orders' --name='orders-prod' --disable-local-auth true

az cosmosdb update --subscription='11111111-2222-4333-8444-555555555555' --resource-group='orders' --name='orders-prod' --disable-local-auth false

az cosmosdb update --subscription='11111111-2222-4333-8444-555555555555' --resource-group='orders' --name='orders-prod' --disable-key-based-metadata-write-access true

az cosmosdb update --subscription='11111111-2222-4333-8444-555555555555' --resource-group='orders' --name='orders-prod' --minimal-tls-version Tls12

az cosmosdb update --subscription='11111111-2222-4333-8444-555555555555' --resource-group='orders' --name='orders-prod' --network-acl-bypass None

az cosmosdb update --subscription='11111111-2222-4333-8444-555555555555' --resource-group='orders' --name='orders-prod' --public-network-access ENABLED --ip-range-filter "${GATEWAY_ADDRESS:?}"

az cosmosdb update --subscription='11111111-2222-4333-8444-555555555555' --resource-group='orders' --name='orders-prod' --public-network-access ENABLED --ip-range-filter '203.0.113.7,198.51.100.0/24'

az network private-endpoint create --subscription='11111111-2222-4333-8444-555555555555' --resource-group='orders' --name='orders-prod-ephemeris' --subnet "$SUBNET_ID" --private-connection-resource-id '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/orders/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod' --group-id Sql --connection-name ephemeris

az network private-endpoint-connection reject --id='/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/orders/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod/privateEndpointConnections/somebodys'

az network private-endpoint-connection approve --id='/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/orders/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod/privateEndpointConnections/somebodys'

az cosmosdb keys regenerate --subscription='11111111-2222-4333-8444-555555555555' --resource-group='orders' --name='orders-prod' --key-kind primary

az cosmosdb keys regenerate --subscription='11111111-2222-4333-8444-555555555555' --resource-group='orders' --name='orders-prod' --key-kind secondaryReadonly

az cosmosdb sql role assignment delete --subscription='11111111-2222-4333-8444-555555555555' --resource-group='orders' --account-name='orders-prod' --role-assignment-id='f361e257-7607-3789-a0db-8ca985bf36c5'

az monitor diagnostic-settings create --name ephemeris --resource '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/orders/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod' --workspace "$WORKSPACE_ID" --export-to-resource-specific true --logs '[{"category": "DataPlaneRequests", "enabled": true}, {"category": "ControlPlaneRequests", "enabled": true}]'

az role definition create --role-definition '{"Name": "Ephemeris check", "AssignableScopes": ["/subscriptions/11111111-2222-4333-8444-555555555555"], "Actions": ["Microsoft.DocumentDB/databaseAccounts/read", "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/read", "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/read", "Microsoft.Insights/diagnosticSettings/read"]}'
az role assignment create --assignee-object-id "$GATEWAY_OBJECT_ID" --assignee-principal-type ServicePrincipal --role 'Ephemeris check' --scope '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/orders/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod'
