package dev.ephemeris.gateway.journal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * What kinds of records there are, as a journal and its readers call them.
 *
 * <p>A journal is read long after it was written. So the form of a type never changes: a record
 * with more, fewer or other components gets the next version.
 */
public enum RecordType {
  ACCESS_ANSWERED("accessAnswered", 1, JournalRecord.AccessAnswered.class),
  ACCESS_ENDED("accessEnded", 1, JournalRecord.AccessEnded.class),
  ACCESS_PICKED_UP("accessPickedUp", 1, JournalRecord.AccessPickedUp.class),
  ACCESS_REQUESTED("accessRequested", 1, JournalRecord.AccessRequested.class),
  ACCESS_WITHDRAWN("accessWithdrawn", 1, JournalRecord.AccessWithdrawn.class),
  ACCOUNT_CHANGED("accountChanged", 1, JournalRecord.AccountChanged.class),
  ACCOUNT_PANICKED("accountPanicked", 1, JournalRecord.AccountPanicked.class),
  AUTHENTICATION_FAILED("authenticationFailed", 1, JournalRecord.AuthenticationFailed.class),
  BLOCK_LIFTED("blockLifted", 1, JournalRecord.BlockLifted.class),
  CANARY_ASKED("canaryAsked", 1, JournalRecord.CanaryAsked.class),
  CATALOG_FLAWED("catalogFlawed", 1, JournalRecord.CatalogFlawed.class),
  CLIENT_REGISTERED("clientRegistered", 1, JournalRecord.ClientRegistered.class),
  CONFIGURATION_CHANGED("configurationChanged", 1, JournalRecord.ConfigurationChanged.class),
  DECISION("decision", 1, JournalRecord.Decision.class),
  LEASE_EXPIRED("leaseExpired", 1, JournalRecord.LeaseExpired.class),
  LEASE_HANDED_OVER("leaseHandedOver", 1, JournalRecord.LeaseHandedOver.class),
  LEASE_ISSUED("leaseIssued", 1, JournalRecord.LeaseIssued.class),
  LEASE_RENEWED("leaseRenewed", 1, JournalRecord.LeaseRenewed.class),
  LEASE_REVOKED("leaseRevoked", 1, JournalRecord.LeaseRevoked.class),
  NOTIFICATION_FAILED("notificationFailed", 1, JournalRecord.NotificationFailed.class),
  NOTIFICATION_SENT("notificationSent", 1, JournalRecord.NotificationSent.class),
  OPERATION_DECIDED("operationDecided", 1, JournalRecord.OperationDecided.class),
  OUTCOME_UNKNOWN("outcomeUnknown", 1, JournalRecord.OutcomeUnknown.class),
  POLICY_CHANGED("policyChanged", 1, JournalRecord.PolicyChanged.class),
  REQUEST_INTENT("requestIntent", 1, JournalRecord.RequestIntent.class),
  REQUEST_OUTCOME("requestOutcome", 2, JournalRecord.RequestOutcome.class),
  ROLE_ASSIGNED("roleAssigned", 1, JournalRecord.RoleAssigned.class),
  ROLE_DEFINED("roleDefined", 1, JournalRecord.RoleDefined.class),
  ROLE_UNASSIGNED("roleUnassigned", 1, JournalRecord.RoleUnassigned.class),
  ROLE_UNDEFINED("roleUndefined", 1, JournalRecord.RoleUndefined.class),
  ROOT_KEY_ADDED("rootKeyAdded", 1, JournalRecord.RootKeyAdded.class),
  ROOT_KEY_REVOKED("rootKeyRevoked", 1, JournalRecord.RootKeyRevoked.class),
  ROTATION_PROGRESS("rotationProgress", 1, JournalRecord.RotationProgress.class),
  SESSION_ENDED("sessionEnded", 1, JournalRecord.SessionEnded.class),
  SESSION_STARTED("sessionStarted", 1, JournalRecord.SessionStarted.class),
  TOKEN_MINTED("tokenMinted", 1, JournalRecord.TokenMinted.class);

  private final String code;
  private final int version;
  private final Class<? extends JournalRecord> form;

  RecordType(String code, int version, Class<? extends JournalRecord> form) {
    this.code = code;
    this.version = version;
    this.form = form;
  }

  /** As {@code type} of a record has it: {@code requestIntent}. */
  public String code() {
    return code;
  }

  /** Of the form in which such records are written now, from 1. */
  public int version() {
    return version;
  }

  /** The JSON Schema (draft 2020-12) of such records of {@link #version()}, as they are kept. */
  public String schema() {
    String name = "records/" + code + ".v" + version + ".schema.json";
    try (InputStream in = RecordType.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the gateway's own " + name + " can't be read", e);
    }
  }

  Class<? extends JournalRecord> form() {
    return form;
  }

  /** Empty if there is none, as in a journal of a newer gateway. */
  public static Optional<RecordType> of(String code) {
    return Arrays.stream(values()).filter(type -> type.code.equals(code)).findFirst();
  }

  static RecordType of(JournalRecord record) {
    return switch (record) {
      // First what each request has: the cases are tried in their order.
      case JournalRecord.RequestIntent r -> REQUEST_INTENT;
      case JournalRecord.RequestOutcome r -> REQUEST_OUTCOME;
      case JournalRecord.AccessAnswered r -> ACCESS_ANSWERED;
      case JournalRecord.AccessEnded r -> ACCESS_ENDED;
      case JournalRecord.AccessPickedUp r -> ACCESS_PICKED_UP;
      case JournalRecord.AccessRequested r -> ACCESS_REQUESTED;
      case JournalRecord.AccessWithdrawn r -> ACCESS_WITHDRAWN;
      case JournalRecord.AccountChanged r -> ACCOUNT_CHANGED;
      case JournalRecord.AccountPanicked r -> ACCOUNT_PANICKED;
      case JournalRecord.AuthenticationFailed r -> AUTHENTICATION_FAILED;
      case JournalRecord.BlockLifted r -> BLOCK_LIFTED;
      case JournalRecord.CanaryAsked r -> CANARY_ASKED;
      case JournalRecord.CatalogFlawed r -> CATALOG_FLAWED;
      case JournalRecord.ClientRegistered r -> CLIENT_REGISTERED;
      case JournalRecord.ConfigurationChanged r -> CONFIGURATION_CHANGED;
      case JournalRecord.Decision r -> DECISION;
      case JournalRecord.LeaseExpired r -> LEASE_EXPIRED;
      case JournalRecord.LeaseHandedOver r -> LEASE_HANDED_OVER;
      case JournalRecord.LeaseIssued r -> LEASE_ISSUED;
      case JournalRecord.LeaseRenewed r -> LEASE_RENEWED;
      case JournalRecord.LeaseRevoked r -> LEASE_REVOKED;
      case JournalRecord.NotificationFailed r -> NOTIFICATION_FAILED;
      case JournalRecord.NotificationSent r -> NOTIFICATION_SENT;
      case JournalRecord.OperationDecided r -> OPERATION_DECIDED;
      case JournalRecord.OutcomeUnknown r -> OUTCOME_UNKNOWN;
      case JournalRecord.PolicyChanged r -> POLICY_CHANGED;
      case JournalRecord.RoleAssigned r -> ROLE_ASSIGNED;
      case JournalRecord.RoleDefined r -> ROLE_DEFINED;
      case JournalRecord.RoleUnassigned r -> ROLE_UNASSIGNED;
      case JournalRecord.RoleUndefined r -> ROLE_UNDEFINED;
      case JournalRecord.RootKeyAdded r -> ROOT_KEY_ADDED;
      case JournalRecord.RootKeyRevoked r -> ROOT_KEY_REVOKED;
      case JournalRecord.RotationProgress r -> ROTATION_PROGRESS;
      case JournalRecord.SessionEnded r -> SESSION_ENDED;
      case JournalRecord.SessionStarted r -> SESSION_STARTED;
      case JournalRecord.TokenMinted r -> TOKEN_MINTED;
    };
  }
}
