package dev.ephemeris.gateway.journal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Records as there may be. */
public final class RecordSamples {

  private static final Instant AT = Instant.parse("2026-11-24T09:00:00.123456Z");
  private static final Instant LATER = Instant.parse("2026-11-24T10:00:00Z");
  private static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";
  private static final List<String> READS = List.of("readMetadata", "items/read");

  /** One of each, with everything that it can have. */
  public static final List<JournalRecord> WHOLE =
      List.of(
          new JournalRecord.SessionStarted(
              AT,
              "s-1",
              "corp:alice",
              Optional.of("corp:bob"),
              "person",
              "cli",
              "192.0.2.1",
              LATER),
          new JournalRecord.AuthenticationFailed(
              AT, "dataPlane", "192.0.2.1", Optional.of("alease"), "expired"),
          new JournalRecord.LeaseIssued(
              AT,
              "alease",
              "s-1",
              "corp:alice",
              Optional.of("corp:bob"),
              ORDERS,
              Optional.of("[\"tenantA\"]"),
              "data-reader",
              READS,
              "proxy",
              "lease-token",
              "r",
              Optional.of("a look"),
              Optional.of("OPS-1"),
              LATER),
          new JournalRecord.TokenMinted(
              AT,
              "alease",
              "corp:alice",
              Optional.of("corp:bob"),
              "orders-prod",
              "dbs/shop/colls/orders",
              "Read",
              "Sl8fAKHj8VE=",
              "ephemeris-5e1f",
              LATER,
              LATER),
          new JournalRecord.AccountChanged(
              AT,
              "orders-pr-7",
              JournalRecord.AccountChanged.CAME,
              "added",
              "corp:opal",
              "preview-7",
              List.of("proxy", "token"),
              "https://orders-pr-7.documents.azure.com:443/",
              Optional.of("/subscriptions/11111111-2222-4333-8444-555555555555"),
              Optional.of(LATER)),
          new JournalRecord.AccountPanicked(
              AT, "orders-prod", "corp:opal", Optional.of("regenerate-used"), Optional.of(LATER)),
          new JournalRecord.CanaryAsked(
              AT,
              "orders-prod",
              "corp:opal",
              "not-seen",
              Optional.of(LATER),
              Optional.of("there was no canary: the account has no container to make one for")),
          new JournalRecord.RotationProgress(
              AT,
              "orders-prod",
              "verify-unused",
              "failed",
              "primary",
              "corp:opal",
              Optional.of("North Europe doesn't take the key yet")),
          new JournalRecord.RootKeyAdded(AT, "b", LATER, "corp:opal"),
          new JournalRecord.RootKeyRevoked(AT, "a", "corp:opal"),
          new JournalRecord.RoleAssigned(
              AT,
              List.of("alease", "another"),
              "corp:alice",
              "0f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f60",
              "orders-prod",
              ORDERS,
              "00000000-0000-0000-0000-000000000001",
              READS,
              "5d1c2b3a-4f5e-8d7c-8b9a-0a1b2c3d4e5f"),
          new JournalRecord.RoleUnassigned(
              AT,
              List.of("alease"),
              Optional.of("corp:alice"),
              "0f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f60",
              "orders-prod",
              ORDERS,
              "00000000-0000-0000-0000-000000000001",
              "5d1c2b3a-4f5e-8d7c-8b9a-0a1b2c3d4e5f"),
          new JournalRecord.RoleDefined(
              AT, "orders-prod", "6e2d3c4b-5a6f-8e8d-9cab-1b2c3d4e5f60", READS),
          new JournalRecord.RoleUndefined(
              AT, "orders-prod", "6e2d3c4b-5a6f-8e8d-9cab-1b2c3d4e5f60"),
          new JournalRecord.LeaseRenewed(
              AT, "alease", "s-2", "corp:alice", Optional.of("corp:bob"), "r", LATER),
          new JournalRecord.LeaseHandedOver(
              AT, "alease", "s-2", "ephemeris:ephemeris-mcp", Optional.of("corp:bob")),
          new JournalRecord.LeaseExpired(
              LATER.plusSeconds(1), "alease", "s-1", "corp:alice", Optional.of("corp:bob"), LATER),
          new JournalRecord.LeaseRevoked(
              AT,
              "alease",
              "s-1",
              "corp:alice",
              Optional.of("corp:bob"),
              "corp:opal",
              Optional.of("b-1")),
          new JournalRecord.AccessRequested(
              AT,
              "ar-1",
              "s-1",
              "corp:alice",
              Optional.of("corp:bob"),
              ORDERS,
              Optional.of("[\"tenantA\"]"),
              "order-operator",
              READS,
              "proxy",
              "r",
              List.of("1 of group:default/dba"),
              3600,
              "a refund is stuck",
              Optional.of("OPS-1"),
              false),
          new JournalRecord.AccessAnswered(
              AT,
              "ar-1",
              "s-3",
              "corp:dora",
              "corp:alice",
              Optional.of("corp:bob"),
              "approved",
              List.of("group:default/dba"),
              Optional.of(ORDERS),
              Optional.of("[\"tenantA\"]"),
              Optional.of(1800L),
              Optional.of("not longer than that"),
              "approved"),
          new JournalRecord.AccessWithdrawn(
              AT, "ar-1", "s-1", "corp:alice", Optional.of("corp:bob"), "corp:bob"),
          new JournalRecord.AccessPickedUp(
              AT,
              "ar-1",
              "s-1",
              "corp:alice",
              Optional.of("corp:bob"),
              "alease",
              List.of("corp:dora")),
          new JournalRecord.NotificationSent(
              AT, "msg_1", "ops", "accessRequested", Optional.of("ar-1"), Optional.of("alease"), 3),
          new JournalRecord.NotificationFailed(
              AT,
              "msg_2",
              "ops",
              "leaseIssued",
              Optional.of("ar-1"),
              Optional.of("alease"),
              29,
              "the receiver answers 503"),
          new JournalRecord.OperationDecided(
              AT,
              "s-1",
              "corp:bob",
              List.of("ephemeris/leases/revoke-any"),
              "revokeAnyLease",
              "/v1/any/leases/alease",
              "deny",
              Optional.of("denied-by-rule"),
              Optional.of("r")),
          new JournalRecord.BlockLifted(
              AT, "b-1", "corp:alice", Optional.of("orders-prod"), "corp:alice"),
          new JournalRecord.SessionEnded(
              AT, "s-1", "corp:alice", Optional.of("corp:bob"), "corp:opal", Optional.of("b-1")),
          new JournalRecord.AccessEnded(
              AT,
              "b-1",
              "group:default/dba",
              Optional.of("orders-prod"),
              true,
              "corp:opal",
              "a look"),
          new JournalRecord.Decision(
              AT,
              Optional.of("alease"),
              "s-1",
              "corp:alice",
              Optional.of("corp:bob"),
              READS,
              ORDERS,
              "deny",
              "denied-by-rule",
              Optional.of("r"),
              Optional.of("act-1")),
          new JournalRecord.RequestIntent(
              AT,
              "req-1",
              "alease",
              "s-1",
              "corp:alice",
              Optional.of("corp:bob"),
              "orders-prod",
              "READ_ITEM",
              READS,
              ORDERS,
              Optional.of("hmac-sha256:0a"),
              Optional.of("hmac-sha256:0b"),
              Optional.of("SELECT * FROM c WHERE c[\"id\"] = ?"),
              Optional.of("sha256:05"),
              Optional.of(2),
              "r",
              "act-1"),
          new JournalRecord.RequestOutcome(
              AT, "req-1", "act-1", 200, 0, 1.5, Optional.of(3), Optional.of(2), 239, 12.25),
          new JournalRecord.OutcomeUnknown(AT, "req-1", "act-1"),
          new JournalRecord.PolicyChanged(
              AT, Optional.of("sha256:01"), "sha256:02", Optional.of("sha256:03"), "sha256:04"),
          new JournalRecord.ConfigurationChanged(
              AT, Optional.of("sha256:06"), "sha256:07", List.of("api", "issuers")),
          new JournalRecord.CatalogFlawed(AT, "sha256:04", List.of("org.yaml:1: a, and b")),
          new JournalRecord.ClientRegistered(
              AT, "c-1", "A copilot", List.of("https://app.example/callback"), "192.0.2.1"));

  /** Without what may be absent: it isn't there then, not even as null. */
  public static final List<JournalRecord> SPARSE =
      List.of(
          new JournalRecord.AuthenticationFailed(
              AT, "api", "192.0.2.1", Optional.empty(), "there is no token"),
          new JournalRecord.Decision(
              AT,
              Optional.empty(),
              "s-1",
              "corp:alice",
              Optional.empty(),
              READS,
              ORDERS,
              "deny",
              "no-rule",
              Optional.empty(),
              Optional.empty()),
          new JournalRecord.RequestIntent(
              AT,
              "req-2",
              "alease",
              "s-1",
              "corp:alice",
              Optional.empty(),
              "orders-prod",
              "READ_ACCOUNT",
              List.of("readMetadata"),
              "orders-prod",
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              "r",
              "act-2"),
          new JournalRecord.PolicyChanged(
              AT, Optional.empty(), "sha256:02", Optional.empty(), "sha256:04"));

  private RecordSamples() {}

  public static List<JournalRecord> all() {
    return Stream.concat(WHOLE.stream(), SPARSE.stream()).toList();
  }
}
