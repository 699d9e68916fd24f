package dev.ephemeris.gateway.custody;

import dev.ephemeris.config.Account;
import dev.ephemeris.config.AccountKeys;
import dev.ephemeris.config.Azure;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What the gateway holds for one account.
 *
 * @param keys the account's, if the gateway may have them
 * @param credential what carries the requests of the lane proxy: an identity, or else the keys
 * @param rotation how its keys are turned over, if the gateway can do that
 */
public record AccountCustody(
    String name,
    Optional<HeldKeys> keys,
    UpstreamCredential credential,
    Optional<Rotations.Account> rotation) {

  /**
   * As the configuration has it. Asks nobody for anything yet.
   *
   * @param resources Azure Resource Manager, if {@code azure} is there
   * @throws SecretFileException if a key or a certificate can't be read
   */
  public static AccountCustody of(
      Account account,
      Optional<Azure> azure,
      Optional<AzureResources> resources,
      InstantSource clock)
      throws SecretFileException {
    Optional<KeyVault> vault = vault(account, azure);
    Optional<HeldKeys> keys =
        source(account, vault, resources)
            .map(source -> new HeldKeys(account.name(), source, clock));
    return new AccountCustody(
        account.name(),
        keys,
        account.identity().isPresent()
            ? EntraToken.of(
                account.name(), account.endpoint().uri(), account.identity().get(), clock)
            : new AccountKey(keys.orElseThrow()),
        account.keys().isPresent() && account.resourceId().isPresent()
            ? Optional.of(
                new Rotations.Account(
                    account.name(),
                    account.resourceId().get(),
                    account.caCertificate(),
                    keys.orElseThrow(),
                    vault,
                    account.keys().get().rotateEvery()))
            : Optional.empty());
  }

  private static Optional<KeyVault> vault(Account account, Optional<Azure> azure)
      throws SecretFileException {
    Optional<AccountKeys> keys =
        account.keys().filter(from -> from.kind() == AccountKeys.Kind.KEY_VAULT);
    return keys.isPresent()
        ? Optional.of(KeyVault.of(keys.get(), azure.orElseThrow().identity()))
        : Optional.empty();
  }

  private static Optional<KeySource> source(
      Account account, Optional<KeyVault> vault, Optional<AzureResources> resources)
      throws SecretFileException {
    if (account.keyFile().isPresent()) {
      return Optional.of(
          KeySource.of(SecretFile.read(account.keyFile().get(), MasterKey::ofBase64)));
    }
    return account
        .keys()
        .map(
            from ->
                switch (from.kind()) {
                  case KEY_VAULT -> vault.orElseThrow();
                  case RESOURCE_MANAGER ->
                      KeySource.of(resources.orElseThrow(), account.resourceId().orElseThrow());
                });
  }
}
