package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.custody.VaultSecrets;
import java.util.List;

/** Where root keys come from. */
public sealed interface RootKeyHome {

  /**
   * Whoever runs the gateway keeps them and turns them over.
   *
   * @param newestFirst at least one
   */
  record Listed(List<Named> newestFirst) implements RootKeyHome {
    public Listed {
      newestFirst = List.copyOf(newestFirst);
    }

    List<RootKey> keys() {
      return newestFirst.stream().map(Named::key).toList();
    }
  }

  /**
   * One of those.
   *
   * @param inVault whether it is from a vault, and not from a file
   */
  record Named(RootKey key, boolean inVault) {}

  /**
   * The gateway keeps them in a vault, and turns them over.
   *
   * @param prefix what the names of their secrets begin with, before the kid
   */
  record Kept(VaultSecrets vault, String prefix) implements RootKeyHome {

    String secret(char kid) {
      return prefix + kid;
    }
  }
}
