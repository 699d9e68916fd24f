package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.azure.Imported;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "import",
    description = {
      "Makes a policy of the role definitions and assignments that az lists.",
      "",
      "The policy is on stdout. What it can't say is on stderr, and the exit code is then 1; the"
          + " policy never allows more than Azure does.",
      "",
      "FILE is what 'az cosmosdb sql role definition list' or 'role assignment list' prints, one or"
          + " both; with what 'az cosmosdb sql database list' and 'container list' print, scopes"
          + " that aren't there any more are found."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  az cosmosdb sql role definition list -g shop -a orders-prod > definitions.json",
      "  az cosmosdb sql role assignment list -g shop -a orders-prod > assignments.json",
      "  ephemeris policy import definitions.json assignments.json \\",
      "      --catalog org.yaml > policy.yaml"
    })
final class PolicyImport implements Callable<Integer> {

  @Mixin private final EntraCatalog catalog = new EntraCatalog();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "What az printed, as JSON.")
  private List<Path> files = List.of();

  @Override
  public Integer call() throws Failure {
    Imported imported = Imported.of(AzureFiles.roles(files), catalog.ids());
    return AzureFiles.print(imported.policy(), imported.leftOut(), spec);
  }
}
