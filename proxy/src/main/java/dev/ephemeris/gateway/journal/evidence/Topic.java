package dev.ephemeris.gateway.journal.evidence;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What records are evidence of; each is a table of a report, and a file of it. */
@SuppressWarnings("ImmutableEnumChecker") // lists that nobody can change, of records
public enum Topic {
  SIGN_INS(
      "sign-ins",
      "Sign-ins",
      "Sessions that began: who, from where, by which client.",
      "sessionStarted"),
  FAILED_SIGN_INS(
      "failed-authentications",
      "Failed authentications",
      "Credentials that were shown and not accepted, on the data plane and the API.",
      "authenticationFailed"),
  ACCESS_GRANTED(
      "access-granted",
      "Access granted",
      "Leases issued, renewed and handed over, resource tokens minted, roles assigned: to whom, on"
          + " what, by which rule, until when.",
      "leaseIssued",
      "leaseRenewed",
      "leaseHandedOver",
      "tokenMinted",
      "roleAssigned"),
  APPROVALS(
      "approvals",
      "Access requests and answers",
      "Leases that others were to agree to: who asked and why, who agreed to what, who said no; and"
          + " where the glass was broken, who looked at it afterwards and what they said.",
      "accessRequested",
      "accessAnswered",
      "accessWithdrawn",
      "accessPickedUp"),
  NOTIFICATIONS(
      "notifications",
      "Notifications",
      "Who was told of leases and access requests, as rules want, and who couldn't be reached.",
      "notificationSent",
      "notificationFailed"),
  ACCESS_ENDED(
      "access-ended",
      "Access ended",
      "What was ended before its time: sessions, leases, roles, all access of somebody by force;"
          + " and blocks that were lifted.",
      "sessionEnded",
      "leaseRevoked",
      "accessEnded",
      "roleUnassigned",
      "blockLifted"),
  REFUSED(
      "refused",
      "Refused",
      "Requests, leases and operations of the gateway that policy refused, each with its reason.",
      List.of(
          new Sort("decision", Optional.of("deny")),
          new Sort("operationDecided", Optional.of("deny")))),
  PASSED(
      "passed-in-report-mode",
      "Passed in report mode",
      "What policy refused and was let through, as the account was in report mode.",
      List.of(new Sort("decision", Optional.of("report")))),
  PRIVILEGED(
      "privileged-operations",
      "Privileged operations",
      "What people did to the gateway itself: ending others' access, turning keys over, reading the"
          + " journal.",
      List.of(new Sort("operationDecided", Optional.of("allow")))),
  KEYS(
      "keys",
      "Keys turned over",
      "Rotations of account keys step by step, keys that may have leaked, root keys made and"
          + " revoked.",
      "rotationProgress",
      "accountPanicked",
      "canaryAsked",
      "rootKeyAdded",
      "rootKeyRevoked"),
  POLICY(
      "policy-changes",
      "Changes of policy, catalog and configuration",
      "By digest: what decided before and what decided from then on. One without a before is a"
          + " start of a gateway.",
      "policyChanged",
      "catalogFlawed",
      "configurationChanged"),
  ACCOUNTS(
      "account-changes",
      "Changes of accounts",
      "Accounts that came behind the gateway, changed or went, and roles defined in them.",
      "accountChanged",
      "roleDefined",
      "roleUndefined"),
  CLIENTS(
      "clients",
      "Clients registered",
      "Applications that registered themselves to act for people.",
      "clientRegistered"),
  UNKNOWN(
      "unknown-outcomes",
      "Unknown outcomes",
      "Requests that a gateway had let through when it was killed: the account may have seen them"
          + " or not.",
      "outcomeUnknown");

  /** A type of record, or those of it with one decision. */
  record Sort(String type, Optional<String> decision) {}

  private final String file;
  private final String title;
  private final String description;
  private final List<Sort> sorts;

  Topic(String file, String title, String description, String... types) {
    this(
        file,
        title,
        description,
        Stream.of(types).map(type -> new Sort(type, Optional.empty())).toList());
  }

  Topic(String file, String title, String description, List<Sort> sorts) {
    this.file = file;
    this.title = title;
    this.description = description;
    this.sorts = List.copyOf(sorts);
  }

  /** Its name in addresses and files. */
  public String id() {
    return file;
  }

  /** For people. */
  public String title() {
    return title;
  }

  /** What is in it, in a sentence. */
  public String description() {
    return description;
  }

  List<Sort> sorts() {
    return sorts;
  }
}
