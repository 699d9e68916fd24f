package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A lease as columns, and as the bytes that its MAC covers. */
final class LeaseRow {

  private LeaseRow() {}

  /** The partition key in one spelling. */
  static Optional<String> partitionKey(Lease lease) {
    return lease.partitionKey().map(PartitionKey::header);
  }

  private static Optional<PartitionKey> partitionKey(@Nullable String column) {
    return Optional.ofNullable(column)
        .map(
            key ->
                PartitionKey.parse(key)
                    .orElseThrow(() -> new IllegalArgumentException("not a partition key")));
  }

  /** The claims as JSON, in one order. */
  static String claims(Lease lease) {
    JsonObject json = new JsonObject();
    new TreeMap<>(lease.claims()).forEach(json::put);
    return json.encode();
  }

  private static Map<String, String> claims(String column) {
    Map<String, String> claims = new HashMap<>();
    try {
      new JsonObject(column)
          .forEach(claim -> claims.put(claim.getKey(), (String) claim.getValue()));
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalArgumentException("not claims", e);
    }
    return claims;
  }

  /** The actions in one order, so that equal leases have equal rows. */
  static String actions(Lease lease) {
    return EnumSet.copyOf(lease.actions()).stream()
        .map(Action::shortName)
        .collect(Collectors.joining(" "));
  }

  /**
   * Every column with its length before it, so that no two leases have the same bytes, whatever
   * their names hold.
   */
  static byte[] canonical(Lease lease) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (String text :
          List.of(
              lease.id().value(),
              lease.sessionId(),
              lease.principal().issuer(),
              lease.principal().subject(),
              lease.kind().name(),
              claims(lease),
              lease.standing().client().orElse(""),
              lease.standing().reason().orElse(""),
              lease.standing().ticket().orElse(""),
              lease.form().name(),
              lease.scope().toString(),
              partitionKey(lease).orElse(""),
              lease.role().value(),
              actions(lease),
              lease.lane().name(),
              lease.rule().value())) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
      }
      out.writeLong(lease.standing().mfaUntil().map(Database::micros).orElse(-1L));
      out.writeLong(Database.micros(lease.issuedAt()));
      out.writeLong(Database.micros(lease.expiresAt()));
      out.writeLong(Database.micros(lease.hardEnd()));
      out.writeInt(lease.revision());
      out.writeLong(lease.revokedAt().map(Database::micros).orElse(-1L));
    } catch (IOException e) {
      throw new UncheckedIOException("memory can be written", e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IllegalArgumentException if the columns aren't a lease
   */
  static Lease read(ResultSet row) throws SQLException {
    long mfaUntil = row.getLong("mfa_until");
    boolean mfa = !row.wasNull();
    long revokedAt = row.getLong("revoked_at");
    boolean revoked = !row.wasNull();
    return new Lease(
        new LeaseId(row.getString("id")),
        row.getString("session_id"),
        new PrincipalId(row.getString("issuer"), row.getString("subject")),
        PrincipalKind.valueOf(row.getString("kind")),
        claims(row.getString("claims")),
        new Standing(
            Optional.ofNullable(row.getString("client")),
            mfa ? Optional.of(Database.instant(mfaUntil)) : Optional.empty(),
            Optional.ofNullable(row.getString("reason")),
            Optional.ofNullable(row.getString("ticket"))),
        CredentialForm.valueOf(row.getString("form")),
        Scope.parse(row.getString("scope")),
        partitionKey(row.getString("partition_key")),
        new RoleName(row.getString("role")),
        actions(row.getString("actions")),
        Lane.valueOf(row.getString("lane")),
        new RuleName(row.getString("rule")),
        Database.instant(row.getLong("issued_at")),
        Database.instant(row.getLong("expires_at")),
        Database.instant(row.getLong("hard_end")),
        row.getInt("revision"),
        revoked ? Optional.of(Database.instant(revokedAt)) : Optional.empty());
  }

  private static Set<Action> actions(String column) {
    return Arrays.stream(column.split(" "))
        .flatMap(name -> Action.matching(name).stream())
        .collect(Collectors.toSet());
  }
}
