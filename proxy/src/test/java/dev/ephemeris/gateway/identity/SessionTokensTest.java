package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For whom a client may act, whatever token was shown. */
class SessionTokensTest {

  private static final String CLIENT = "ephemeris-mcp";

  private Database database;
  private Journal journal;
  private SessionTokens tokens;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    InstantSource clock = InstantSource.system();
    database = Database.open(folder.resolve("ephemeris.db"));
    journal = TestJournals.open(folder.resolve("journal"));
    LeaseSecrets secrets =
        new LeaseSecrets(
            List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
    Sessions sessions = new Sessions(database, journal, Duration.ofHours(12));
    tokens =
        new SessionTokens(
            database,
            sessions,
            Blocks.open(database, secrets, journal, clock),
            new Grants(
                Policy.parse(
                    List.of(
                        new PolicySource(
                            "policy.yaml", "apiVersion: ephemeris.dev/v1\nrules: []\n"))),
                who -> Optional.empty(),
                List.of()),
            secrets,
            Set.of("corp"),
            Duration.ofHours(1),
            clock);
  }

  @AfterEach
  void stop() throws Exception {
    database.close();
    journal.close();
  }

  private SessionTokens.Given act(Authentication.Accepted shown) {
    return tokens.act(shown, CLIENT, "127.0.0.1").await();
  }

  private static Authentication.Accepted shown(
      String issuer, PrincipalKind kind, Optional<Authentication.Accepted> actsFor) {
    PrincipalId id = new PrincipalId(issuer, "somebody");
    Instant now = Instant.now();
    return new Authentication.Accepted(
        new Principal(id, kind, "Somebody", Set.of()),
        new Session(
            "s-1",
            id,
            kind,
            "cli",
            "127.0.0.1",
            now,
            now.plusSeconds(3600),
            Optional.empty(),
            Map.of()),
        "cli",
        Optional.of(now),
        Optional.empty(),
        actsFor);
  }

  private static Authentication.Accepted person() {
    return shown("corp", PrincipalKind.PERSON, Optional.empty());
  }

  @Test
  void aClientActsForAPerson() {
    assertThat(act(person())).isInstanceOf(SessionTokens.Given.Tokens.class);
  }

  @Test
  void aClientActsForNobodyElse() {
    for (Authentication.Accepted other :
        List.of(
            shown("corp", PrincipalKind.WORKLOAD, Optional.empty()),
            shown("corp", PrincipalKind.AGENT, Optional.empty()),
            shown("corp", PrincipalKind.AGENT, Optional.of(person())),
            // Whatever somebody may make of it one day.
            shown("corp", PrincipalKind.PERSON, Optional.of(person())))) {
      assertThat(act(other))
          .isEqualTo(new SessionTokens.Given.Refused("the subject token isn't a person's own"));
    }
  }

  @Test
  void aClientActsForNobodyWhoSignsInElsewhere() {
    assertThat(act(shown("elsewhere", PrincipalKind.PERSON, Optional.empty())))
        .isEqualTo(
            new SessionTokens.Given.Refused(
                "people of issuer “elsewhere” don't sign in by this gateway"));
  }
}
