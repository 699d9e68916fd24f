package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.gateway.Doctor;
import dev.ephemeris.gateway.doctor.CertificateCheck;
import dev.ephemeris.gateway.doctor.ClockDifference;
import dev.ephemeris.gateway.doctor.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description = {
      "Says what is wrong, and what to do about it.",
      "",
      "Asks the gateway who you are to it, and, if you have the action ephemeris/doctor/read, has"
          + " it look at its certificate, keys, issuers, catalog, policy, store, journal and"
          + " accounts. With --config it looks at all that here, as the gateway would with that"
          + " file: before there is one. It changes nothing.",
      "",
      "Exits with 1 if there is a problem, and with 0 if there are only warnings."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris doctor",
      "  ephemeris doctor --config /etc/ephemeris/ephemeris.yaml",
      "  ephemeris doctor --output json | jq '.findings[] | select(.state != \"ok\")'"
    })
final class DoctorCommand implements Callable<Integer> {

  private static final String TOKEN = "token";
  private static final String CATALOG = "catalog";
  private static final String GATEWAY = "gateway";

  private final Surroundings surroundings;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A gateway's configuration, to be examined here.")
  private Optional<Path> config = Optional.empty();

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  DoctorCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    List<Api.Found> findings = config.isPresent() ? ofConfiguration(config.get()) : ofGateway();
    output.print(
        new Reply<JsonNode>(document(findings), document(findings)), document -> text(findings));
    return findings.stream().anyMatch(DoctorCommand::isProblem) ? Failure.Kind.REFUSED.exitCode : 0;
  }

  private static boolean isProblem(Api.Found finding) {
    return finding.state().equals(Finding.State.PROBLEM.toString());
  }

  private List<Api.Found> ofConfiguration(Path file) {
    Configuration read;
    try {
      read = Population.configuration(Optional.of(file)).orElseThrow();
    } catch (Failure e) {
      return List.of(new Api.Found(Finding.problem("configuration", e.line())));
    }
    List<Api.Found> findings =
        new ArrayList<>(
            List.of(new Api.Found(Finding.ok("configuration", file + " can be read."))));
    Doctor.examine(read, surroundings.clock())
        .forEach(finding -> findings.add(new Api.Found(finding)));
    return findings;
  }

  // --- a gateway that runs -----------------------------------------------------------------------

  private List<Api.Found> ofGateway() {
    List<Api.Found> findings = new ArrayList<>();
    try {
      Http.Response greeting = connection.anonymous().greeting();
      findings.add(new Api.Found(Finding.ok(GATEWAY, "It answers.")));
      greeting
          .certificate()
          .map(shown -> CertificateCheck.time(shown, surroundings.now()))
          .ifPresent(finding -> findings.add(new Api.Found(finding)));
      if (greeting.date().isPresent()) {
        findings.add(
            new Api.Found(
                ClockDifference.of(
                        "clock", "The gateway's clock", greeting.date(), surroundings.now())
                    .orElse(Finding.ok("clock", "The gateway's and this machine's agree."))));
      }
    } catch (Failure e) {
      findings.add(new Api.Found(Finding.problem(GATEWAY, e.line())));
      return findings;
    }
    try {
      GatewayClient gateway = connection.signedIn();
      yourself(gateway.me().value()).forEach(finding -> findings.add(new Api.Found(finding)));
      findings.addAll(ofItself(gateway));
    } catch (Failure e) {
      findings.add(new Api.Found(Finding.problem(TOKEN, e.line())));
    }
    return findings;
  }

  private static List<Api.Found> ofItself(GatewayClient gateway) throws Failure {
    try {
      return gateway.doctor().value().findings();
    } catch (Failure e) {
      if (e.kind() != Failure.Kind.REFUSED) {
        throw e;
      }
      return List.of(
          new Api.Found(
              Finding.ok(
                  GATEWAY,
                  "What else there is to say of it takes the action ephemeris/doctor/read.")));
    }
  }

  /** Who one is to the gateway, and so why a rule does hold or doesn't. */
  private List<Finding> yourself(Api.Me me) {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.ok(
            TOKEN,
            "To the gateway you are "
                + Whoami.name(me)
                + me.client().map(client -> ", by client " + client).orElse("")
                + ", in a session that ends "
                + surroundings.ending(me.session().endsAt())
                + "."));
    findings.add(
        Finding.ok(
            TOKEN,
            me.claims().isEmpty()
                ? "Nothing is kept of its claims for rules to ask."
                : "Rules may ask of it: " + spelt(me.claims()) + "."));
    findings.add(
        Finding.ok(
            TOKEN,
            me.mfaUntil()
                .map(until -> "It shows a second factor, which counts until " + until + ".")
                .orElse("It shows no second factor that counts.")));
    findings.add(inCatalog(me));
    if (!me.linked().isEmpty()) {
      findings.add(
          Finding.ok(
              CATALOG,
              "You would be the same User as "
                  + me.linked().stream()
                      .map(Api.Linked::described)
                      .collect(Collectors.joining(", "))
                  + "."));
    }
    return findings;
  }

  private static Finding inCatalog(Api.Me me) {
    if (me.user().isPresent()) {
      return Finding.ok(
          CATALOG, "You are " + me.user().get() + ", in " + groups(me.groups()) + ".");
    }
    if (me.component().isPresent()) {
      return Finding.ok(
          CATALOG,
          "You are "
              + me.component().get()
              + "; of its owner, to rules for workloads: "
              + groups(me.ownerGroups().orElse(List.of()))
              + ".");
    }
    return Finding.warning(
        CATALOG,
        "It has nobody that is " + me.principal().issuer() + ":" + me.principal().subject() + ".",
        "No rule for groups, users or owners is for you. Whoever keeps the catalog has to write"
            + " there who you are (docs/identity.md, “Backstage catalog”).");
  }

  private static String groups(List<String> groups) {
    return groups.isEmpty() ? "no group" : String.join(", ", groups);
  }

  private static String spelt(Map<String, String> claims) {
    return claims.entrySet().stream()
        .map(claim -> claim.getKey() + "=" + claim.getValue())
        .sorted()
        .collect(Collectors.joining(", "));
  }

  // --- what is shown -----------------------------------------------------------------------------

  private static JsonNode document(List<Api.Found> findings) {
    ObjectNode document = Json.object();
    ArrayNode list = document.putArray("findings");
    findings.forEach(
        finding -> {
          ObjectNode json =
              list.addObject()
                  .put("part", finding.part())
                  .put("state", finding.state())
                  .put("what", finding.what());
          finding.advice().ifPresent(advice -> json.put("advice", advice));
        });
    return document;
  }

  private static String text(List<Api.Found> findings) {
    int part = findings.stream().mapToInt(finding -> finding.part().length()).max().orElse(0);
    String indent = " ".repeat(9 + part + 2);
    StringBuilder text = new StringBuilder();
    for (Api.Found finding : findings) {
      text.append(padded(finding.state(), 9))
          .append(padded(finding.part(), part + 2))
          .append(String.join("\n" + indent, finding.what().lines().toList()))
          .append('\n');
      finding.advice().ifPresent(advice -> text.append(indent).append(advice).append('\n'));
    }
    return text.append(summary(findings)).toString();
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private static String summary(List<Api.Found> findings) {
    long problems = findings.stream().filter(DoctorCommand::isProblem).count();
    long warnings =
        findings.stream()
            .filter(finding -> finding.state().equals(Finding.State.WARNING.toString()))
            .count();
    return problems + warnings == 0
        ? "Nothing is wrong."
        : counted(problems, "problem") + ", " + counted(warnings, "warning") + ".";
  }

  private static String counted(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
