package dev.ephemeris.gateway.policy;

import dev.ephemeris.config.UserKey;
import dev.ephemeris.gateway.identity.BackstageCatalog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where the catalog is that says who is in which group. */
public sealed interface CatalogPlace {

  /**
   * In files.
   *
   * @param keys by issuer name, how its people are found
   */
  record Files(List<Path> files, Map<String, UserKey> keys) implements CatalogPlace {
    public Files {
      files = List.copyOf(files);
      keys = Map.copyOf(keys);
    }
  }

  /** In a Backstage, whose last answer it has. */
  record Backstage(BackstageCatalog catalog) implements CatalogPlace {}
}
