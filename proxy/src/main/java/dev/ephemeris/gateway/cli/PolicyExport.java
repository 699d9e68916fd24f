package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.azure.AccountId;
import dev.ephemeris.policy.azure.ExportFormat;
import dev.ephemeris.policy.azure.Exported;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "export",
    description = {
      "Writes what a policy allows groups as Azure's role definitions and assignments.",
      "",
      "They are on stdout. What Azure's roles can't say is on stderr, rule by rule with the reason,"
          + " and the exit code is then 1; what is exported never allows more than the policy does"
          + " in the lane rbac. Ids follow from what they stand for, so that the same policy"
          + " gives the same again."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  ephemeris policy export policy.yaml --catalog org.yaml --to bicep \\",
      "      --environment prod --account-id \"$(az cosmosdb show -g shop \\",
      "      -n orders-prod --query id -o tsv)\" > roles.bicep"
    })
final class PolicyExport implements Callable<Integer> {

  @Mixin private final EntraCatalog catalog = new EntraCatalog();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "POLICY",
      arity = "1..*",
      description = "The policy's files, which are read as one.")
  private List<Path> policies = List.of();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FORMAT",
      description = "bicep, terraform, az (a shell script) or json (as az prints it).")
  private ExportFormat format = ExportFormat.JSON;

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

  @Override
  public Integer call() throws Failure {
    Exported exported = exported(policies, environment, Objects.requireNonNull(account), catalog);
    return AzureFiles.print(format.write(exported), exported.leftOut(), spec);
  }

  /** What these files allow groups in this account. */
  static Exported exported(
      List<Path> policies, String environment, AccountId account, EntraCatalog catalog)
      throws Failure {
    AccountFacts facts;
    try {
      facts = new AccountFacts(account.account(), environment, Set.of(Lane.RBAC));
    } catch (IllegalArgumentException e) {
      throw new Failure(Failure.Kind.USAGE, String.valueOf(e.getMessage()));
    }
    return Exported.of(PolicyFiles.parse(policies), facts, account, catalog.ids());
  }
}
