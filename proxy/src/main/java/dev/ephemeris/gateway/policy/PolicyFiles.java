package dev.ephemeris.gateway.policy;

import dev.ephemeris.config.ClaimPath;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.Configuration.Administrators;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.config.Notifications;
import dev.ephemeris.config.UserKey;
import dev.ephemeris.gateway.identity.BackstageCatalog;
import dev.ephemeris.policy.Channel;
import dev.ephemeris.policy.GroupRef;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where policy and catalog are.
 *
 * @param claims by issuer name, those of its claims that rules may ask
 * @param administrators groups that may do all of Ephemeris's own actions whatever the files say;
 *     may be none
 * @param channels those by which people can be told of something
 */
public record PolicyFiles(
    List<Path> policy,
    CatalogPlace catalog,
    Map<String, Set<String>> claims,
    Set<GroupRef> administrators,
    Set<Channel> channels) {

  public PolicyFiles {
    policy = List.copyOf(policy);
    claims = Map.copyOf(claims);
    administrators = Set.copyOf(administrators);
    channels = Set.copyOf(channels);
  }

  /** Those that the configuration names, with this catalog. */
  public static PolicyFiles of(Configuration configuration, CatalogPlace catalog) {
    return new PolicyFiles(
        configuration.policy().files(),
        catalog,
        configuration.issuers().stream()
            .collect(Collectors.toMap(Issuer::name, PolicyFiles::claims)),
        configuration.administrators().map(Administrators::groups).orElse(Set.of()),
        configuration.notifications().channels().stream()
            .map(Notifications.Way::name)
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static Set<String> claims(Issuer issuer) {
    return issuer.claims().stream()
        .map(ClaimPath::toString)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What they say now. Blocks; never fails: that a file can't be read is something it says. */
  public FilesAtOnce read() {
    return new FilesAtOnce(
        policy.stream().map(PolicyFiles::read).toList(),
        readCatalog(),
        claims,
        administrators,
        channels);
  }

  private CatalogAtOnce readCatalog() {
    return switch (catalog) {
      case CatalogPlace.Files(List<Path> files, Map<String, UserKey> keys) ->
          new CatalogAtOnce.OfFiles(files.stream().map(PolicyFiles::read).toList(), keys);
      case CatalogPlace.Backstage(BackstageCatalog backstage) ->
          new CatalogAtOnce.OfBackstage(backstage.answer());
    };
  }

  private static FileContent read(Path file) {
    try {
      return new FileContent.Text(file, Files.readString(file));
    } catch (NoSuchFileException e) {
      return new FileContent.Unreadable(file, "there is no such file");
    } catch (AccessDeniedException e) {
      return new FileContent.Unreadable(file, "permission denied");
    } catch (CharacterCodingException e) {
      return new FileContent.Unreadable(file, "not UTF-8");
    } catch (IOException e) {
      return new FileContent.Unreadable(file, String.valueOf(e.getMessage()));
    }
  }
}
