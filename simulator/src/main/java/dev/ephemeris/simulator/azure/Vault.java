package dev.ephemeris.simulator.azure;

import dev.ephemeris.simulator.azure.SecretVersion.Attributes;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A key vault with its secrets.
 *
 * <p>All methods are safe to call from any thread.
 */
public final class Vault {

  /** What tokens for every vault are for: the part of their hosts' names that they share. */
  public static final String AUDIENCE = "https://vault.localhost";

  static final String SUFFIX = ".vault.localhost";

  private final ArmPath.Group group;
  private final String name;
  private final Supplier<URI> azure;
  private final InstantSource clock;

  /** By name, each oldest first. Guarded by this. */
  private final Map<String, List<SecretVersion>> secrets = new TreeMap<>();

  Vault(ArmPath.Group group, String name, Supplier<URI> azure, InstantSource clock) {
    this.group = group;
    this.name = name;
    this.azure = azure;
    this.clock = clock;
  }

  /** Its resource id: {@code /subscriptions/…/vaults/NAME}. */
  public String id() {
    return group.id() + "/providers/Microsoft.KeyVault/vaults/" + name;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** {@code https://NAME.vault.localhost:PORT}, which {@code LoopbackNames} resolves. */
  public URI endpoint() {
    return URI.create("https://" + name + SUFFIX + ":" + azure.get().getPort());
  }

  /** Sets a secret, as somebody else might, and returns its version. */
  public String set(String secret, String value) {
    return add(secret, value, Optional.empty(), Map.of(), Attributes.NONE).version();
  }

  /** The value that a secret has now, whether or not it is enabled; empty if there is none. */
  public Optional<String> value(String secret) {
    return latest(secret).map(SecretVersion::value);
  }

  synchronized SecretVersion add(
      String secret,
      String value,
      Optional<String> contentType,
      Map<String, String> tags,
      Attributes attributes) {
    var now = clock.instant();
    var version = UUID.randomUUID().toString().replace("-", "");
    var made = new SecretVersion(secret, version, value, contentType, tags, attributes, now, now);
    secrets.computeIfAbsent(secret, _ -> new ArrayList<>()).add(made);
    return made;
  }

  /** Changes what is said about a version; empty if there is none. */
  synchronized Optional<SecretVersion> change(
      String secret, String version, UnaryOperator<SecretVersion> change) {
    var found = find(secret, version);
    var changed = found.map(before -> change.apply(before).updatedAt(clock.instant()));
    changed.ifPresent(
        after ->
            secrets
                .getOrDefault(secret, List.of())
                .replaceAll(one -> one.version().equals(version) ? after : one));
    return changed;
  }

  synchronized Optional<SecretVersion> latest(String secret) {
    return Optional.ofNullable(secrets.get(secret)).map(List::getLast);
  }

  synchronized Optional<SecretVersion> find(String secret, String version) {
    return versions(secret).stream().filter(one -> one.version().equals(version)).findFirst();
  }

  synchronized List<SecretVersion> versions(String secret) {
    return List.copyOf(secrets.getOrDefault(secret, List.of()));
  }

  /** Of every secret the latest version. */
  synchronized List<SecretVersion> all() {
    return secrets.values().stream().map(List::getLast).toList();
  }
}
