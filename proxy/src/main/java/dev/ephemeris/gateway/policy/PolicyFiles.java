package dev.ephemeris.gateway.policy;

import dev.ephemeris.config.ClaimPath;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.Configuration.Administrators;
import dev.ephemeris.config.Issuer;
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
 * @param annotations by issuer name, the annotation of a User that holds its subject there
 * @param claims by issuer name, those of its claims that rules may ask
 * @param administrators groups that may do all of Ephemeris's own actions whatever the files say;
 *     may be none
 */
public record PolicyFiles(
    List<Path> policy,
    List<Path> catalog,
    Map<String, String> annotations,
    Map<String, Set<String>> claims,
    Set<GroupRef> administrators) {

  public PolicyFiles {
    policy = List.copyOf(policy);
    catalog = List.copyOf(catalog);
    annotations = Map.copyOf(annotations);
    claims = Map.copyOf(claims);
    administrators = Set.copyOf(administrators);
  }

  /** Those that the configuration names. */
  public static PolicyFiles of(Configuration configuration) {
    return new PolicyFiles(
        configuration.policy().files(),
        configuration.catalog().files(),
        configuration.issuers().stream()
            .collect(Collectors.toMap(Issuer::name, Issuer::userAnnotation)),
        configuration.issuers().stream()
            .collect(Collectors.toMap(Issuer::name, PolicyFiles::claims)),
        configuration.administrators().map(Administrators::groups).orElse(Set.of()));
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
        catalog.stream().map(PolicyFiles::read).toList(),
        annotations,
        claims,
        administrators);
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
