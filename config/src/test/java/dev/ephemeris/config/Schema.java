package dev.ephemeris.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A published JSON Schema, as an editor applies it to YAML. */
final class Schema {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode document;
  private final com.networknt.schema.Schema schema;

  /** The resource of this name beside {@link Configuration}. */
  Schema(String name) throws IOException {
    try (InputStream in = Configuration.class.getResourceAsStream(name)) {
      document = JSON.readTree(Objects.requireNonNull(in, name));
    }
    schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(document.toString());
  }

  List<Error> refusals(String yaml) {
    Object value = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
    return schema.validate(JSON.valueToTree(value).toString(), InputFormat.JSON);
  }

  JsonNode root() {
    return document;
  }

  /** What a {@code $ref} within the document refers to; other nodes refer to themselves. */
  JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? document.at(node.get("$ref").textValue().substring(1)) : node;
  }
}
