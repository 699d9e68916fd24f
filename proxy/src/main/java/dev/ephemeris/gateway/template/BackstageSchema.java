package dev.ephemeris.gateway.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Backstage's own schemas of entities, as it publishes them. They lie beside this class, with what
 * they are and where they are from in {@code SCHEMAS.md}. Safe to share.
 */
final class BackstageSchema {
  private static final String BASE = "https://backstage.io/schemas/";
  // By the ids by which they name each other.
  private static final Map<String, String> FILES =
      Map.of(
          "TemplateV1beta3", "Template.v1beta3.schema.json",
          "ResourceV1alpha1", "Resource.v1alpha1.schema.json",
          "Entity", "Entity.schema.json",
          "EntityMeta", "EntityMeta.schema.json",
          "common", "common.schema.json");

  private final ObjectMapper mapper = new ObjectMapper();
  private final Schema template;
  private final Schema resource;

  BackstageSchema() {
    Map<String, String> schemas = new LinkedHashMap<>();
    FILES.forEach((id, file) -> schemas.put(BASE + id, text(file)));
    Dialect draft7 =
        Dialect.builder(Dialects.getDraft7())
            // They have it from a later draft, and mean nothing by it that is checked.
            .keyword(new NonValidationKeyword("deprecated"))
            .build();
    SchemaRegistry registry =
        SchemaRegistry.withDialect(draft7, builder -> builder.schemas(schemas));
    this.template = registry.getSchema(SchemaLocation.of(BASE + "TemplateV1beta3"));
    this.resource = registry.getSchema(SchemaLocation.of(BASE + "ResourceV1alpha1"));
  }

  /**
   * @throws UnreadableTemplate if it is no software template
   */
  void requireTemplate(Map<String, Object> entity) {
    require(template, entity);
  }

  /**
   * @throws UnreadableTemplate if it is no resource
   */
  void requireResource(Map<String, Object> entity) {
    require(resource, entity);
  }

  private void require(Schema schema, Map<String, Object> entity) {
    List<Error> errors = schema.validate(json(entity), InputFormat.JSON);
    if (!errors.isEmpty()) {
      throw new UnreadableTemplate(
          "Backstage wouldn't take it: "
              + new TreeSet<>(errors.stream().map(Error::toString).toList()));
    }
  }

  private String json(Map<String, Object> entity) {
    try {
      return mapper.writeValueAsString(entity);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of text and numbers is always JSON", e);
    }
  }

  private static String text(String file) {
    try (InputStream in = BackstageSchema.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing from the gateway's own files");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
