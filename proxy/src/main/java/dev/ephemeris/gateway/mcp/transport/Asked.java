package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.util.LinkedHashSet;
import java.util.Set;

/** The ids of what a client was asked on one stream, and hasn't answered. Thread-safe. */
final class Asked {

  /** Some are never answered: the SDK gives those up after a time, and says so to nobody. */
  private static final int MOST = 64;

  private final Set<Object> ids = new LinkedHashSet<>();

  synchronized void note(JSONRPCMessage message) {
    if (message instanceof JSONRPCRequest request) {
      ids.add(request.id());
      if (ids.size() > MOST) {
        ids.remove(ids.iterator().next());
      }
    }
  }

  synchronized boolean remove(Object id) {
    return ids.remove(id);
  }
}
