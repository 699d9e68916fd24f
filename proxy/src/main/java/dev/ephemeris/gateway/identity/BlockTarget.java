package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.UserRef;
import java.util.Optional;
import java.util.stream.Stream;

/** Whom a block keeps out, and whose sessions and leases are ended with it. */
public sealed interface BlockTarget {

  /** One identity at one issuer. */
  record OfPrincipal(PrincipalId id) implements BlockTarget {
    @Override
    public String name() {
      return id.toString();
    }
  }

  /** Whoever is this user of the catalog, at whichever issuer. */
  record OfUser(UserRef user) implements BlockTarget {
    @Override
    public String name() {
      return user.toString();
    }
  }

  /** Whoever is in this group, at the time when they come. */
  record OfGroup(GroupRef group) implements BlockTarget {
    @Override
    public String name() {
      return group.toString();
    }
  }

  /** Whoever has their token by this OAuth client. */
  record OfClient(String issuedBy, String client) implements BlockTarget {
    @Override
    public String name() {
      return issuedBy + ":" + client;
    }
  }

  /**
   * An agent as far as it acts for this one: left by whoever stops one of theirs. It isn't among
   * those that {@link #meaning} has, since it is held against the sign-in of whom it acts for.
   */
  record OfAgent(PrincipalId agent, PrincipalId whom) implements BlockTarget {

    /** Whether it is this agent's doing for that one. */
    public boolean isOf(PrincipalId who, Optional<PrincipalId> actsFor) {
      return agent.equals(who) && actsFor.filter(whom::equals).isPresent();
    }

    @Override
    public String name() {
      return spelt(agent) + " " + spelt(whom);
    }

    /** With no space in it, so that two of them are told apart. */
    private static String spelt(PrincipalId id) {
      return id.toString().replace("%", "%25").replace(" ", "%20");
    }

    private static OfAgent parse(String name) {
      String[] both = name.split(" ", -1);
      if (both.length != 2) {
        throw new IllegalArgumentException("an agent's block names two");
      }
      return new OfAgent(read(both[0]), read(both[1]));
    }

    private static PrincipalId read(String spelt) {
      return PrincipalId.parse(spelt.replace("%20", " ").replace("%25", "%"));
    }
  }

  record Anyone() implements BlockTarget {
    @Override
    public String name() {
      return "";
    }
  }

  /** Who it is, in the spelling of its kind. */
  String name();

  /** What {@link #name} is the name of: {@code principal}, {@code user}, {@code group}, … */
  default String kind() {
    return switch (this) {
      case OfPrincipal principal -> "principal";
      case OfUser user -> "user";
      case OfGroup group -> "group";
      case OfClient client -> "client";
      case OfAgent agent -> "agent";
      case Anyone anyone -> "anyone";
    };
  }

  /**
   * From {@link #kind} and {@link #name}.
   *
   * @throws IllegalArgumentException if they are no target
   */
  static BlockTarget parse(String kind, String name) {
    return switch (kind) {
      case "principal" -> new OfPrincipal(PrincipalId.parse(name));
      case "user" -> new OfUser(UserRef.parse(name));
      case "group" -> new OfGroup(GroupRef.parse(name));
      case "client" -> {
        // It is spelt as a principal is: an issuer, and one of its own.
        PrincipalId parts = PrincipalId.parse(name);
        yield new OfClient(parts.issuer(), parts.subject());
      }
      case "agent" -> OfAgent.parse(name);
      case "anyone" -> new Anyone();
      default -> throw new IllegalArgumentException("'" + kind + "' is no kind of target");
    };
  }

  /** All that mean somebody with a token by this client. */
  static Stream<BlockTarget> meaning(Principal principal, String client) {
    return Stream.of(
            Stream.of(
                new OfPrincipal(principal.id()),
                new OfClient(principal.id().issuer(), client),
                new Anyone()),
            principal.user().stream().map(OfUser::new),
            principal.groups().stream().map(OfGroup::new))
        .flatMap(some -> some);
  }

  /** Whether it means somebody with a token by this client. */
  default boolean means(Principal principal, String client) {
    return meaning(principal, client).anyMatch(this::equals);
  }

  /** The issuer that it names, if it does. */
  default Optional<String> issuer() {
    return switch (this) {
      case OfPrincipal principal -> Optional.of(principal.id().issuer());
      case OfClient client -> Optional.of(client.issuedBy());
      case OfUser user -> Optional.empty();
      case OfGroup group -> Optional.empty();
      case OfAgent agent -> Optional.empty();
      case Anyone anyone -> Optional.empty();
    };
  }

  /**
   * For people and the journal: {@code group:default/dba}, {@code client corp:ci}, {@code agent
   * ci:copilot, acting for corp:alice}.
   */
  default String described() {
    return switch (this) {
      case OfPrincipal principal -> principal.name();
      case OfUser user -> user.name();
      case OfGroup group -> group.name();
      case OfClient client -> "client " + client.name();
      case OfAgent(PrincipalId agent, PrincipalId whom) ->
          "agent " + agent + ", acting for " + whom;
      case Anyone anyone -> "anyone";
    };
  }
}
