package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.common.McpTransportContext;
import java.time.Instant;
import java.util.Map;

/**
 * Who calls, as far as the transport has to know.
 *
 * @param id tells callers apart, and nothing else: sessions of one id are one caller's
 * @param whose tells on whose account they call: however many callers somebody has, what they use
 *     of the gateway is counted together
 * @param until when they may call no longer: no session of theirs goes on after it
 * @param context what handlers are to know of the caller; they find it by its names in the
 *     exchange's {@link McpTransportContext}
 */
public record Caller(String id, String whose, Instant until, Map<String, Object> context) {

  public Caller {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a caller without an id would share sessions with others");
    }
    context = Map.copyOf(context);
  }
}
