package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Way;
import dev.ephemeris.policy.WhoCan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "who-can",
    description = {
      "Tells who may take an action on a scope, and by which rule.",
      "",
      "Also whom a rule denies it. Of anyone, of the members of each group, and of each user of"
          + " the catalog; each line also says what has to be shown, for how long it is given and"
          + " with which limits."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris policy who-can items/delete orders-prod/shop/orders \\",
      "      --config ephemeris.yaml",
      "  ephemeris policy who-can items/read orders-prod/shop --policy policy.yaml \\",
      "      --catalog org.yaml --account orders-prod=prod -o json"
    })
final class PolicyWhoCan implements Callable<Integer> {

  @Mixin private final Population population = new Population();
  @Mixin private final Output output = new Output();

  @Parameters(
      index = "0",
      paramLabel = "ACTION",
      description = "A data action, short (items/read) or as Azure spells it.")
  private String action = "";

  @Parameters(
      index = "1",
      paramLabel = "SCOPE",
      description = "account/database/container, or as the gateway spells it.")
  private ResourceScope scope = ResourceScope.NONE;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "A policy file, several times for several; else the configuration's.")
  private List<Path> policy = List.of();

  @Override
  public Integer call() throws Failure {
    Scope asked = Asked.scope(scope);
    AccountFacts account = population.account(asked);
    Policy read = population.policy(policy);
    WhoCan who = read.whoCan(population.candidates(read), Asked.action(action), asked, account);
    output.print(json(who), () -> output.line(people(who)));
    return 0;
  }

  private static String people(WhoCan who) {
    List<List<String>> rows = new ArrayList<>();
    for (WhoCan.Allowed allowed : who.allowed()) {
      for (String name : allowed.names()) {
        rows.add(
            List.of(
                name,
                "may",
                allowed.by().value(),
                words(allowed.ways()) + ": " + GivenText.of(allowed.given())));
      }
    }
    for (WhoCan.Denied denied : who.denied()) {
      for (String name : denied.names()) {
        rows.add(List.of(name, "denied", denied.by().value(), words(denied.ways())));
      }
    }
    return rows.isEmpty()
        ? "Nobody may " + who.action() + " on " + who.scope() + ", and no rule denies it."
        : Output.table(List.of("WHO", "", "RULE", "HOW"), rows);
  }

  private static ObjectNode json(WhoCan who) {
    ObjectNode document = Json.object();
    document.put("action", who.action().shortName()).put("scope", who.scope().toString());
    document.putArray("allowed");
    document.putArray("denied");
    for (WhoCan.Allowed allowed : who.allowed()) {
      ObjectNode entry = document.withArray("allowed").addObject();
      allowed.names().forEach(entry.putArray("names")::add);
      entry.put("rule", allowed.by().value());
      allowed.ways().forEach(way -> entry.withArray("ways").add(way.toString()));
      entry.set("given", GivenText.json(allowed.given()));
    }
    for (WhoCan.Denied denied : who.denied()) {
      ObjectNode entry = document.withArray("denied").addObject();
      denied.names().forEach(entry.putArray("names")::add);
      entry.put("rule", denied.by().value());
      denied.ways().forEach(way -> entry.withArray("ways").add(way.toString()));
    }
    return document;
  }

  private static String words(Collection<Way> ways) {
    return ways.stream().map(Way::toString).collect(Collectors.joining(", "));
  }
}
