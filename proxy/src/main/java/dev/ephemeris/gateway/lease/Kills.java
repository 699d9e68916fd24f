package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Block;
import dev.ephemeris.gateway.identity.BlockTarget;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.LogoutToken;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Ends sessions before their time, with their leases: one's own by signing out, anybody's by force.
 * Effective on the next request.
 *
 * <p>Thread-safe.
 */
public final class Kills {

  private final Database database;
  private final Sessions sessions;
  private final Leases leases;
  private final Blocks blocks;
  private final Grants grants;
  private final Journal journal;
  private final InstantSource clock;

  public Kills(
      Database database,
      Sessions sessions,
      Leases leases,
      Blocks blocks,
      Grants grants,
      Journal journal,
      InstantSource clock) {
    this.database = database;
    this.sessions = sessions;
    this.leases = leases;
    this.blocks = blocks;
    this.grants = grants;
    this.journal = journal;
    this.clock = clock;
  }

  /** What was ended in the store, and isn't known of here yet. */
  private record Ended(List<Session> sessions, List<Lease> leases) {
    Ended() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  /**
   * Shuts somebody out. From here on the block holds, whatever becomes of the rest: if the future
   * fails, what they show themselves is refused, and leases that they were given may go on.
   *
   * @param by who does it
   */
  public Future<Kill.Done> kill(Kill kill, PrincipalId by) {
    Instant now = now();
    Block block =
        new Block(
            Block.newId(),
            kill.target(),
            kill.account(),
            now,
            kill.suspends(),
            by,
            Optional.empty());
    try {
      journal.append(
          new JournalRecord.AccessEnded(
              now,
              block.id(),
              kill.target().described(),
              kill.account(),
              kill.suspends(),
              by.toString(),
              kill.reason()));
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
    blocks.hold(block);
    return database
        .transaction(
            handle -> {
              blocks.keep(handle, block);
              Ended ended = new Ended();
              if (kill.account().isEmpty()) {
                for (Session session : sessions.active(handle, now)) {
                  if (means(kill.target(), session)) {
                    end(handle, session, now, by.toString(), Optional.of(block.id()), ended);
                  }
                }
              }
              // A session has the tokens of several clients where the issuer's has; and its row
              // isn't sealed, as those of leases are.
              for (Lease lease : leases.active(handle, now)) {
                if (isIn(kill.account(), lease) && means(kill.target(), lease)) {
                  ended
                      .leases()
                      .add(leases.end(handle, lease, now, by.toString(), Optional.of(block.id())));
                }
              }
              return ended;
            })
        .map(
            ended -> {
              known(ended, now);
              return new Kill.Done(block.id(), ended.sessions().size(), ended.leases().size());
            });
  }

  /**
   * Ends all sessions in which an agent acts for somebody, with its leases, and keeps it from
   * acting for them again before they have signed in anew.
   *
   * @param whom whom it acts for, who does it
   */
  public Future<Kill.Done> stop(PrincipalId agent, PrincipalId whom) {
    return kill(
        new Kill(
            new BlockTarget.OfAgent(agent, whom),
            Optional.empty(),
            false,
            "stopped by whom it acted for"),
        whom);
  }

  private static boolean isIn(Optional<String> account, Lease lease) {
    return account.isEmpty() || account.get().equals(lease.scope().account());
  }

  /** Whether it means whose lease it is, or whom they act for. */
  private boolean means(BlockTarget target, Lease lease) {
    if (target instanceof BlockTarget.OfAgent agent) {
      return agent.isOf(lease.principal(), lease.actedFor().map(ActedFor::id));
    }
    return target.means(
            grants.principal(lease.principal(), lease.kind(), "", lease.claims()),
            lease.standing().client().orElse(""))
        || lease
            .actsFor()
            .filter(
                agents ->
                    target.means(
                        grants.principal(agents.whom()), agents.standing().client().orElse("")))
            .isPresent();
  }

  private boolean means(BlockTarget target, Session session) {
    if (target instanceof BlockTarget.OfAgent agent) {
      return agent.isOf(session.principal(), session.actsFor().map(Session.ActsFor::principal));
    }
    return target.means(
            grants.principal(session.principal(), session.kind(), "", session.claims()),
            session.client())
        || session
            .actsFor()
            .filter(
                whom ->
                    target.means(
                        grants.principal(whom.principal(), whom.kind(), "", whom.claims()),
                        whom.client()))
            .isPresent();
  }

  /** Ends a session with its leases, and with it those of agents that act in it. */
  private void end(
      Handle handle, Session session, Instant now, String by, Optional<String> blockId, Ended ended)
      throws JournalException {
    if (ended.sessions().stream().anyMatch(before -> before.id().equals(session.id()))) {
      return;
    }
    sessions.end(handle, session, now, by, blockId);
    ended.sessions().add(session);
    for (Lease lease : leases.active(handle, session.id(), now)) {
      ended.leases().add(leases.end(handle, lease, now, by, blockId));
    }
    for (Session acting : sessions.actingIn(handle, session.id(), now)) {
      end(handle, acting, now, by, blockId, ended);
    }
  }

  /**
   * Ends one of the principal's own sessions, or an agent's that acts for them, with its leases and
   * those of agents that act in it: false if there is none that goes on. The tokens of its sign-in
   * are no good any more; those of another are.
   */
  public Future<Boolean> signOut(String sessionId, PrincipalId whose) {
    Instant now = now();
    return database
        .transaction(
            handle -> {
              Ended ended = new Ended();
              Optional<Session> own =
                  sessions
                      .find(handle, sessionId)
                      .filter(session -> session.concerns(whose))
                      .filter(session -> session.state(now) == Session.State.ACTIVE);
              if (own.isPresent()) {
                end(handle, own.get(), now, whose.toString(), Optional.empty(), ended);
              }
              return ended;
            })
        .map(
            ended -> {
              known(ended, now);
              return !ended.sessions().isEmpty();
            });
  }

  /**
   * Ends what an issuer says has ended there, with its leases.
   *
   * @return how many sessions that was
   */
  public Future<Integer> signedOutAt(String issuer, LogoutToken said) {
    Instant now = now();
    return database
        .transaction(
            handle -> {
              Ended ended = new Ended();
              for (Session session : sessions.signedOut(handle, issuer, said, now)) {
                end(handle, session, now, "issuer " + issuer, Optional.empty(), ended);
              }
              return ended;
            })
        .map(
            ended -> {
              known(ended, now);
              return ended.sessions().size();
            });
  }

  private void known(Ended ended, Instant now) {
    ended.sessions().forEach(session -> sessions.forget(session, now));
    leases.ended(ended.leases());
  }

  private Instant now() {
    return Database.kept(clock.instant());
  }
}
