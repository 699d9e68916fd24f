package dev.ephemeris.simulator.azure;

import java.util.List;
import java.util.Optional;

/** A path of Resource Manager's, whose names are compared in any case. */
record ArmPath(List<String> segments) {

  private static final String PROVIDER = "Microsoft.DocumentDB";

  /** A resource group, whether or not there is one. */
  record Group(String subscription, String name) {

    String id() {
      return "/subscriptions/" + subscription + "/resourceGroups/" + name;
    }

    boolean is(Group other) {
      return subscription.equalsIgnoreCase(other.subscription) && name.equalsIgnoreCase(other.name);
    }
  }

  /** What a path of an account, or of something below it, names; whether or not there is one. */
  record OfAccount(Group group, String name, List<String> below) {

    String id() {
      return group.id() + "/providers/" + ArmAccount.TYPE + "/" + name;
    }
  }

  /** Whether it begins so; a {@code *} stands for any one segment. */
  private boolean begins(String... literals) {
    if (segments.size() < literals.length) {
      return false;
    }
    for (var i = 0; i < literals.length; i++) {
      if (!literals[i].equals("*") && !segments.get(i).equalsIgnoreCase(literals[i])) {
        return false;
      }
    }
    return true;
  }

  private boolean isInGroup() {
    return begins(
        "subscriptions", "*", "resourceGroups", "*", "providers", PROVIDER, "databaseAccounts");
  }

  /** The subscription whose accounts are listed. */
  Optional<String> accountsOfSubscription() {
    return begins("subscriptions", "*", "providers", PROVIDER, "databaseAccounts")
            && segments.size() == 5
        ? Optional.of(segments.get(1))
        : Optional.empty();
  }

  /** The resource group whose accounts are listed. */
  Optional<Group> accountsOfGroup() {
    return isInGroup() && segments.size() == 7
        ? Optional.of(new Group(segments.get(1), segments.get(3)))
        : Optional.empty();
  }

  Optional<OfAccount> account() {
    return isInGroup() && segments.size() > 7
        ? Optional.of(
            new OfAccount(
                new Group(segments.get(1), segments.get(3)),
                segments.get(7),
                segments.subList(8, segments.size())))
        : Optional.empty();
  }

  /** The id of the operation whose status is asked for. */
  Optional<String> operationStatus() {
    return begins("subscriptions", "*", "providers", PROVIDER, "locations", "*", "operationsStatus")
            && segments.size() == 8
        ? Optional.of(segments.getLast())
        : Optional.empty();
  }

  /** The id of the operation whose result is asked for, below what it is done to. */
  Optional<String> operationResult() {
    var below = account().map(OfAccount::below).orElse(List.of());
    return below.size() >= 3 && below.get(below.size() - 2).equalsIgnoreCase("operationResults")
        ? Optional.of(below.getLast())
        : Optional.empty();
  }
}
