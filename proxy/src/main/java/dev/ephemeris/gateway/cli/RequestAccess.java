package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "request",
    description = {
      "Asks others to agree to a lease, where a rule wants that.",
      "",
      "Approvers are those that the rule names, and never you. 'ephemeris pick-up' gets the lease",
      "once they agree; with --wait this command does."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris request orders-prod/shop/orders --role order-operator --reason 'refund stuck'",
      "  ephemeris request --refusal aXyZ… --reason 'refund stuck' --ticket OPS-17 --wait",
      "  ephemeris request orders-prod/shop/orders --role order-operator --reason 'site is down'"
          + " --break-glass"
    })
final class RequestAccess implements Callable<Integer> {

  /** Approvers are people: nobody is faster. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(3);

  private static final Set<String> OPEN = Set.of("waiting", "approved");

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final LeaseOptions options = new LeaseOptions(new LeaseOptions.Reason.ForOthers());
  @Mixin private final Output output = new Output();

  @Parameters(
      arity = "0..1",
      paramLabel = "SCOPE",
      description = "account/database/container, or as the gateway spells it.")
  private Optional<ResourceScope> scope = Optional.empty();

  @Option(
      names = "--refusal",
      paramLabel = "ID",
      description =
          "What was refused, by the id in the refusal's message, in the place of scope, role and"
              + " partition key.")
  private Optional<String> refusal = Optional.empty();

  @Option(
      names = "--deliver",
      paramLabel = "WAY",
      description =
          "How you will hand the credential over: token, connectionString, env or file; a token, if"
              + " you don't say. Some rules want one of these.")
  private Optional<String> deliver = Optional.empty();

  @Option(
      names = "--break-glass",
      description = {
        "Have it at once, if the rule lets you: everybody concerned is told, and approvers look",
        "at it afterwards."
      })
  private boolean breakGlass;

  @Option(names = "--wait", description = "Wait until it is answered, and pick the lease up.")
  private boolean wait;

  @Option(
      names = "--token-only",
      description = "Print the credential, once there is one, and nothing else.")
  private boolean tokenOnly;

  RequestAccess(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    if (scope.isPresent() == refusal.isPresent()) {
      throw new Failure(Failure.Kind.USAGE, "What for? Name either SCOPE or --refusal ID.");
    }
    if (tokenOnly && !wait && !breakGlass) {
      throw new Failure(
          Failure.Kind.USAGE, "There is no credential before others agree: add --wait.");
    }
    GatewayClient gateway = connection.signedIn();
    Reply<Api.AskedAccess> asked = gateway.askForAccess(body());
    if (asked.value().issued().isPresent()) {
      print(new Reply<>(asked.document().path("issued"), asked.value().issued().get()));
      output
          .err()
          .println(
              "The glass is broken: "
                  + asked.value().accessRequest().id()
                  + " waits for somebody to look at it.");
      return 0;
    }
    if (!wait) {
      output.print(
          new Reply<>(asked.document().path("accessRequest"), asked.value().accessRequest()),
          new AccessRequestText(surroundings)::of);
      return 0;
    }
    output
        .err()
        .println(
            Text.printable(
                "Access request "
                    + asked.value().accessRequest().id()
                    + " waits for "
                    + new AccessRequestText(surroundings).approvers(asked.value().accessRequest())
                    + "."));
    print(connection.signedIn().pickUp(approved(asked.value().accessRequest())));
    return 0;
  }

  private ObjectNode body() {
    ObjectNode body =
        scope
            .map(where -> options.wanted(where, WantedLease.Form.TOKEN).json())
            .orElseGet(() -> options.about(Json.object().put("refusal", refusal.orElseThrow())));
    deliver.ifPresent(way -> body.put("deliver", way));
    return body.put("breakGlass", breakGlass);
  }

  private void print(Reply<Api.IssuedLease> issued) throws Failure {
    new LeaseText(surroundings, connection).print(issued, tokenOnly, output);
  }

  private AccessRequestId approved(Api.AccessRequest asked) throws Failure {
    AccessRequestId id = AccessRequestId.parse(asked.id()).orElseThrow();
    Api.AccessRequest now = asked;
    while (now.state().equals("waiting")) {
      try {
        surroundings.pause().sleep(BETWEEN_LOOKS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure(
            Failure.Kind.LOCAL, "Nobody waits any more; 'ephemeris requests' shows it.");
      }
      // Who has waited for long may have to be signed in anew.
      now = connection.signedIn().accessRequest(id).value();
    }
    if (!OPEN.contains(now.state())) {
      throw new Failure(
          Failure.Kind.REFUSED,
          "Access request "
              + id
              + " is "
              + now.state()
              + now.answers().stream()
                  .reduce((first, last) -> last)
                  .map(last -> ", by " + last.by() + last.comment().map(": "::concat).orElse(""))
                  .orElse("")
              + ".");
    }
    return id;
  }
}
