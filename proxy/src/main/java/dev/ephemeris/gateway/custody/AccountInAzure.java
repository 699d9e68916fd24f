package dev.ephemeris.gateway.custody;

import java.util.List;

/**
 * One account as Azure Resource Manager shows it to the gateway. Calls block, for virtual threads,
 * and don't fail. Thread-safe.
 */
public interface AccountInAzure {

  /** How it is set up. */
  AzureRead<AccountSettings> settings();

  /** Its native roles. */
  AzureRead<AccountRoles.Listed> roles();

  /** Where its logs go. */
  AzureRead<List<DiagnosticSetting>> diagnosticSettings();
}
