/**
 * The secrets that the gateway holds, in memory only: read from files that only it can read, from a
 * vault, or from Azure, or given to it by Entra ID for as long as an access token lasts; and how
 * accounts' keys are turned over.
 *
 * <pre>{@code
 * UpstreamCredential (what signs requests): AccountKey ──► HeldKeys ──► KeySource (a file, a vault, Azure)
 *                                           EntraToken
 * Rotations (step after step) ──► KeyStates (where each is) ──► KeyProbe (whether a key is taken)
 *     └───────► AzureResources, KeyVault (keys made anew, and published)
 * }</pre>
 */
@NullMarked
package dev.ephemeris.gateway.custody;

import org.jspecify.annotations.NullMarked;
