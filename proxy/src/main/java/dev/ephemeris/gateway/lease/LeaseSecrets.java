package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.identity.Seal;
import dev.ephemeris.gateway.store.RowSeal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What root keys prove: that a token is a lease's, that a stored row is ours. Nothing of it is
 * stored. Immutable and safe to share.
 */
public final class LeaseSecrets implements RowSeal {

  private static final String PREFIX = "type=resource&ver=1.0&sig=";
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final RootKey newest;
  private final List<RootKey> newestFirst;
  private final Map<Character, RootKey> byKid;

  /**
   * @param rootKeys the newest first: it derives, the others only verify
   * @throws IllegalArgumentException if there is none, or two have one id
   */
  public LeaseSecrets(List<RootKey> rootKeys) {
    if (rootKeys.isEmpty()) {
      throw new IllegalArgumentException("there is no root key");
    }
    this.newest = rootKeys.getFirst();
    this.newestFirst = List.copyOf(rootKeys);
    try {
      this.byKid =
          rootKeys.stream()
              .collect(Collectors.toUnmodifiableMap(RootKey::kid, Function.identity()));
    } catch (IllegalStateException duplicate) {
      throw new IllegalArgumentException("two root keys have the same kid", duplicate);
    }
  }

  LeaseId newId() {
    return LeaseId.random(newest.kid());
  }

  /** The token of a lease of ours: {@code type=resource&ver=1.0&sig={id}.{mac}}. */
  LeaseToken token(LeaseId id) {
    return new LeaseToken(PREFIX + id + '.' + tokenMac(key(id), id));
  }

  /** The lease that the {@code sig} of a token names, if we made it; constant time. */
  Optional<LeaseId> verify(String signature) {
    int dot = signature.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    Optional<LeaseId> id = LeaseId.parse(signature.substring(0, dot));
    Optional<RootKey> key = id.map(LeaseId::kid).map(byKid::get);
    if (key.isEmpty()) {
      return Optional.empty();
    }
    byte[] expected = tokenMac(key.get(), id.get()).getBytes(StandardCharsets.UTF_8);
    byte[] given = signature.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(expected, given) ? id : Optional.empty();
  }

  /** The key of a lease of ours. */
  LeaseKey leaseKey(LeaseId id) {
    return new LeaseKey(
        Base64.getEncoder()
            .encodeToString(key(id).leaseKey(id.value().getBytes(StandardCharsets.US_ASCII))));
  }

  /** The same, to verify what is signed with it; empty if its root key is gone. */
  Optional<MasterKey> verifier(LeaseId id) {
    return byKid.containsKey(id.kid())
        ? Optional.of(MasterKey.ofBase64(leaseKey(id).reveal()))
        : Optional.empty();
  }

  /**
   * What gives ids to roles that the gateway makes at accounts: one for each root key, the newest
   * first. It makes new ones; by all of them the gateway knows again what is its own.
   */
  public List<RoleNaming> roleNamings() {
    return newestFirst.stream().<RoleNaming>map(key -> parts -> roleId(key, parts)).toList();
  }

  /** RFC 9562 §5.8: what the other 122 bits are is the maker's to say. */
  private static UUID roleId(RootKey key, List<String> parts) {
    ByteBuffer mac = ByteBuffer.wrap(key.roleMac(canonical("", parts)));
    long high = (mac.getLong() & ~0xf000L) | 0x8000L;
    long low = (mac.getLong() & ~(0xc0L << 56)) | (0x80L << 56);
    return new UUID(high, low);
  }

  /** For what SDKs bring back to go on with a query. */
  public Seal continuations() {
    return new TextSeal(RootKey::continuationMac);
  }

  /** For what browsers keep, and bring back in cookies and forms. */
  public Seal cookies() {
    return new TextSeal(RootKey::cookieMac);
  }

  /** Sealed texts are {@code {kid}{mac}.{text in Base64}}. */
  private final class TextSeal implements Seal {

    private final BiFunction<RootKey, byte[], byte[]> mac;

    TextSeal(BiFunction<RootKey, byte[], byte[]> mac) {
      this.mac = mac;
    }

    @Override
    public String seal(String text, List<String> about) {
      return newest.kid()
          + BASE64.encodeToString(mac.apply(newest, canonical(text, about)))
          + '.'
          + BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<String> unseal(String sealed, List<String> about) {
      int dot = sealed.indexOf('.');
      RootKey key = sealed.isEmpty() ? null : byKid.get(sealed.charAt(0));
      if (dot < 0 || key == null) {
        return Optional.empty();
      }
      try {
        byte[] given = Base64.getUrlDecoder().decode(sealed.substring(1, dot));
        String text =
            new String(
                Base64.getUrlDecoder().decode(sealed.substring(dot + 1)), StandardCharsets.UTF_8);
        return MessageDigest.isEqual(mac.apply(key, canonical(text, about)), given)
            ? Optional.of(text)
            : Optional.empty();
      } catch (IllegalArgumentException notBase64) {
        return Optional.empty();
      }
    }
  }

  /** Each part with its length before it, so that none can run into the next. */
  private static byte[] canonical(String text, List<String> about) {
    StringBuilder all = new StringBuilder();
    about.forEach(part -> all.append(part.length()).append(':').append(part));
    return all.append(text).toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] mac(byte[] row) {
    return newest.leaseRowMac(row);
  }

  /** With any of our root keys. */
  @Override
  public boolean made(byte[] row, byte[] mac) {
    return byKid.values().stream()
        .anyMatch(key -> MessageDigest.isEqual(key.leaseRowMac(row), mac));
  }

  byte[] rowMac(Lease lease) {
    return key(lease.id()).leaseRowMac(LeaseRow.canonical(lease));
  }

  /** Whether we wrote this row; false too if its root key is gone. */
  boolean wrote(Lease lease, byte[] mac) {
    return byKid.containsKey(lease.id().kid()) && MessageDigest.isEqual(rowMac(lease), mac);
  }

  private RootKey key(LeaseId id) {
    RootKey key = byKid.get(id.kid());
    if (key == null) {
      throw new IllegalArgumentException("no root key has the kid of lease " + id);
    }
    return key;
  }

  private static String tokenMac(RootKey key, LeaseId id) {
    return BASE64.encodeToString(key.leaseTokenMac(id.value().getBytes(StandardCharsets.US_ASCII)));
  }
}
