package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.azure.AccountId;
import dev.ephemeris.policy.azure.AzCall;
import dev.ephemeris.policy.azure.Exported;
import dev.ephemeris.policy.azure.NativeRoles;
import dev.ephemeris.policy.azure.RoleChanges;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "apply",
    description = {
      "Makes what a policy allows groups stand in Azure, as 'policy export' writes it.",
      "",
      "It reads the account's roles by az, as you are signed in there, and says what it would do:"
          + " which roles and assignments it makes, and which of an earlier export's it takes away,"
          + " since no rule gives them any more. What an export hasn't written is left alone. With"
          + " --yes it does all of that, by az; give all of an account's policy at once.",
      "",
      "The exit code is 1 if there was something to do and --yes isn't there, or something"
          + " couldn't be read or exported."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  ephemeris policy apply policy.yaml --catalog org.yaml --environment prod \\",
      "      --account-id \"$(az cosmosdb show -g shop -n orders-prod --query id -o tsv)\""
    })
final class PolicyApply implements Callable<Integer> {

  private final Az az;

  @Mixin private final EntraCatalog catalog = new EntraCatalog();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "POLICY",
      arity = "1..*",
      description = "The policy's files, which are read as one.")
  private List<Path> policies = List.of();

  @Option(
      names = "--account-id",
      required = true,
      paramLabel = "ID",
      description =
          "The account's resource id, which has its subscription, resource group and name.")
  private @Nullable AccountId account;

  @Option(
      names = "--environment",
      required = true,
      paramLabel = "E",
      description = "The account's environment, such as prod.")
  private String environment = "";

  @Option(names = "--yes", description = "Do it, and don't only say so.")
  private boolean yes;

  PolicyApply(Surroundings surroundings) {
    this.az = new Az(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    AccountId id = Objects.requireNonNull(account);
    Exported exported = PolicyExport.exported(policies, environment, id, catalog);
    List<Object> resources = new ArrayList<>(az.list(AzCall.listDefinitions(id)));
    resources.addAll(az.list(AzCall.listAssignments(id)));
    NativeRoles actual = NativeRoles.read(resources);
    RoleChanges changes = RoleChanges.between(exported, actual);
    print(changes);
    int leftOut =
        AzureFiles.print(
            "",
            Stream.concat(exported.leftOut().stream(), actual.leftOut().stream()).toList(),
            spec);
    if (changes.isNone()) {
      return leftOut;
    }
    if (!yes) {
      line("Nothing was changed; --yes does it.");
      return Failure.Kind.REFUSED.exitCode;
    }
    List<AzCall> calls = changes.calls();
    for (int done = 0; done < calls.size(); done++) {
      try {
        az.run(calls.get(done));
      } catch (Failure e) {
        throw new Failure(
            e.kind(),
            e.getMessage()
                + " Of "
                + Text.count(calls.size(), "change")
                + " "
                + done
                + " were made; the same command goes on.");
      }
    }
    line(Text.count(calls.size(), "change") + " made. Azure takes minutes to go by them.");
    return leftOut;
  }

  private void print(RoleChanges changes) {
    changes.define().forEach(role -> row("define", "role “" + role.roleName() + "”"));
    changes
        .assign()
        .forEach(
            each ->
                row(
                    "assign",
                    each.group()
                        + " "
                        + each.assignment().scope()
                        + ", role "
                        + each.assignment().roleDefinition()));
    changes
        .unassign()
        .forEach(
            each ->
                row(
                    "unassign",
                    "principal "
                        + each.principal()
                        + " "
                        + each.scope()
                        + ", role "
                        + each.roleDefinition()));
    changes.undefine().forEach(role -> row("undefine", "role “" + role.roleName() + "”"));
    if (!changes.others().isEmpty()) {
      row("left alone", Text.count(changes.others().size(), "assignment") + " of others'");
    }
    if (changes.isNone()) {
      line("Azure has what the policy says; there is nothing to do.");
    }
  }

  private void row(String what, String text) {
    line("%-11s %s".formatted(what, Text.line(text)));
  }

  private void line(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(Text.printable(text));
  }
}
