package dev.ephemeris.gateway.template;

import java.util.Optional;
import java.util.UUID;

/**
 * What a file of Bicep or Terraform says, in either language.
 *
 * @param resourceGroup only where it is said in the file
 * @param labels only where there is a place for them
 * @param gatewayRole which of Azure's roles the gateway is given in the container
 */
record Infrastructure(
    String account,
    Optional<String> resourceGroup,
    Optional<Labels> labels,
    Container container,
    Optional<UUID> gatewayRole) {

  /** What Azure keeps as tags. */
  record Labels(String environment, String owner) {}

  /** The path of the container in Azure's scopes of data. */
  String path() {
    return "/dbs/" + container.database() + "/colls/" + container.name();
  }
}
