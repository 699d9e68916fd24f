package dev.ephemeris.policy;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Policies and principals for tests. */
final class Policies {
  /** A Tuesday, noon in London; from a network for documentation (RFC 5737). */
  static final Circumstances NOON =
      new Circumstances.Given(
          Instant.parse("2026-11-24T12:00:00Z"), Optional.of(InetAddress.ofLiteral("192.0.2.1")));

  private Policies() {}

  /** The policy of these lines, which leave out the version. */
  static Policy of(String text) {
    return Policy.parse(
        List.of(new PolicySource("policy.yaml", "apiVersion: ephemeris.dev/v1\n" + text)));
  }

  static Policy resource(String name) {
    return Policy.parse(List.of(new PolicySource(name, text(name))));
  }

  static String text(String resource) {
    try (InputStream stream = Policies.class.getResourceAsStream(resource)) {
      byte[] bytes = Objects.requireNonNull(stream, resource).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Alice, a member of these groups of the namespace {@code default}. */
  static Principal principal(PrincipalKind kind, String... groups) {
    return new Principal(
        new PrincipalId("corp", "alice"),
        kind,
        "Alice",
        Arrays.stream(groups)
            .map(group -> new GroupRef("default", group))
            .collect(toUnmodifiableSet()));
  }

  /** One that acts for this one, a member of these groups. */
  static Principal agentOf(Principal whom, String... groups) {
    Principal agent = principal(PrincipalKind.AGENT, groups);
    return new Principal(
        new PrincipalId("ci", "copilot"),
        agent.kind(),
        "Copilot",
        Optional.empty(),
        agent.groups(),
        Set.of(),
        Map.of(),
        Optional.of(whom));
  }
}
