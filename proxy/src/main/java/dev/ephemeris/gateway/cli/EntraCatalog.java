package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.identity.CatalogFiles;
import dev.ephemeris.gateway.identity.CatalogFiles.CatalogException;
import dev.ephemeris.gateway.identity.EntityDirectory;
import dev.ephemeris.policy.azure.EntraIds;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The catalog's files, for the ids that its groups and people have in Entra ID. */
final class EntraCatalog {

  @Option(
      names = "--catalog",
      required = true,
      paramLabel = "FILE",
      description = {
        "A file of the catalog; may be given more than once. The annotation "
            + EntraIds.GROUP_ID
            + " says which group in Entra ID a Group is."
      })
  private List<Path> files = List.of();

  EntraIds ids() throws Failure {
    try {
      EntityDirectory catalog = CatalogFiles.read(files, Map.of());
      Map<String, String> annotations = new HashMap<>();
      annotations.putAll(catalog.annotated("group", EntraIds.GROUP_ID));
      annotations.putAll(catalog.annotated("user", EntraIds.USER_ID));
      return EntraIds.of(annotations);
    } catch (CatalogException e) {
      throw new Failure(Failure.Kind.LOCAL, String.valueOf(e.getMessage()));
    }
  }
}
