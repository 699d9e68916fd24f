package dev.ephemeris.gateway.policy;

import dev.ephemeris.gateway.identity.BackstageCatalog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where the catalog is that says who is in which group. */
public sealed interface CatalogPlace {

  /**
   * In files.
   *
   * @param annotations by issuer name, the annotation of a User that holds its subject there
   */
  record Files(List<Path> files, Map<String, String> annotations) implements CatalogPlace {
    public Files {
      files = List.copyOf(files);
      annotations = Map.copyOf(annotations);
    }
  }

  /** In a Backstage, whose last answer it has. */
  record Backstage(BackstageCatalog catalog) implements CatalogPlace {}
}
