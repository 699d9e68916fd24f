/**
 * What the gateway uses of Azure beside the account itself: Entra ID's token endpoint, managed
 * identities, Resource Manager for accounts of Cosmos DB, Key Vault for secrets, and Log Analytics
 * for who asked what. The public libraries run against it: azure-identity,
 * azure-resourcemanager-cosmos and azure-security-keyvault-secrets.
 *
 * <pre>{@code
 * AzureSimulator.start(vertx, settings) ──► endpoint()      Resource Manager and authority host
 *   tenant()           who is who: add(new ServicePrincipal(…)), and tokens of anybody's
 *   add(…, cosmos, …)  a CosmosSimulator under Resource Manager: its keys, roles and properties
 *   vault(…)           a key vault: set and value of its secrets
 *   workspace(…)       where the requests of accounts are looked up
 *   grant(…)           who may do what with them
 *   managedIdentity(…) where a process gets tokens that runs as somebody
 *   delays(…)          how long things take
 *   received()         what was asked, by whom, with which status
 * }</pre>
 *
 * <p>It refuses as Azure does, and what it doesn't simulate with {@code not simulated}. The
 * module's README says how faithful it is.
 *
 * <p>Start reading at {@link dev.ephemeris.simulator.azure.AzureSimulator}.
 */
@NullMarked
package dev.ephemeris.simulator.azure;

import org.jspecify.annotations.NullMarked;
