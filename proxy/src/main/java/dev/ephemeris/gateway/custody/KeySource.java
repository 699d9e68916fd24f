package dev.ephemeris.gateway.custody;

import dev.ephemeris.config.ResourceId;
import dev.ephemeris.cosmos.MasterKey;
import java.util.Optional;

/** Where the keys of an account are kept. */
public interface KeySource {

  /** The keys of now. Blocks. */
  KeyPair read() throws Exception;

  /** One key, as it was read at the start. */
  static KeySource of(MasterKey key) {
    KeyPair pair = new KeyPair(key, Optional.empty());
    return () -> pair;
  }

  /** Those that Azure Resource Manager lists. */
  static KeySource of(AzureResources azure, ResourceId account) {
    return () -> KeyPair.of(azure.secrets(account));
  }
}
