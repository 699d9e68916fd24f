package dev.ephemeris.gateway.identity;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.ephemeris.gateway.identity.GroupDirectory.CatalogUser;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Circumstances;
import dev.ephemeris.policy.Component;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Explanation;
import dev.ephemeris.policy.Explanation.RuleTrace;
import dev.ephemeris.policy.Grant;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.Reach;
import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the policy gives each principal now, compiled once for each and kept in memory.
 *
 * <p>Policy and catalog are replaced together, at once, and so are accounts: every question is
 * answered by one {@link Edition}. Whoever has several questions that belong together asks them of
 * one, {@link #now}.
 *
 * <p>Thread-safe; a look-up is short enough for an event loop.
 */
public final class Grants {

  /** Stands for a rule where something passes because its account is in report mode. */
  public static final RuleName REPORT_MODE = new RuleName("report mode, by the configuration");

  /** Written by one of the two that replace. What was compiled goes with the edition it is of. */
  private volatile Edition now;

  public Grants(Policy policy, GroupDirectory directory, List<AccountFacts> accounts) {
    this(policy, directory, accounts, Set.of());
  }

  /**
   * @param reporting the accounts in report mode
   */
  public Grants(
      Policy policy, GroupDirectory directory, List<AccountFacts> accounts, Set<String> reporting) {
    this.now = new Edition(policy, directory, accounts, reporting);
  }

  /** From now on decides by these: the next question is answered by them, and none by a mixture. */
  public synchronized void replace(Policy policy, GroupDirectory directory) {
    now = new Edition(policy, directory, now.accounts, now.reporting);
  }

  /**
   * The same, of what is known of accounts.
   *
   * @param reporting the accounts in report mode
   */
  public synchronized void replace(List<AccountFacts> accounts, Set<String> reporting) {
    now = new Edition(now.policy, now.directory, accounts, reporting);
  }

  /** What decides now, for questions that belong together. Not to be kept longer. */
  public Edition now() {
    return now;
  }

  /** Why nobody may be let in at {@code now}: who is in which group isn't known. */
  public Optional<String> unavailable(Instant now) {
    return this.now.directory.unavailable(now);
  }

  /**
   * Whether what the rules refuse there passes, and is put on record: {@link Reason#NO_RULE},
   * {@link Reason#ACTED_FOR_MAY_NOT} and {@link Reason#DENIED_BY_RULE}. Anything else that refuses
   * still does.
   */
  public boolean passes(String account, Reason reason) {
    return switch (reason) {
      case NO_RULE, ACTED_FOR_MAY_NOT, DENIED_BY_RULE -> reports(account);
      case LANE_NOT_PERMITTED, LANE_CANNOT_ENFORCE -> false;
    };
  }

  /** Whether an account is in report mode. */
  public boolean reports(String account) {
    return now.reporting.contains(account);
  }

  /** See {@link Edition#principal}. */
  public Principal principal(
      PrincipalId id, PrincipalKind kind, String displayName, Map<String, String> claims) {
    return now.principal(id, kind, displayName, claims);
  }

  /** See {@link Edition#principal}. */
  public Principal principal(ActedFor whom) {
    return now.principal(whom);
  }

  /** See {@link Edition#agent}. */
  public Principal agent(
      PrincipalId id, String displayName, Map<String, String> claims, ActedFor whom) {
    return now.agent(id, displayName, claims, whom);
  }

  /** See {@link Edition#of}. */
  public Grant of(PrincipalId id, PrincipalKind kind, Map<String, String> claims) {
    return now.of(id, kind, claims, Optional.empty());
  }

  /** See {@link Edition#of}. */
  public Grant of(
      PrincipalId id, PrincipalKind kind, Map<String, String> claims, Optional<ActedFor> actsFor) {
    return now.of(id, kind, claims, actsFor);
  }

  /** See {@link Edition#describe}. */
  public String describe(Identity who) {
    return now.describe(who);
  }

  /** Whether the catalog can't be asked for them, as {@link GroupDirectory#isUntold} says. */
  boolean isUntold(Identity who) {
    return now.directory.isUntold(who);
  }

  /** See {@link Edition#linked}. */
  public List<Linked> linked(Principal principal) {
    return now.linked(principal);
  }

  /** The same, with whom it acts for, if it does. */
  public String describe(Principal principal) {
    return describe(Identity.of(principal), principal.actsFor().map(ActedFor::of));
  }

  /** The same. */
  public String describe(Identity who, Optional<ActedFor> actsFor) {
    Edition edition = now;
    return edition.describe(who)
        + actsFor.map(whom -> ", acting for " + edition.describe(whom.identity()) + ",").orElse("");
  }

  /** A policy, the catalog that was read with it, and the accounts. Thread-safe. */
  public static final class Edition {

    /** A few hundred MB at the most; a decision is some tens of bytes. */
    private static final int MOST_DECISIONS = 5_000_000;

    private static final int OF_AN_ENTRY = 20;

    private final Policy policy;
    private final GroupDirectory directory;
    private final List<AccountFacts> accounts;
    private final Set<String> reporting;

    /** By what they hold rather than by their number: of a large policy, one may hold thousands. */
    private final LoadingCache<Subject, Grant> grants =
        Caffeine.newBuilder()
            .maximumWeight(MOST_DECISIONS)
            .weigher((Subject subject, Grant grant) -> OF_AN_ENTRY + grant.size())
            .build(this::compile);

    private record Subject(Identity who, Optional<ActedFor> actsFor) {}

    private Edition(
        Policy policy,
        GroupDirectory directory,
        List<AccountFacts> accounts,
        Set<String> reporting) {
      this.policy = policy;
      this.directory = directory;
      this.accounts = List.copyOf(accounts);
      this.reporting = Set.copyOf(reporting);
    }

    /**
     * The principal with what the catalog knows of it, its groups above all; nothing if it isn't in
     * there.
     */
    public Principal principal(
        PrincipalId id, PrincipalKind kind, String displayName, Map<String, String> claims) {
      Identity who = new Identity(id, kind, claims);
      Optional<CatalogUser> user = directory.find(who);
      return new Principal(
          id,
          kind,
          displayName,
          user.map(CatalogUser::ref),
          directory.component(who),
          user.map(CatalogUser::groups).orElse(Set.of()),
          user.map(CatalogUser::owns).orElse(Set.of()),
          claims,
          Optional.empty());
    }

    /** Whom an agent acts for, with what the catalog knows of them. */
    public Principal principal(ActedFor whom) {
      return principal(whom.id(), whom.kind(), "", whom.claims());
    }

    /** An agent and whom it acts for, both with what the catalog knows of them. */
    public Principal agent(
        PrincipalId id, String displayName, Map<String, String> claims, ActedFor whom) {
      return principal(id, PrincipalKind.AGENT, displayName, claims).actingFor(principal(whom));
    }

    /** What the policy gives this one, by what the catalog knows of them now. */
    public Grant of(Principal principal) {
      return of(
          principal.id(),
          principal.kind(),
          principal.claims(),
          principal.actsFor().map(ActedFor::of));
    }

    /**
     * What the policy gives them.
     *
     * @param actsFor for whom, if it is an agent that acts for somebody
     */
    public Grant of(
        PrincipalId id,
        PrincipalKind kind,
        Map<String, String> claims,
        Optional<ActedFor> actsFor) {
      return grants.get(new Subject(new Identity(id, kind, claims), actsFor));
    }

    /** The principal as people know it: its entity ref in the catalog, else issuer and subject. */
    public String describe(Identity who) {
      return directory
          .find(who)
          .map(user -> user.ref().toString())
          .or(() -> directory.component(who).map(Component::ref))
          .orElseGet(who.id()::toString);
    }

    /** By what else the same User of the catalog would be found: all of it is one human. */
    public List<Linked> linked(Principal principal) {
      return principal.user().stream()
          .flatMap(user -> directory.linked(user).stream())
          .filter(linked -> !linked.isOf(principal))
          .toList();
    }

    public Policy policy() {
      return policy;
    }

    public GroupDirectory directory() {
      return directory;
    }

    public List<AccountFacts> accounts() {
      return accounts;
    }

    /** Where rules let this one reach, by what the catalog knows of them now. */
    public List<Reach> reach(Principal principal) {
      return policy.reach(current(principal), accounts);
    }

    /**
     * Why one may or may not do something: the rules that match and those that one thing keeps from
     * it; the rest of the policy isn't the caller's. Of an account that isn't there, as if there
     * were no rules on it, so that nobody learns which are.
     */
    public Explanation explain(
        Principal caller, Action action, Scope scope, Circumstances circumstances) {
      Principal principal = current(caller);
      Explanation whole =
          accounts.stream()
              .filter(account -> account.name().equals(scope.account()))
              .findFirst()
              .map(found -> policy.explain(principal, action, scope, found, circumstances))
              .orElseGet(
                  () ->
                      new Explanation(
                          principal,
                          action,
                          scope,
                          new Decision.Deny(Reason.NO_RULE, Optional.empty()),
                          List.of(),
                          Optional.empty()));
      return near(whole);
    }

    private static Explanation near(Explanation whole) {
      return new Explanation(
          whole.principal(),
          whole.action(),
          whole.scope(),
          whole.decision(),
          near(whole.rules()),
          whole.actedFor().map(Edition::near));
    }

    private static List<RuleTrace> near(List<RuleTrace> rules) {
      return rules.stream().filter(rule -> rule.matches() || rule.nearMiss()).toList();
    }

    /**
     * With the groups of the catalog that belongs to the policy: the caller's are of a moment ago.
     */
    private Principal current(Principal caller) {
      return caller
          .actsFor()
          .map(whom -> agent(caller.id(), caller.displayName(), caller.claims(), ActedFor.of(whom)))
          .orElseGet(
              () -> principal(caller.id(), caller.kind(), caller.displayName(), caller.claims()));
    }

    /** Whether an account is among those that are decided on. */
    public boolean knows(String account) {
      return accounts.stream().anyMatch(known -> known.name().equals(account));
    }

    private Grant compile(Subject subject) {
      Identity who = subject.who();
      boolean untold =
          directory.isUntold(who)
              || subject.actsFor().map(ActedFor::identity).filter(directory::isUntold).isPresent();
      // Of no account, so that nothing is allowed.
      return policy.compile(
          subject
              .actsFor()
              .map(whom -> agent(who.id(), "", who.claims(), whom))
              .orElseGet(() -> principal(who.id(), who.kind(), "", who.claims())),
          untold ? List.of() : accounts);
    }
  }
}
