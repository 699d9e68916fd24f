package dev.ephemeris.gateway.mcp;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which fields items have, by a sample: their paths and types. A name that isn't one of a field,
 * but may be data or an instruction to whoever reads it, stands as {@code *}.
 */
final class Fields {

  private static final int MOST = 200;
  private static final int DEEPEST = 6;

  private static final Pattern NAME = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$.-]{0,63}");

  /** Of the service's own making. */
  private static final Set<String> OF_THE_SERVICE =
      Set.of("_rid", "_self", "_etag", "_attachments", "_ts", "_lsn");

  private final SortedMap<String, Seen> seen = new TreeMap<>();

  private static final class Seen {
    private final SortedSet<String> types = new TreeSet<>();
    private int items;
    private int lastItem = -1;
  }

  private Fields() {}

  /** {@code [{"path": "/customer/name", "types": ["string"], "share": 0.9}, …]}. */
  static JsonArray of(JsonArray sample) {
    Fields fields = new Fields();
    for (int i = 0; i < sample.size(); i++) {
      if (sample.getValue(i) instanceof JsonObject item) {
        fields.object("", item, i, 0);
      }
    }
    JsonArray list = new JsonArray();
    fields.seen.forEach(
        (path, field) ->
            list.add(
                new JsonObject()
                    .put("path", path)
                    .put("types", new JsonArray(field.types.stream().toList()))
                    .put(
                        "share",
                        Math.round(100.0 * field.items / Math.max(1, sample.size())) / 100.0)));
    return list;
  }

  private void object(String path, JsonObject object, int item, int depth) {
    for (String name : object.fieldNames()) {
      if (depth > 0 || !OF_THE_SERVICE.contains(name)) {
        value(
            path + '/' + (NAME.matcher(name).matches() ? name : "*"),
            object.getValue(name),
            item,
            depth + 1);
      }
    }
  }

  private void value(String path, Object value, int item, int depth) {
    Seen field = seen.get(path);
    if (field == null) {
      if (seen.size() >= MOST) {
        return;
      }
      field = new Seen();
      seen.put(path, field);
    }
    field.types.add(type(value));
    if (field.lastItem != item) {
      field.lastItem = item;
      field.items++;
    }
    if (depth >= DEEPEST) {
      return;
    }
    switch (value) {
      case JsonObject object -> object(path, object, item, depth);
      case JsonArray array -> {
        for (int i = 0; i < array.size(); i++) {
          value(path + "/[]", array.getValue(i), item, depth + 1);
        }
      }
      case null, default -> {}
    }
  }

  private static String type(Object value) {
    return switch (value) {
      case null -> "null";
      case String text -> "string";
      case Boolean truth -> "boolean";
      case Number number -> "number";
      case JsonArray array -> "array";
      default -> "object";
    };
  }
}
