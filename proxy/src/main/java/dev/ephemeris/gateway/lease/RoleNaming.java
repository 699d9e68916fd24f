package dev.ephemeris.gateway.lease;

import java.util.List;
import java.util.UUID;

/** Gives what the gateway makes in Azure ids that nobody else could have given. */
public interface RoleNaming {

  /** Of which root key it is. */
  char kid();

  /**
   * The id of what these say.
   *
   * @param parts all that it is, what kind of thing first
   */
  UUID id(List<String> parts);
}
