package dev.ephemeris.gateway;

import dev.ephemeris.config.Account;
import dev.ephemeris.config.AccountKeys;
import dev.ephemeris.config.AccountsWithin;
import dev.ephemeris.config.Azure;
import dev.ephemeris.config.Backstage;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.config.Loopback;
import dev.ephemeris.config.SecretSource;
import dev.ephemeris.gateway.Gateway.StartException;
import dev.ephemeris.gateway.custody.SecretFile;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import dev.ephemeris.gateway.journal.folder.JournalKey;
import dev.ephemeris.gateway.lease.RootKey;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a gateway for real accounts refuses to start with: the shortcuts of demo and development.
 */
public final class Production {

  /** Published by Microsoft for the emulator: everybody has it. */
  private static final String EMULATOR_KEY =
      "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

  private Production() {}

  /** Why a gateway that serves doesn't take it; empty if it does. */
  public static Optional<String> refusal(Configuration configuration) {
    try {
      require(configuration);
      return Optional.empty();
    } catch (StartException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Refuses what is for development only.
   *
   * @throws StartException naming the first setting that is for development only
   */
  public static void require(Configuration configuration) throws StartException {
    for (Issuer issuer : configuration.issuers()) {
      URI uri = URI.create(issuer.issuer());
      if (!"https".equals(uri.getScheme()) || isLoopback(uri.getHost())) {
        throw new StartException(
            "Issuer “"
                + issuer.name()
                + "” ("
                + issuer.issuer()
                + ") is a development issuer: people sign in there without proof. “serve” takes"
                + " issuers at https addresses other than this machine's.");
      }
    }
    for (Account account : configuration.accounts()) {
      if (account.keyFile().isPresent() && read(account.keyFile().get(), EMULATOR_KEY::equals)) {
        throw new StartException(
            "Account “"
                + account.name()
                + "” has the emulator's key, which everybody knows. Give it the account's own.");
      }
      if (account.identity().filter(Production::isFromThisMachine).isPresent()) {
        throw new StartException(
            "The identity for account “"
                + account.name()
                + "” gets its tokens from this machine itself, for development. “serve” takes"
                + " Entra ID's authorities.");
      }
    }
    if (configuration.azure().filter(Production::isFromThisMachine).isPresent()) {
      throw new StartException(
          "The gateway's identity in Azure, or Resource Manager, is on this machine itself, for"
              + " development. “serve” takes those of Azure.");
    }
    for (AccountsWithin within :
        configuration.azure().map(Azure::accountsWithin).orElse(List.of())) {
      if (within.identity().filter(Production::isFromThisMachine).isPresent()) {
        throw new StartException(
            "The identity for accounts within "
                + within.scope()
                + " gets its tokens from this machine itself, for development. “serve” takes"
                + " Entra ID's authorities.");
      }
    }
    for (Account account : configuration.accounts()) {
      if (account
          .keys()
          .flatMap(AccountKeys::vault)
          .filter(vault -> isLoopback(vault.host()))
          .isPresent()) {
        throw new StartException(
            "The key vault of account “"
                + account.name()
                + "” is on this machine itself, for development. “serve” takes one of Azure's.");
      }
    }
    if (configuration.catalog().backstage().filter(Production::isFromThisMachine).isPresent()) {
      throw new StartException(
          "The catalog's Backstage is without TLS or on this machine, for development. “serve”"
              + " takes one at an https address other than this machine's.");
    }
    for (Configuration.RootKey key : configuration.rootKeys()) {
      if (key.vault().filter(vault -> isLoopback(vault.host())).isPresent()) {
        throw new StartException(
            "The key vault of root key “"
                + key.kid()
                + "” is on this machine itself, for development. “serve” takes one of Azure's.");
      }
      // Of a vault's the gateway itself takes none for development.
      if (key.file().isPresent() && read(key.file().get(), RootKey::isForDevelopment)) {
        throw new StartException(
            "Root key “"
                + key.kid()
                + "” in "
                + key.file().get()
                + " was made for development. Make one with “head -c 32 /dev/urandom | base64”.");
      }
    }
    if (configuration.journal().name().isEmpty()) {
      throw new StartException(
          "The journal has no name. Give it one, journal.name, that no other log in the world has,"
              + " and each gateway its own, such as "
              + configuration.hostNames().getFirst().value()
              + "/journal/one.");
    }
    if (configuration.journal().checkpointsOffHost()
        && !configuration.journal().keepsCheckpointsOffHost()) {
      throw new StartException(
          "None of the journal's sinks keeps its checkpoints off this machine: whoever owns it"
              + " could take the journal's end away, and nobody would see it. Add one to"
              + " journal.sinks (docs/audit-sinks.md), or say checkpointsOffHost: false.");
    }
    SecretSource signingKey = configuration.journal().signingKey();
    if (signingKey.vault().filter(vault -> isLoopback(vault.host())).isPresent()) {
      throw new StartException(
          "The key vault of the journal's signing key is on this machine itself, for development."
              + " “serve” takes one of Azure's.");
    }
    if (signingKey.file().isPresent()
        && read(signingKey.file().get(), JournalKey::isForDevelopment)) {
      throw new StartException(
          "The journal's signing key in "
              + signingKey.file().get()
              + " was made for development. Make one with “head -c 32 /dev/urandom | base64”.");
    }
    if (configuration.rootKeyVault().filter(kept -> isLoopback(kept.vault().host())).isPresent()) {
      throw new StartException(
          "The key vault for root keys is on this machine itself, for development. “serve” takes"
              + " one of Azure's.");
    }
  }

  private static boolean read(Path file, Function<String, Boolean> test) throws StartException {
    try {
      return SecretFile.read(file, test);
    } catch (SecretFileException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  private static boolean isFromThisMachine(EntraIdentity identity) {
    return isLoopback(identity.authority().uri().getHost());
  }

  private static boolean isFromThisMachine(Azure azure) {
    return isFromThisMachine(azure.identity()) || isLoopback(azure.resourceManager().host());
  }

  private static boolean isFromThisMachine(Backstage backstage) {
    URI uri = backstage.baseUrl().uri();
    return !"https".equals(uri.getScheme()) || isLoopback(uri.getHost());
  }

  private static boolean isLoopback(String host) {
    return host == null || Loopback.is(host);
  }
}
