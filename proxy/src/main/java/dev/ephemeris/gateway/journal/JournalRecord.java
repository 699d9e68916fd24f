package dev.ephemeris.gateway.journal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the journal records. Values are text and numbers as they were at the time, so that a record
 * can be read without the gateway that wrote it; none of them is a secret.
 *
 * <p>Records that name a principal also name for whom it acts as {@code actsFor}, if it is an agent
 * that does.
 *
 * <p>Component names are the vocabulary of logs and metrics too. Actions are in their short form,
 * scopes as {@code account:/dbs/{db}/colls/{coll}}, principals as {@code issuer:subject}.
 */
public sealed interface JournalRecord {

  /** When it happened. */
  Instant at();

  /**
   * From here on another policy decides, or another catalog says who is in which group; or a
   * gateway has started with them. Digests are {@code sha256:} and hexadecimal digits.
   *
   * @param policyBefore empty at the start of a gateway, as is {@code catalogBefore}
   */
  record PolicyChanged(
      Instant at,
      Optional<String> policyBefore,
      String policy,
      Optional<String> catalogBefore,
      String catalog)
      implements JournalRecord {}

  /**
   * Some of the catalog that decides from here on doesn't count: it is broken, or two claim what
   * only one can be.
   *
   * @param catalog its digest, as {@link PolicyChanged} has it
   * @param notices what doesn't count, each with why; the first of them, if there are many
   */
  record CatalogFlawed(Instant at, String catalog, List<String> notices) implements JournalRecord {

    public CatalogFlawed {
      notices = List.copyOf(notices);
    }
  }

  /**
   * A gateway has started with this configuration, or takes it up from here on. Digests are {@code
   * sha256:} and hexadecimal digits, of the file's text.
   *
   * @param configurationBefore empty at the start of a gateway
   * @param atNextStart what of it is otherwise than at the start, and takes effect at the next one
   */
  record ConfigurationChanged(
      Instant at,
      Optional<String> configurationBefore,
      String configuration,
      List<String> atNextStart)
      implements JournalRecord {

    public ConfigurationChanged {
      atNextStart = List.copyOf(atNextStart);
    }
  }

  /**
   * An account comes behind the gateway, goes, or is another than before. Its leases end when it
   * goes; each of them is on record too.
   *
   * @param change {@link #CAME}, {@link #CHANGED} or {@link #WENT}
   * @param origin whether the configuration lists it, it was found in Azure, or somebody added it:
   *     {@code configured}, {@code found} or {@code added}
   * @param by a principal, or {@link #BY_GATEWAY} where nobody asked for it
   * @param environment and the rest: as it is from here on, or was until here
   * @param endsAt when it goes by itself, of one that was added
   */
  record AccountChanged(
      Instant at,
      String account,
      String change,
      String origin,
      String by,
      String environment,
      List<String> lanes,
      String endpoint,
      Optional<String> resourceId,
      Optional<Instant> endsAt)
      implements JournalRecord {

    public static final String CAME = "came";
    public static final String CHANGED = "changed";
    public static final String WENT = "went";

    /** By the configuration's file, by what Azure says, or as its time is over. */
    public static final String BY_GATEWAY = "gateway";

    public AccountChanged {
      lanes = List.copyOf(lanes);
    }
  }

  /** Somebody signed in; what follows names the session. */
  record SessionStarted(
      Instant at,
      String sessionId,
      String principal,
      Optional<String> actsFor,
      String kind,
      String client,
      String address,
      Instant endsAt)
      implements JournalRecord {}

  /**
   * A session was ended before its time, with its leases.
   *
   * @param principal whose it was
   * @param by who ended it: a principal, or {@code issuer} and its name, at which it ended
   * @param blockId the block with which it was ended, if it was by force
   */
  record SessionEnded(
      Instant at,
      String sessionId,
      String principal,
      Optional<String> actsFor,
      String by,
      Optional<String> blockId)
      implements JournalRecord {}

  /**
   * An application registered itself, for people to let it act for them.
   *
   * @param name what it calls itself; anybody may call themselves so
   */
  record ClientRegistered(
      Instant at, String clientId, String name, List<String> redirectUris, String address)
      implements JournalRecord {

    public ClientRegistered {
      redirectUris = List.copyOf(redirectUris);
    }
  }

  /**
   * Somebody's access is ended by force, sessions and leases, and a block keeps them out; or only
   * that, if they are suspended.
   *
   * @param target whom: {@code issuer:subject}, a user or a group of the catalog, {@code client
   *     issuer:client}, or {@code anyone}
   * @param account where; everywhere if empty
   * @param suspends whether signing in again is of no use
   * @param by who does so
   * @param reason what they say about it
   */
  record AccessEnded(
      Instant at,
      String blockId,
      String target,
      Optional<String> account,
      boolean suspends,
      String by,
      String reason)
      implements JournalRecord {}

  /**
   * A credential was presented and not accepted.
   *
   * @param plane {@code api} or {@code dataPlane}
   * @param leaseId the lease that it claimed to be, if it did; not proof of anything
   */
  record AuthenticationFailed(
      Instant at, String plane, String address, Optional<String> leaseId, String reason)
      implements JournalRecord {}

  /**
   * A lease was given, or opened by showing one's own token.
   *
   * @param credential what is shown for it: {@code lease-token}, {@code own-token} or {@code
   *     lease-key}; at the account itself a {@code resource-token}, or one's own, by a {@code role}
   * @param reason what its holder says it is for
   * @param ticket where that is written down
   */
  record LeaseIssued(
      Instant at,
      String leaseId,
      String sessionId,
      String principal,
      Optional<String> actsFor,
      String scope,
      Optional<String> partitionKey,
      String role,
      List<String> actions,
      String lane,
      String credential,
      String rule,
      Optional<String> reason,
      Optional<String> ticket,
      Instant expiresAt)
      implements JournalRecord {

    public LeaseIssued {
      actions = List.copyOf(actions);
    }
  }

  /**
   * Somebody asks others to agree to a lease; or has it at once, to be looked at afterwards.
   *
   * @param rule the one that wants the approval
   * @param approvals who is to agree, all of them: {@code 1 of group:default/dba}
   * @param ttlSeconds for how long
   * @param glassBroken whether they have it at once
   */
  record AccessRequested(
      Instant at,
      String accessRequestId,
      String sessionId,
      String principal,
      Optional<String> actsFor,
      String scope,
      Optional<String> partitionKey,
      String role,
      List<String> actions,
      String lane,
      String rule,
      List<String> approvals,
      long ttlSeconds,
      String reason,
      Optional<String> ticket,
      boolean glassBroken)
      implements JournalRecord {

    public AccessRequested {
      actions = List.copyOf(actions);
      approvals = List.copyOf(approvals);
    }
  }

  /**
   * An approver answers, or says whether there was reason to break the glass.
   *
   * @param sessionId theirs, by which they answer
   * @param by who answers
   * @param principal who has asked
   * @param verdict {@code approved}, {@code denied}, {@code justified} or {@code unjustified}
   * @param groups of those that may answer, the ones that they are a member of
   * @param scope to what they agree, and the rest, where it is less than was asked for
   * @param state in which the request is by that
   */
  record AccessAnswered(
      Instant at,
      String accessRequestId,
      String sessionId,
      String by,
      String principal,
      Optional<String> actsFor,
      String verdict,
      List<String> groups,
      Optional<String> scope,
      Optional<String> partitionKey,
      Optional<Long> ttlSeconds,
      Optional<String> comment,
      String state)
      implements JournalRecord {

    public AccessAnswered {
      groups = List.copyOf(groups);
    }
  }

  /** What somebody has asked for is taken back, by them or by whom the agent acts for that has. */
  record AccessWithdrawn(
      Instant at,
      String accessRequestId,
      String sessionId,
      String principal,
      Optional<String> actsFor,
      String by)
      implements JournalRecord {}

  /**
   * A lease is about to be given for an access request.
   *
   * @param approvedBy who agreed, in the order in which they did; nobody if the glass is broken
   */
  record AccessPickedUp(
      Instant at,
      String accessRequestId,
      String sessionId,
      String principal,
      Optional<String> actsFor,
      String leaseId,
      List<String> approvedBy)
      implements JournalRecord {

    public AccessPickedUp {
      approvedBy = List.copyOf(approvedBy);
    }
  }

  /**
   * People were told of a lease or an access request, as its rule wants: what the channel leads to
   * has taken it.
   *
   * @param notificationId the same for all that is sent of it
   * @param event what they were told of: {@code glassBroken}
   * @param attempts how many it took
   */
  record NotificationSent(
      Instant at,
      String notificationId,
      String channel,
      String event,
      Optional<String> accessRequestId,
      Optional<String> leaseId,
      int attempts)
      implements JournalRecord {}

  /**
   * People weren't told, and nobody tries any more.
   *
   * @param reason why the last attempt failed
   */
  record NotificationFailed(
      Instant at,
      String notificationId,
      String channel,
      String event,
      Optional<String> accessRequestId,
      Optional<String> leaseId,
      int attempts,
      String reason)
      implements JournalRecord {}

  /**
   * A resource token is handed out for a lease, at its issue or a renewal. Azure's logs have what
   * it is used for, by user and permission.
   *
   * @param resource what it is for, {@code dbs/{db}/colls/{coll}} or an item in it
   * @param permissionMode {@code Read} or {@code All}
   * @param userRid {@code ResourceTokenUserRid} there
   * @param permissionId {@code ResourceTokenPermissionId} there
   * @param worksUntil until when Cosmos DB takes it, as nobody can revoke it
   */
  record TokenMinted(
      Instant at,
      String leaseId,
      String principal,
      Optional<String> actsFor,
      String account,
      String resource,
      String permissionMode,
      String userRid,
      String permissionId,
      Instant expiresAt,
      Instant worksUntil)
      implements JournalRecord {}

  /**
   * A role is about to be assigned in an account, for the leases that it is held by. It is made
   * again, with a record of its own, if somebody else removes it.
   *
   * @param leaseIds those that hold it, at that time
   * @param principal whose they are
   * @param objectId whom Entra ID knows by it, and whose own token is good from then on
   * @param roleDefinitionId of the account; Azure's own, or one of {@link RoleDefined}
   * @param assignmentId {@code AadAppliedRoleAssignmentId} in Azure's logs, which have the rest
   */
  record RoleAssigned(
      Instant at,
      List<String> leaseIds,
      String principal,
      String objectId,
      String account,
      String scope,
      String roleDefinitionId,
      List<String> actions,
      String assignmentId)
      implements JournalRecord {

    public RoleAssigned {
      leaseIds = List.copyOf(leaseIds);
      actions = List.copyOf(actions);
    }
  }

  /**
   * A role assignment of the gateway's is about to be removed: no lease holds it any more.
   *
   * @param leaseIds those that did, as far as this gateway knows since its start
   * @param principal whose they were, if that is known
   */
  record RoleUnassigned(
      Instant at,
      List<String> leaseIds,
      Optional<String> principal,
      String objectId,
      String account,
      String scope,
      String roleDefinitionId,
      String assignmentId)
      implements JournalRecord {

    public RoleUnassigned {
      leaseIds = List.copyOf(leaseIds);
    }
  }

  /** A role of just these actions is about to be defined in an account, or to be put right. */
  record RoleDefined(Instant at, String account, String roleDefinitionId, List<String> actions)
      implements JournalRecord {

    public RoleDefined {
      actions = List.copyOf(actions);
    }
  }

  /** A role that the gateway defined is about to be removed: nobody has it any more. */
  record RoleUndefined(Instant at, String account, String roleDefinitionId)
      implements JournalRecord {}

  /**
   * A lease was given more time.
   *
   * @param sessionId the session in which that was asked, which may be another than the lease's
   * @param rule the rule that gives it now
   */
  record LeaseRenewed(
      Instant at,
      String leaseId,
      String sessionId,
      String principal,
      Optional<String> actsFor,
      String rule,
      Instant expiresAt)
      implements JournalRecord {}

  /**
   * The credential of an agent's lease is about to be handed over to whom the agent acts for.
   *
   * @param sessionId theirs
   */
  record LeaseHandedOver(
      Instant at, String leaseId, String sessionId, String principal, Optional<String> actsFor)
      implements JournalRecord {}

  /**
   * A lease came to the end of its time. It is on record at least once, in the journal of one
   * gateway of those that share a store, and after a while in which there was none too.
   *
   * @param at when that was found, after {@code expiresAt}
   */
  record LeaseExpired(
      Instant at,
      String leaseId,
      String sessionId,
      String principal,
      Optional<String> actsFor,
      Instant expiresAt)
      implements JournalRecord {}

  /**
   * Whoever was kept out after their lease was ended by force may come in again.
   *
   * @param target whom it kept out
   * @param account where; everywhere if empty
   * @param by who lifted it
   */
  record BlockLifted(Instant at, String blockId, String target, Optional<String> account, String by)
      implements JournalRecord {}

  /**
   * A lease was ended before its time. If it was that of somebody's own token, a block keeps them
   * from another one.
   *
   * @param principal whose it was
   * @param by who ended it: a principal, or {@link #BY_GATEWAY}
   * @param blockId the block that it leaves, if it does
   */
  record LeaseRevoked(
      Instant at,
      String leaseId,
      String sessionId,
      String principal,
      Optional<String> actsFor,
      String by,
      Optional<String> blockId)
      implements JournalRecord {

    /** Where nobody asked for it: the account gave nothing for the lease, or the policy took it. */
    public static final String BY_GATEWAY = "gateway";
  }

  /**
   * The policy or the gateway refuses something, a request on the data plane or a lease; or the
   * policy does, and it passes all the same as its account is in report mode.
   *
   * @param leaseId the lease that was used, or that was given all the same; empty if it was the
   *     lease itself that was refused
   * @param actions of what was refused, all that it takes; of what passes, those that are refused
   * @param decision {@link #DENY}, or {@link #REPORT} if it passes
   * @param reason one of the policy's closed list, or the data plane's
   * @param rule the rule that refused, if one did
   * @param activityId the request's; empty for a lease
   */
  record Decision(
      Instant at,
      Optional<String> leaseId,
      String sessionId,
      String principal,
      Optional<String> actsFor,
      List<String> actions,
      String scope,
      String decision,
      String reason,
      Optional<String> rule,
      Optional<String> activityId)
      implements JournalRecord {

    public static final String DENY = "deny";
    public static final String REPORT = "report";

    public Decision {
      actions = List.copyOf(actions);
    }
  }

  /**
   * One of Ephemeris's own actions was asked for, other than what everybody may do with what is
   * theirs. If it is allowed it is about to be done.
   *
   * @param actions one, such as {@code ephemeris/audit/read}
   * @param target the path that was asked, without its query
   * @param reason why not; empty if it is allowed
   * @param rule the rule that decided, if one did
   */
  record OperationDecided(
      Instant at,
      String sessionId,
      String principal,
      List<String> actions,
      String operation,
      String target,
      String decision,
      Optional<String> reason,
      Optional<String> rule)
      implements JournalRecord {

    public OperationDecided {
      actions = List.copyOf(actions);
    }
  }

  /**
   * The keys of an account are turned over, step by step.
   *
   * @param step such as {@code regenerate-unused}
   * @param outcome {@link #STARTED} of the whole; of each step {@link #BEGUN}, before anything is
   *     done, and {@link #DONE} or {@link #FAILED}
   * @param keyInUse which key signs, as of before the step: {@code primary} or {@code secondary}
   * @param by who started it: a principal, or {@code schedule}
   * @param reason why it failed; it is tried again
   */
  record RotationProgress(
      Instant at,
      String account,
      String step,
      String outcome,
      String keyInUse,
      String by,
      Optional<String> reason)
      implements JournalRecord {

    public static final String STARTED = "started";
    public static final String BEGUN = "begun";
    public static final String DONE = "done";
    public static final String FAILED = "failed";
  }

  /**
   * A key of an account may have leaked: from here on all of them are made anew, at once, and no
   * resource tokens are handed out until that is done.
   *
   * @param by a principal
   * @param inPlaceOf the step of the rotation that was under way, if one was
   * @param tokensWorkUntil when the last resource token ends that the gateway had given
   */
  record AccountPanicked(
      Instant at,
      String account,
      String by,
      Optional<String> inPlaceOf,
      Optional<Instant> tokensWorkUntil)
      implements JournalRecord {}

  /**
   * What became, in a panic, of a resource token that the gateway had made with the key of before.
   *
   * @param by who began the panic
   * @param tokens {@code go-on}, {@code died} or {@code not-seen}
   * @param tokensWorkUntil when the last resource token ends that the gateway had given
   * @param reason why it wasn't seen
   */
  record CanaryAsked(
      Instant at,
      String account,
      String by,
      String tokens,
      Optional<Instant> tokensWorkUntil,
      Optional<String> reason)
      implements JournalRecord {}

  /**
   * There is another root key.
   *
   * @param kid its name, which leases of it begin with
   * @param derivesAt from when on leases' secrets are derived from it
   * @param by a principal; {@link #BY_GATEWAY} of the first, {@link #BY_CONFIGURATION} of one that
   *     is listed there
   */
  record RootKeyAdded(Instant at, String kid, Instant derivesAt, String by)
      implements JournalRecord {

    public static final String BY_GATEWAY = "gateway";
    public static final String BY_CONFIGURATION = "configuration";
  }

  /**
   * A root key lets nobody in any more; its leases, each of which is on record too, end with it.
   *
   * @param kid its name
   * @param by who did it
   */
  record RootKeyRevoked(Instant at, String kid, String by) implements JournalRecord {}

  /**
   * A request was allowed and is about to go upstream.
   *
   * <p>What was asked about is somebody's data. So the query is here without its literals and
   * parameters, and of keys and ids there are {@link Pseudonyms}, unless the account's
   * configuration has them plain.
   *
   * @param partitionKey the one that the request is bound to, as its header has it
   * @param itemId the one in the path; an item that is created has none there
   * @param queryShape with {@code ?} for each literal; the first of it, if it is long; empty for
   *     what is no query, and for one that the gateway can't read
   * @param queryFingerprint of the whole shape: {@code sha256:} and hexadecimal digits
   * @param batchOperations how many go upstream in one
   */
  record RequestIntent(
      Instant at,
      String requestId,
      String leaseId,
      String sessionId,
      String principal,
      Optional<String> actsFor,
      String account,
      String operation,
      List<String> actions,
      String scope,
      Optional<String> partitionKey,
      Optional<String> itemId,
      Optional<String> queryShape,
      Optional<String> queryFingerprint,
      Optional<Integer> batchOperations,
      String rule,
      String activityId)
      implements JournalRecord {

    public RequestIntent {
      actions = List.copyOf(actions);
    }
  }

  /**
   * What became of an allowed request.
   *
   * @param statusCode what the client was answered
   * @param requestCharge request units, as the service counted them
   * @param itemCount how many items the answer has, where it says so
   * @param withheld in how many values of the answer a credential was withheld, as an agent asked
   * @param bytes the length of the answer's body
   */
  record RequestOutcome(
      Instant at,
      String requestId,
      String activityId,
      int statusCode,
      int subStatus,
      double requestCharge,
      Optional<Integer> itemCount,
      Optional<Integer> withheld,
      long bytes,
      double durationMs)
      implements JournalRecord {}

  /**
   * A gateway ended between intent and outcome, so that nobody knows what became of the request.
   *
   * @param at when that was found, at the next start
   */
  record OutcomeUnknown(Instant at, String requestId, String activityId) implements JournalRecord {}
}
