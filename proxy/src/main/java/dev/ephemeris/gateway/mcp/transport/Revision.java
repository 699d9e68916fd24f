package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.spec.ProtocolVersions;
import java.util.List;

/** Revisions of the protocol, which are dates: those in which this transport is spoken. */
final class Revision {

  /** The newest last, as the SDK proposes that to whoever speaks none of them. */
  static final List<String> KNOWN =
      List.of(
          ProtocolVersions.MCP_2025_03_26,
          ProtocolVersions.MCP_2025_06_18,
          ProtocolVersions.MCP_2025_11_25);

  private Revision() {}

  static boolean isKnown(String revision) {
    return KNOWN.contains(revision);
  }

  /**
   * Whether clients of it take an event without a message, and come back when they are sent away.
   */
  static boolean hasPolling(String revision) {
    return revision.compareTo(ProtocolVersions.MCP_2025_11_25) >= 0;
  }
}
