package dev.ephemeris.policy;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one principal may do now: the policy's rules, compiled for it. Of an agent that acts for
 * somebody, what its own rules allow and those of whom it acts for do too.
 *
 * <p>Immutable and safe to share; good for as long as the policy, the principal's groups and the
 * accounts stay what they were.
 */
public final class Grant {
  private static final AccountRules NO_RULES =
      new AccountRules(Map.of(), LaneRules.NONE, LaneRules.NONE);

  private final PrincipalId principal;
  private final Map<String, AccountRules> accounts;

  /** Of whom the principal acts for; null if for nobody. */
  private final @Nullable Grant actedFor;

  private final Intersection both = new Intersection();

  private Grant(
      PrincipalId principal, Map<String, AccountRules> accounts, @Nullable Grant actedFor) {
    this.principal = principal;
    this.accounts = accounts;
    this.actedFor = actedFor;
  }

  /** Compiles those of {@code rules} that are for {@code principal}. */
  static Grant of(List<Rule> rules, Principal principal, Collection<AccountFacts> accounts) {
    return of(Theirs.of(rules, principal), principal, accounts);
  }

  /** Compiles the rules that are the principal's. */
  static Grant of(Theirs theirs, Principal principal, Collection<AccountFacts> accounts) {
    return new Grant(
        principal.id(),
        compiled(theirs.rules(), accounts),
        theirs
            .actedFor()
            .map(rules -> of(rules, principal.actsFor().orElseThrow(), accounts))
            .orElse(null));
  }

  private static Map<String, AccountRules> compiled(
      List<Rule> theirs, Collection<AccountFacts> accounts) {
    Map<String, List<Rule>> own = new HashMap<>();
    theirs.forEach(rule -> file(rule, own));
    Map<Unnamed, AccountRules> unnamed = new HashMap<>();
    return accounts.stream()
        .collect(
            toUnmodifiableMap(
                AccountFacts::name,
                account ->
                    own.containsKey(account.name())
                        ? AccountRules.of(concerning(account, own), account)
                        : unnamed.computeIfAbsent(
                            new Unnamed(account.environment(), account.lanes()),
                            alike -> AccountRules.of(concerning(account, own), account))));
  }

  /**
   * Accounts that no rule of the principal's names: rules for any account can't tell them apart, so
   * that they share what is compiled. Most accounts are, for most principals.
   */
  private record Unnamed(String environment, Set<Lane> lanes) {}

  /** Under the accounts that it names, so that each account looks only at what may concern it. */
  private static void file(Rule rule, Map<String, List<Rule>> own) {
    for (String account : rule.accounts()) {
      own.computeIfAbsent(account, name -> new ArrayList<>()).add(rule);
    }
  }

  private static List<Rule> concerning(AccountFacts account, Map<String, List<Rule>> own) {
    return Stream.of(account.name(), ScopePattern.ANY)
        .flatMap(name -> own.getOrDefault(name, List.of()).stream())
        .distinct()
        .filter(rule -> rule.concerns(account))
        .sorted(Rule.STRONGEST_FIRST)
        .toList();
  }

  /** How many decisions it holds: what it takes of memory grows with them. */
  public int size() {
    return accounts.values().stream().distinct().mapToInt(AccountRules::size).sum()
        + (actedFor == null ? 0 : actedFor.size());
  }

  /** Whose grant it is. */
  public PrincipalId principal() {
    return principal;
  }

  /**
   * Whether a request for {@code action} on {@code scope} is allowed in the proxy lane, where each
   * request is decided, to whoever shows this form of credential at this moment, and which rule
   * says so.
   *
   * <p>Never throws; takes constant time however many rules there are, but for those of one scope
   * that have conditions; allocates nothing of its own.
   */
  public Decision decide(
      Action action, Scope scope, CredentialForm form, Circumstances circumstances) {
    Decision own = rules(scope.account()).proxy(form).decide(action, scope, circumstances);
    return actedFor == null
        ? own
        : both.of(own, actedFor.decide(action, scope, form, circumstances.actedFor()));
  }

  /**
   * What a lease of all of {@code actions} on {@code scope} would be given in {@code lane} now.
   *
   * <p>In the proxy lane, a rule that denies only part of the scope doesn't stand in the way: it
   * bites on each request, and so do conditions. The other lanes can't honour either, so there they
   * do.
   *
   * @param form what is shown for it in the proxy lane; of no meaning in the others
   * @throws IllegalArgumentException if there are no actions
   */
  public LeaseTerms leaseTerms(
      Set<Action> actions,
      Scope scope,
      Lane lane,
      CredentialForm form,
      Circumstances circumstances) {
    if (actions.isEmpty()) {
      throw new IllegalArgumentException("a lease of no actions");
    }
    LeaseTerms own =
        rules(scope.account()).in(lane, form).leaseTerms(actions, scope, circumstances);
    return actedFor == null
        ? own
        : Intersection.of(
            own, actedFor.leaseTerms(actions, scope, lane, form, circumstances.actedFor()));
  }

  /** What becomes of {@code action}, the strongest first; the last always holds. */
  List<ScopeTree.Choice> choices(Action action, Scope scope, Lane lane, CredentialForm form) {
    List<ScopeTree.Choice> own = rules(scope.account()).in(lane, form).choices(action, scope);
    return actedFor == null ? own : both.of(own, actedFor.choices(action, scope, lane, form));
  }

  /** The shortest time that a lease of {@code action} may be given for; empty if none may be. */
  Optional<Ttl> shortest(Action action, Scope scope, Lane lane, CredentialForm form) {
    Optional<Ttl> own = rules(scope.account()).in(lane, form).shortest(action, scope);
    return actedFor == null
        ? own
        : own.flatMap(
            ttl -> actedFor.shortest(action, scope, lane, form).map(theirs -> ttl.min(theirs)));
  }

  /**
   * What a principal's own token is good for in an account; empty if for nothing. Whoever acts for
   * somebody has no token of their own that says so.
   */
  public Optional<ImplicitTerms> implicitTerms(String account) {
    if (actedFor != null) {
      return Optional.empty();
    }
    LaneRules rules = rules(account).proxy(CredentialForm.OWN_TOKEN);
    return rules.terms().map(terms -> new ImplicitTerms(rules.actions(), terms));
  }

  /**
   * The most that a lease of a principal's own token can be.
   *
   * @param actions allowed somewhere in the account; each request is decided all the same
   */
  public record ImplicitTerms(Set<Action> actions, LeaseTerms.Granted granted) {
    public ImplicitTerms {
      actions = Set.copyOf(actions);
    }
  }

  private AccountRules rules(String account) {
    return accounts.getOrDefault(account, NO_RULES);
  }

  /** The rules of one account, in each lane. */
  private record AccountRules(
      Map<CredentialForm, LaneRules> byForm, LaneRules token, LaneRules rbac) {

    /** Of rules that concern the account, the strongest first. */
    static AccountRules of(List<Rule> concerning, AccountFacts account) {
      Map<CredentialForm, LaneRules> byForm = new EnumMap<>(CredentialForm.class);
      for (CredentialForm form : CredentialForm.values()) {
        byForm.put(form, LaneRules.of(concerning, account, form));
      }
      return new AccountRules(
          byForm,
          LaneRules.of(concerning, account, Lane.TOKEN),
          LaneRules.of(concerning, account, Lane.RBAC));
    }

    int size() {
      return byForm.values().stream().mapToInt(LaneRules::size).sum() + token.size() + rbac.size();
    }

    LaneRules proxy(CredentialForm form) {
      return byForm.getOrDefault(form, LaneRules.NONE);
    }

    LaneRules in(Lane lane, CredentialForm form) {
      return switch (lane) {
        case PROXY -> proxy(form);
        case TOKEN -> token;
        case RBAC -> rbac;
      };
    }
  }
}
