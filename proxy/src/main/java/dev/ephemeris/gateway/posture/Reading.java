package dev.ephemeris.gateway.posture;

import dev.ephemeris.gateway.custody.AccountRoles;
import dev.ephemeris.gateway.custody.AccountSettings;
import dev.ephemeris.gateway.custody.AzureRead;
import dev.ephemeris.gateway.custody.DiagnosticSetting;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What Azure said of an account.
 *
 * @param self which object in Entra ID the gateway is to the account's data, if that is known
 */
record Reading(
    AzureRead<AccountSettings> settings,
    AzureRead<AccountRoles.Listed> roles,
    AzureRead<List<DiagnosticSetting>> diagnosticSettings,
    Optional<UUID> self,
    Instant at) {}
