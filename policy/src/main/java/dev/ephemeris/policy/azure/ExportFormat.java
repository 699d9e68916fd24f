package dev.ephemeris.policy.azure;

/** What an export can be written as. */
public enum ExportFormat {
  /** For {@code az deployment group create} in the account's resource group. */
  BICEP,
  /** For Terraform's provider {@code azurerm}. */
  TERRAFORM,
  /** A POSIX shell script that calls {@code az}. */
  AZ,
  /** As {@code az} prints what is there, which {@link NativeRoles#read} reads. */
  JSON;

  /** The whole file; the same for the same export. */
  public String write(Exported exported) {
    return switch (this) {
      case BICEP -> Bicep.of(exported);
      case TERRAFORM -> Terraform.of(exported);
      case AZ -> AzScript.of(exported);
      case JSON -> AzJson.of(exported);
    };
  }
}
