package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.custody.VaultSecrets.VaultException;
import dev.ephemeris.gateway.lease.RootKeyStates.Row;
import java.util.List;

/** Has root keys, by what the store says of them. Calls block; one at a time. */
interface RootKeyCustody {

  /**
   * The first look; makes what has to be there.
   *
   * @throws RootKeyException if what the store says can't be trusted, or nothing derives
   * @throws VaultException if a key that is needed can't be had
   */
  RootKeyRing open() throws RootKeyException, VaultException;

  /**
   * What the store says now.
   *
   * @throws RootKeyException if it can't be trusted
   * @throws VaultException if a key that is needed can't be had
   */
  RootKeyRing look(List<Row> rows) throws RootKeyException, VaultException;

  /** The key that seals what the store says of root keys. */
  RootKey sealing(RootKeyRing ring);
}
