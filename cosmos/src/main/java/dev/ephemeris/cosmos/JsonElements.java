package dev.ephemeris.cosmos;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A JSON array as the texts of its elements, so that what goes on is byte for byte what was read.
 * Refuses what two readers could read in two ways: a name that an object has twice.
 */
public final class JsonElements {

  static final JsonFactory STRICT =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(200).build())
          .build();

  private JsonElements() {}

  /** The elements in their order, UTF-8; empty if {@code json} isn't an array and nothing else. */
  public static Optional<List<byte[]>> split(byte[] json) {
    List<byte[]> elements = new ArrayList<>();
    try (JsonParser parser = STRICT.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        return Optional.empty();
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int end = (int) parser.currentLocation().getByteOffset();
        elements.add(Arrays.copyOfRange(json, start, end));
      }
      return parser.nextToken() == null ? Optional.of(elements) : Optional.empty();
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }

  /** The array of these elements. */
  public static byte[] join(List<byte[]> elements) {
    int length = elements.stream().mapToInt(element -> element.length + 1).sum() + 2;
    ByteBuffer json = ByteBuffer.allocate(length).put((byte) '[');
    for (int i = 0; i < elements.size(); i++) {
      if (i > 0) {
        json.put((byte) ',');
      }
      json.put(elements.get(i));
    }
    return Arrays.copyOf(json.put((byte) ']').array(), json.position());
  }
}
