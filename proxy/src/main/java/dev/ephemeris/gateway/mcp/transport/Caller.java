package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.common.McpTransportContext;
import java.util.Map;

/**
 * Who calls, as far as the transport has to know.
 *
 * @param id tells callers apart, and nothing else: sessions of one id are one caller's
 * @param context what handlers are to know of the caller; they find it by its names in the
 *     exchange's {@link McpTransportContext}
 */
public record Caller(String id, Map<String, Object> context) {

  public Caller {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a caller without an id would share sessions with others");
    }
    context = Map.copyOf(context);
  }
}
