package dev.ephemeris.config;

import dev.ephemeris.policy.yaml.Default;

/**
 * Who the gateway is to Azure's management, which holds the keys of accounts and the roles of those
 * who use them.
 *
 * @param identity to Resource Manager and to key vaults; another than to the accounts themselves is
 *     best
 * @param resourceManager where Resource Manager is in the accounts' cloud
 */
public record Azure(
    EntraIdentity identity, @Default("https://management.azure.com/") Endpoint resourceManager) {}
