package dev.ephemeris.gateway.policy;

import dev.ephemeris.config.UserKey;
import dev.ephemeris.gateway.identity.BackstageCatalog;
import java.util.List;
import java.util.Map;

/** What a catalog said at one look. */
sealed interface CatalogAtOnce {

  /** What its files said, or why they can't be read. */
  record OfFiles(List<FileContent> files, Map<String, UserKey> keys) implements CatalogAtOnce {}

  /** What Backstage said the last time that it was asked. */
  record OfBackstage(BackstageCatalog.Answer answer) implements CatalogAtOnce {}
}
