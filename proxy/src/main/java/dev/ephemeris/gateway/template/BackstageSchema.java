package dev.ephemeris.gateway.template;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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
  private final JsonSchema template;
  private final JsonSchema resource;

  BackstageSchema() {
    Map<String, String> schemas = new LinkedHashMap<>();
    FILES.forEach((id, file) -> schemas.put(BASE + id, text(file)));
    JsonMetaSchema draft7 =
        JsonMetaSchema.builder(JsonMetaSchema.getV7())
            // They have it from a later draft, and mean nothing by it that is checked.
            .keyword(new NonValidationKeyword("deprecated"))
            .build();
    JsonSchemaFactory factory =
        JsonSchemaFactory.builder()
            .defaultMetaSchemaIri(draft7.getIri())
            .metaSchema(draft7)
            .schemaLoaders(loaders -> loaders.schemas(schemas))
            .build();
    this.template = factory.getSchema(SchemaLocation.of(BASE + "TemplateV1beta3"));
    this.resource = factory.getSchema(SchemaLocation.of(BASE + "ResourceV1alpha1"));
    template.initializeValidators();
    resource.initializeValidators();
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

  private void require(JsonSchema schema, Map<String, Object> entity) {
    Set<ValidationMessage> messages = schema.validate(mapper.valueToTree(entity));
    if (!messages.isEmpty()) {
      throw new UnreadableTemplate(
          "Backstage wouldn't take it: "
              + new TreeSet<>(messages.stream().map(ValidationMessage::getMessage).toList()));
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
