package dev.ephemeris.gateway.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.ephemeris.config.UserKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A catalog in Backstage's format, from YAML files: entities of {@code kind: User} and {@code kind:
 * Group}, and of any other kind that say with {@code ephemeris.dev/scopes} what of Cosmos DB they
 * are, or with {@code ephemeris.dev/workload-identity} which workload; the rest is passed over.
 *
 * <p>Who keeps files can put them right: a catalog with an entity that is broken, or refers to what
 * isn't there, is refused whole.
 */
public final class CatalogFiles {

  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .build();

  private CatalogFiles() {}

  /** What a broken catalog says: the first problem, with its file and the line of the entity. */
  public static final class CatalogException extends Exception {
    CatalogException(String message) {
      super(message);
    }
  }

  /**
   * Reads a catalog from all of these files together.
   *
   * @param keys by issuer name, how its people are found
   */
  public static EntityDirectory read(List<Path> files, Map<String, UserKey> keys)
      throws CatalogException {
    List<CatalogSource> sources = new ArrayList<>();
    for (Path file : files) {
      try {
        sources.add(new CatalogSource(file.toString(), Files.readString(file)));
      } catch (IOException e) {
        throw new CatalogException(file + ": " + firstLine(e));
      }
    }
    return parse(sources, keys);
  }

  /** The same from texts that were read already. */
  public static EntityDirectory parse(List<CatalogSource> sources, Map<String, UserKey> keys)
      throws CatalogException {
    List<Entity> entities = new ArrayList<>();
    for (CatalogSource source : sources) {
      entities.addAll(entities(source));
    }
    EntityDirectory directory = EntityDirectory.of(entities, keys);
    for (Flaw flaw : directory.flaws()) {
      switch (flaw) {
        case Flaw.Broken broken -> throw new CatalogException(broken.text());
        case Flaw.Contested contested -> {
          // the rest of the catalog is good without it
        }
      }
    }
    return directory;
  }

  private static List<Entity> entities(CatalogSource source) throws CatalogException {
    List<Entity> entities = new ArrayList<>();
    try (MappingIterator<JsonNode> documents =
        YAML.readerFor(JsonNode.class).readValues(source.text())) {
      while (documents.hasNext()) {
        String place =
            source.name() + ":" + documents.getParser().currentTokenLocation().getLineNr();
        switch (Entity.read(documents.next(), place)) {
          case Entity.Read.Of(Entity entity) -> entities.add(entity);
          case Entity.Read.PassedOver passedOver -> {
            // something else of Backstage's
          }
          case Entity.Read.Broken(String what) -> throw new CatalogException(place + ": " + what);
        }
      }
    } catch (RuntimeException | IOException e) {
      throw new CatalogException(source.name() + position(e) + ": " + firstLine(e));
    }
    return entities;
  }

  private static String position(Exception e) {
    Throwable cause = e instanceof RuntimeException && e.getCause() != null ? e.getCause() : e;
    return cause instanceof JsonProcessingException yaml && yaml.getLocation() != null
        ? ":" + yaml.getLocation().getLineNr() + ":" + yaml.getLocation().getColumnNr()
        : "";
  }

  private static String firstLine(Exception e) {
    Throwable cause = e instanceof RuntimeException && e.getCause() != null ? e.getCause() : e;
    return switch (cause) {
      case JsonProcessingException yaml -> "not YAML: " + syntax(yaml.getOriginalMessage());
      case java.nio.file.NoSuchFileException missing -> "there is no such file";
      default -> String.valueOf(cause.getMessage());
    };
  }

  /** What the parser says, without the lines of the file that it shows between, indented. */
  private static String syntax(String message) {
    return message
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith(" "))
        .collect(Collectors.joining(": "));
  }
}
