package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.identity.Seal;
import dev.ephemeris.gateway.store.RowSeal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What root keys prove: that a token is a lease's, that a stored row is ours. Nothing of it is
 * stored. Thread-safe.
 */
public final class LeaseSecrets implements RowSeal {

  private static final String PREFIX = "type=resource&ver=1.0&sig=";
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private static final SecureRandom RANDOM = new SecureRandom();

  private final InstantSource clock;

  private volatile Held held;

  /** A ring, and what every request asks of it. */
  private record Held(RootKeyRing ring, Map<Character, RootKey> byKid, List<RootKey> good) {

    /**
     * @throws IllegalArgumentException if two keys have one kid
     */
    static Held of(RootKeyRing ring) {
      try {
        return new Held(
            ring,
            ring.all().stream()
                .collect(Collectors.toUnmodifiableMap(RootKey::kid, Function.identity())),
            ring.good());
      } catch (IllegalStateException duplicate) {
        throw new IllegalArgumentException("two root keys have the same kid", duplicate);
      }
    }

    Optional<RootKey> find(char kid) {
      return Optional.ofNullable(byKid.get(kid));
    }

    /** The same, unless it is revoked. */
    Optional<RootKey> verifying(char kid) {
      return find(kid).filter(good::contains);
    }
  }

  /**
   * Of root keys that stay what they are.
   *
   * @param rootKeys the newest first: it derives, the others only verify
   * @throws IllegalArgumentException if there is none, or two have one id
   */
  public LeaseSecrets(List<RootKey> rootKeys) {
    this(RootKeyRing.of(rootKeys), InstantSource.system());
    if (rootKeys.isEmpty()) {
      throw new IllegalArgumentException("there is no root key");
    }
  }

  LeaseSecrets(RootKeyRing ring, InstantSource clock) {
    this.clock = clock;
    this.held = Held.of(ring);
  }

  /** From now on these count. */
  void hold(RootKeyRing changed) {
    held = Held.of(changed);
  }

  RootKeyRing held() {
    return held.ring();
  }

  /** When the root key of this lease was revoked, if it was: then the lease has ended. */
  Optional<Instant> revokedAt(LeaseId id) {
    return Optional.ofNullable(held.ring().revokedAt().get(id.kid()));
  }

  private RootKey newest() {
    return held.ring()
        .newest(clock.instant())
        .orElseThrow(() -> new IllegalStateException("each root key is revoked"));
  }

  LeaseId newId() {
    return LeaseId.random(newest().kid());
  }

  /** The token of a lease of ours: {@code type=resource&ver=1.0&sig={id}.{mac}}. */
  LeaseToken token(LeaseId id) {
    return new LeaseToken(PREFIX + id + '.' + tokenMac(key(id), id));
  }

  /**
   * The lease that the {@code sig} of a token names, if we made it; constant time. Its root key may
   * be revoked since: see {@link #revokedAt}.
   */
  Optional<LeaseId> verify(String signature) {
    int dot = signature.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    Optional<LeaseId> id = LeaseId.parse(signature.substring(0, dot));
    Optional<RootKey> key = id.flatMap(made -> held.find(made.kid()));
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
    return held.find(id.kid()).isPresent()
        ? Optional.of(MasterKey.ofBase64(leaseKey(id).reveal()))
        : Optional.empty();
  }

  /**
   * What gives ids to roles that the gateway makes at accounts: one for each root key, what makes
   * new ones first. By all of them, revoked ones too, the gateway knows again what is its own.
   */
  public List<RoleNaming> roleNamings() {
    RootKey first = newest();
    return Stream.concat(
            Stream.of(first), held.ring().all().stream().filter(key -> key.kid() != first.kid()))
        .<RoleNaming>map(Naming::new)
        .toList();
  }

  private record Naming(RootKey key) implements RoleNaming {
    @Override
    public char kid() {
      return key.kid();
    }

    @Override
    public UUID id(List<String> parts) {
      return roleId(key, parts);
    }
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

  /** The same, where whoever brings it back mustn't read it: it hides the text. */
  public Seal hiddenContinuations() {
    return new HidingSeal();
  }

  /** For what browsers keep, and bring back in cookies and forms. */
  public Seal cookies() {
    return new TextSeal(RootKey::cookieMac);
  }

  /** For what was refused, and is asked for afterwards. */
  public Seal refusals() {
    return new TextSeal(RootKey::refusalMac);
  }

  /** For where a list goes on. */
  public Seal cursors() {
    return new TextSeal(RootKey::cursorMac);
  }

  /** Sealed texts are {@code {kid}{mac}.{text in Base64}}. */
  private final class TextSeal implements Seal {

    private final BiFunction<RootKey, byte[], byte[]> mac;

    TextSeal(BiFunction<RootKey, byte[], byte[]> mac) {
      this.mac = mac;
    }

    @Override
    public String seal(String text, List<String> about) {
      RootKey key = newest();
      return key.kid()
          + BASE64.encodeToString(mac.apply(key, canonical(text, about)))
          + '.'
          + BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<String> unseal(String sealed, List<String> about) {
      int dot = sealed.indexOf('.');
      Optional<RootKey> key =
          sealed.isEmpty() ? Optional.empty() : held.verifying(sealed.charAt(0));
      if (dot < 0 || key.isEmpty()) {
        return Optional.empty();
      }
      try {
        byte[] given = Base64.getUrlDecoder().decode(sealed.substring(1, dot));
        String text =
            new String(
                Base64.getUrlDecoder().decode(sealed.substring(dot + 1)), StandardCharsets.UTF_8);
        return MessageDigest.isEqual(mac.apply(key.get(), canonical(text, about)), given)
            ? Optional.of(text)
            : Optional.empty();
      } catch (IllegalArgumentException notBase64) {
        return Optional.empty();
      }
    }
  }

  /**
   * Hidden texts are {@code {kid}{salt and ciphertext in Base64}}, by AES-GCM with a key for each:
   * it is derived from the salt and from what the text is about.
   */
  private final class HidingSeal implements Seal {

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int SALT = 16;
    private static final int TAG_BITS = 128;

    /** Each key is used for one text. */
    private static final byte[] NONCE = new byte[12];

    @Override
    public String seal(String text, List<String> about) {
      RootKey key = newest();
      byte[] salt = new byte[SALT];
      RANDOM.nextBytes(salt);
      try {
        byte[] hidden =
            cipher(Cipher.ENCRYPT_MODE, key, salt, about)
                .doFinal(text.getBytes(StandardCharsets.UTF_8));
        return key.kid()
            + BASE64.encodeToString(
                ByteBuffer.allocate(SALT + hidden.length).put(salt).put(hidden).array());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has " + CIPHER, e);
      }
    }

    @Override
    public Optional<String> unseal(String sealed, List<String> about) {
      Optional<RootKey> key =
          sealed.isEmpty() ? Optional.empty() : held.verifying(sealed.charAt(0));
      if (key.isEmpty()) {
        return Optional.empty();
      }
      try {
        byte[] all = Base64.getUrlDecoder().decode(sealed.substring(1));
        if (all.length < SALT) {
          return Optional.empty();
        }
        byte[] text =
            cipher(Cipher.DECRYPT_MODE, key.get(), Arrays.copyOf(all, SALT), about)
                .doFinal(all, SALT, all.length - SALT);
        return Optional.of(new String(text, StandardCharsets.UTF_8));
      } catch (IllegalArgumentException | GeneralSecurityException notOurs) {
        return Optional.empty();
      }
    }

    private static Cipher cipher(int mode, RootKey key, byte[] salt, List<String> about)
        throws GeneralSecurityException {
      byte[] of = canonical("", about);
      byte[] own =
          key.hiddenContinuationKey(
              ByteBuffer.allocate(SALT + of.length).put(salt).put(of).array());
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(mode, new SecretKeySpec(own, "AES"), new GCMParameterSpec(TAG_BITS, NONCE));
      return cipher;
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
    return newest().leaseRowMac(row);
  }

  /** With any of our root keys that isn't revoked. */
  @Override
  public boolean made(byte[] row, byte[] mac) {
    boolean made = false;
    for (RootKey key : held.good()) {
      made |= MessageDigest.isEqual(key.leaseRowMac(row), mac);
    }
    return made;
  }

  byte[] rowMac(Lease lease) {
    return mac(LeaseRow.canonical(lease));
  }

  /** Whether we wrote this row; false too if the root key of its lease is gone and not revoked. */
  boolean wrote(Lease lease, byte[] mac) {
    return (held.find(lease.id().kid()).isPresent() || revokedAt(lease.id()).isPresent())
        && made(LeaseRow.canonical(lease), mac);
  }

  private RootKey key(LeaseId id) {
    return held.find(id.kid())
        .orElseThrow(() -> new IllegalArgumentException("no root key has the kid of lease " + id));
  }

  private static String tokenMac(RootKey key, LeaseId id) {
    return BASE64.encodeToString(key.leaseTokenMac(id.value().getBytes(StandardCharsets.US_ASCII)));
  }
}
