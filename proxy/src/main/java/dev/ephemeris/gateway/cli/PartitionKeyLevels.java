package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A partition key as people write it: a JSON array of its levels, or the text of its only one. */
record PartitionKeyLevels(ArrayNode levels) {

  static final class Converter implements ITypeConverter<PartitionKeyLevels> {

    @Override
    public PartitionKeyLevels convert(String value) {
      if (!value.startsWith("[")) {
        return new PartitionKeyLevels(JsonNodeFactory.instance.arrayNode().add(value));
      }
      JsonNode json = Json.parse(value.getBytes(StandardCharsets.UTF_8));
      if (json instanceof ArrayNode levels) {
        return new PartitionKeyLevels(levels);
      }
      throw new TypeConversionException(
          "'" + value + "' is neither a JSON array nor the text of a key of one level");
    }
  }
}
