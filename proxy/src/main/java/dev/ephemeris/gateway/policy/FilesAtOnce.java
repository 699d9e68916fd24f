package dev.ephemeris.gateway.policy;

import dev.ephemeris.config.UserKey;
import dev.ephemeris.gateway.identity.BackstageCatalog;
import dev.ephemeris.gateway.identity.CatalogFiles;
import dev.ephemeris.gateway.identity.CatalogFiles.CatalogException;
import dev.ephemeris.gateway.identity.CatalogSource;
import dev.ephemeris.gateway.identity.GroupDirectory;
import dev.ephemeris.gateway.lease.Enforceable;
import dev.ephemeris.policy.Channel;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicyException;
import dev.ephemeris.policy.PolicySource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the files of policy and catalog said, read one after the other. Somebody may have been
 * writing on them meanwhile; that twice the same was read says that nobody was.
 */
public final class FilesAtOnce {

  private final List<FileContent> policy;
  private final CatalogAtOnce catalog;
  private final Map<String, Set<String>> claims;
  private final Set<GroupRef> administrators;
  private final Set<Channel> channels;
  private final PolicyDigests digests;

  FilesAtOnce(
      List<FileContent> policy,
      CatalogAtOnce catalog,
      Map<String, Set<String>> claims,
      Set<GroupRef> administrators,
      Set<Channel> channels) {
    this.policy = policy;
    this.catalog = catalog;
    this.claims = claims;
    this.administrators = administrators;
    this.channels = channels;
    this.digests = new PolicyDigests(digest(policy), digest(catalog));
  }

  /** Of what was read; other than all else if a file couldn't be. */
  public PolicyDigests digests() {
    return digests;
  }

  /** A policy and the catalog that was read with it. */
  public record Loaded(Policy policy, GroupDirectory directory, PolicyDigests digests) {}

  /**
   * Makes a policy and a catalog of it.
   *
   * @throws PolicyRefusedException with what is wrong in either
   */
  public Loaded load() throws PolicyRefusedException {
    List<String> problems =
        new ArrayList<>(
            Stream.concat(
                    unreadable(policy).map(file -> "The policy file " + told(file)),
                    unreadable(catalogFiles()).map(file -> "The catalog file " + told(file)))
                .toList());
    if (!problems.isEmpty()) {
      throw new PolicyRefusedException(problems);
    }
    Optional<Policy> parsed = policy(problems);
    parsed.ifPresent(
        read -> {
          problems.addAll(read.unanswered(claims));
          problems.addAll(notEnforceable(read));
          problems.addAll(untellable(read));
        });
    Optional<GroupDirectory> directory = directory(problems);
    if (!problems.isEmpty()) {
      throw new PolicyRefusedException(problems);
    }
    Policy written = parsed.orElseThrow();
    return new Loaded(
        administrators.isEmpty() ? written : written.withAdministrators(administrators),
        directory.orElseThrow(),
        digests);
  }

  /** Whatever can't be held to isn't put in force, so that no rule gives more than it says. */
  private static List<String> notEnforceable(Policy policy) {
    List<String> problems = new ArrayList<>();
    new TreeMap<>(policy.obligations())
        .forEach(
            (rule, obligations) -> {
              for (String key : Enforceable.missing(obligations)) {
                problems.add(
                    "The rule '%s' has %s, which this version of the gateway can't see to."
                        .formatted(rule, key));
              }
            });
    return problems;
  }

  /** Nobody would hear of what a rule wants told by a channel that isn't there. */
  private List<String> untellable(Policy policy) {
    List<String> problems = new ArrayList<>();
    new TreeMap<>(policy.obligations())
        .forEach(
            (rule, obligations) ->
                names(obligations.channels())
                    .filter(name -> !channels.contains(new Channel(name)))
                    .forEach(
                        name ->
                            problems.add(
                                ("The rule '%s' tells people by the channel '%s', which the"
                                        + " configuration doesn't have under notifications; it has"
                                        + " %s.")
                                    .formatted(
                                        rule,
                                        name,
                                        channels.isEmpty()
                                            ? "none"
                                            : names(channels).collect(Collectors.joining(", "))))));
    return problems;
  }

  private static Stream<String> names(Set<Channel> channels) {
    return channels.stream().map(Channel::name).sorted();
  }

  /** The policy, or empty with what is wrong added. */
  private Optional<Policy> policy(List<String> problems) {
    List<PolicySource> sources =
        readable(policy)
            .map(file -> new PolicySource(file.file().toString(), file.text()))
            .toList();
    try {
      return Optional.of(Policy.parse(sources));
    } catch (PolicyException e) {
      e.problems().forEach(problem -> problems.add(problem.toString()));
      return Optional.empty();
    }
  }

  /** The same of the catalog. */
  private Optional<GroupDirectory> directory(List<String> problems) {
    return switch (catalog) {
      case CatalogAtOnce.OfFiles(List<FileContent> files, Map<String, UserKey> keys) ->
          directory(files, keys, problems);
      case CatalogAtOnce.OfBackstage(BackstageCatalog.Answer answer) ->
          Optional.of(answer.directory());
    };
  }

  private static Optional<GroupDirectory> directory(
      List<FileContent> files, Map<String, UserKey> keys, List<String> problems) {
    List<CatalogSource> sources =
        readable(files)
            .map(file -> new CatalogSource(file.file().toString(), file.text()))
            .toList();
    try {
      return Optional.of(CatalogFiles.parse(sources, keys));
    } catch (CatalogException e) {
      problems.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /**
   * The catalog alone, beside a policy that is in force already: if it is one that others keep, who
   * can't wait with what they change until the policy's files are good.
   */
  Optional<Loaded> besides(Policy inForce, PolicyDigests digestsInForce) {
    return switch (catalog) {
      case CatalogAtOnce.OfFiles ofFiles -> Optional.empty();
      case CatalogAtOnce.OfBackstage(BackstageCatalog.Answer answer) ->
          answer.digest().equals(digestsInForce.catalog())
              ? Optional.empty()
              : Optional.of(
                  new Loaded(
                      inForce,
                      answer.directory(),
                      new PolicyDigests(digestsInForce.policy(), answer.digest())));
    };
  }

  private List<FileContent> catalogFiles() {
    return switch (catalog) {
      case CatalogAtOnce.OfFiles(List<FileContent> files, var keys) -> files;
      case CatalogAtOnce.OfBackstage ofBackstage -> List.of();
    };
  }

  private static Stream<FileContent.Unreadable> unreadable(List<FileContent> files) {
    return files.stream()
        .filter(FileContent.Unreadable.class::isInstance)
        .map(FileContent.Unreadable.class::cast);
  }

  private static Stream<FileContent.Text> readable(List<FileContent> files) {
    return files.stream()
        .filter(FileContent.Text.class::isInstance)
        .map(FileContent.Text.class::cast);
  }

  private static String told(FileContent.Unreadable file) {
    return file.file() + " can't be read: " + file.why() + ".";
  }

  private static String digest(CatalogAtOnce catalog) {
    return switch (catalog) {
      case CatalogAtOnce.OfFiles(List<FileContent> files, var keys) -> digest(files);
      case CatalogAtOnce.OfBackstage(BackstageCatalog.Answer answer) -> answer.digest();
    };
  }

  /** With lengths, so that nothing moves from one file to the next unnoticed. */
  private static String digest(List<FileContent> files) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    for (FileContent file : files) {
      String text =
          switch (file) {
            case FileContent.Text(var path, String content) -> content;
            case FileContent.Unreadable(var path, String why) -> why;
          };
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      String mark = file instanceof FileContent.Text ? ":" : "!";
      sha256.update((utf8.length + mark).getBytes(StandardCharsets.US_ASCII));
      sha256.update(utf8);
    }
    return "sha256:" + HexFormat.of().formatHex(sha256.digest());
  }
}
