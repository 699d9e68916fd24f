package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.Audiences;
import java.util.Optional;

/** What a token is for. One that is for the one is never accepted for the other. */
public enum Audience {
  API,
  DATA_PLANE,

  /** The door of agents: whoever comes by it is one. */
  MCP;

  /** What the {@code aud} of an issuer's tokens for this must hold; empty if it has none. */
  Optional<String> of(Audiences audiences) {
    return switch (this) {
      case API -> audiences.api();
      case DATA_PLANE -> audiences.dataPlane();
      case MCP -> audiences.mcp();
    };
  }

  @Override
  public String toString() {
    return switch (this) {
      case API -> "the API";
      case DATA_PLANE -> "the data plane";
      case MCP -> "agents (MCP)";
    };
  }
}
