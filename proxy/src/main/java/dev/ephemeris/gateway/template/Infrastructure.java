package dev.ephemeris.gateway.template;

import dev.ephemeris.gateway.template.Throughput.Autoscale;
import dev.ephemeris.gateway.template.Throughput.Manual;
import dev.ephemeris.gateway.template.Throughput.NotItsOwn;
import dev.ephemeris.gateway.template.Value.Joined;
import dev.ephemeris.gateway.template.Value.Reference;
import dev.ephemeris.gateway.template.Value.Text;
import dev.ephemeris.gateway.template.Value.Whole;
import java.util.ArrayList;
import java.util.List;
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

  static final String THERE_ALREADY = "The account and the database have to be there.";

  private static final String ROLES = "/sqlRoleDefinitions/";

  /** What Azure keeps as tags. */
  record Labels(String environment, String owner) {}

  /**
   * What is said above it.
   *
   * @param withoutKeys how an account's language says that it takes no keys
   * @param after what is to be done with the file
   */
  static List<String> comments(Proposal proposal, String withoutKeys, String after) {
    return List.of(
        "Proposed by Ephemeris, to be reviewed:",
        proposal.inWords() + ".",
        "Throughput: " + proposal.request().container().throughput().inWords() + ".",
        THERE_ALREADY + " No key is in here and none is needed, since",
        "clients come through the gateway: keep " + withoutKeys + " at the account.",
        after);
  }

  /** What is told of whom {@code gateway}, a parameter, is to be. */
  static String gatewayNote(String gateway) {
    return gateway + " is the object id of the gateway's identity, and of nobody else's.";
  }

  /**
   * What a file leaves to be given, in the order in which it says so: the account, what the
   * container may take per second, and who the gateway is. Each by the name that it has there.
   */
  List<Parameter> parameters(
      String accountName, String autoscale, String manual, String gatewayPrincipal) {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(
        new Parameter(
            accountName,
            false,
            "The account, which is there already.",
            Optional.of(new Text(account))));
    switch (container.throughput()) {
      case NotItsOwn none -> {}
      case Autoscale(int most) ->
          parameters.add(
              new Parameter(
                  autoscale,
                  true,
                  "Request units per second that the container may scale up to.",
                  Optional.of(new Whole(most))));
      case Manual(int units) ->
          parameters.add(
              new Parameter(
                  manual,
                  true,
                  "Request units per second of the container.",
                  Optional.of(new Whole(units))));
    }
    if (gatewayRole.isPresent()) {
      parameters.add(
          new Parameter(
              gatewayPrincipal,
              false,
              "The object id of the identity that the gateway has in this account.",
              Optional.empty()));
    }
    return parameters;
  }

  /** One of the roles that there are in an account. */
  static Joined role(Reference accountId, UUID role) {
    return new Joined(accountId, ROLES + role);
  }

  /**
   * @throws UnreadableTemplate if it is none
   */
  static UUID readRole(Value role) {
    if (role instanceof Joined(Reference account, String rest) && rest.startsWith(ROLES)) {
      return UUID.fromString(rest.substring(ROLES.length()));
    }
    throw new UnreadableTemplate("expected a role, not " + role);
  }

  /** The path of the container in Azure's scopes of data. */
  String path() {
    return "/dbs/" + container.database() + "/colls/" + container.name();
  }
}
