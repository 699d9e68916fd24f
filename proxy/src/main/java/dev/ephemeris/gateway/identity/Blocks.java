package dev.ephemeris.gateway.identity;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.NewestFirst;
import dev.ephemeris.gateway.store.Page;
import dev.ephemeris.gateway.store.PageWanted;
import dev.ephemeris.gateway.store.Position;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps whom out. Those that hold are in memory, so that asking takes no store: a block holds
 * from the moment that it is made, even if the store fails to keep it.
 *
 * <p>Thread-safe.
 */
public final class Blocks {

  private static final Logger LOG = LoggerFactory.getLogger(Blocks.class);

  private static final NewestFirst NEWEST_FIRST = new NewestFirst("block", "at");

  private final Database database;
  private final RowSeal seal;
  private final Journal journal;
  private final InstantSource clock;

  /** Those that aren't lifted. */
  private final Map<BlockTarget, List<Block>> holding = new ConcurrentHashMap<>();

  private Blocks(Database database, RowSeal seal, Journal journal, InstantSource clock) {
    this.database = database;
    this.seal = seal;
    this.journal = journal;
    this.clock = clock;
  }

  /**
   * Reads those that hold from the store. Blocks.
   *
   * @throws dev.ephemeris.gateway.store.StoreException if it doesn't answer
   */
  public static Blocks open(Database database, RowSeal seal, Journal journal, InstantSource clock) {
    Blocks blocks = new Blocks(database, seal, journal, clock);
    database
        .transaction(handle -> blocks.list(handle.createQuery("SELECT * FROM block ORDER BY at")))
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .stream()
        .filter(block -> block.liftedAt().isEmpty())
        .forEach(blocks::hold);
    return blocks;
  }

  /**
   * What keeps somebody out everywhere, if anything does.
   *
   * @param client by which they have what they show
   * @param signedInAt when they last proved who they are, if that is known
   */
  public Optional<Block> against(Principal principal, String client, Optional<Instant> signedInAt) {
    return against(principal, client, signedInAt, block -> block.account().isEmpty());
  }

  /** What keeps somebody out of an account, or of everywhere. */
  public Optional<Block> against(
      Principal principal, String client, Optional<Instant> signedInAt, String account) {
    return against(principal, client, signedInAt, block -> isOf(account, block));
  }

  /** The same, but for what they made of themselves. */
  public Optional<Block> byOthersAgainst(
      Principal principal, String client, Optional<Instant> signedInAt, String account) {
    return against(
        principal, client, signedInAt, block -> isOf(account, block) && !block.isOfItsMaker());
  }

  /**
   * What keeps an agent from acting for somebody, if anything does. Whoever lets an agent in asks
   * this beside what keeps out either of the two by themselves.
   *
   * @param signedInAt when whom it acts for last proved who they are, if that is known
   */
  public Optional<Block> againstAgent(
      PrincipalId agent, Principal whom, Optional<Instant> signedInAt) {
    return holding.getOrDefault(new BlockTarget.OfAgent(agent, whom.id()), List.of()).stream()
        .filter(block -> block.holds(whom.kind(), signedInAt))
        .findFirst();
  }

  /**
   * What keeps a client from acting for somebody by a token of theirs: what keeps it out, or from
   * acting for them.
   *
   * @param agent acts for somebody
   * @param signedInAt when whom it acts for last proved who they are, if that is known
   */
  Optional<Block> againstClient(Principal agent, String client, Optional<Instant> signedInAt) {
    return against(agent, client, signedInAt)
        .or(() -> againstAgent(agent.id(), agent.actsFor().orElseThrow(), signedInAt));
  }

  private static boolean isOf(String account, Block block) {
    return block.account().isEmpty() || block.account().get().equals(account);
  }

  private Optional<Block> against(
      Principal principal, String client, Optional<Instant> signedInAt, Predicate<Block> where) {
    return holding.isEmpty()
        ? Optional.empty()
        : meaning(principal, client)
            .filter(where)
            .filter(block -> block.holds(principal.kind(), signedInAt))
            .findFirst();
  }

  private Stream<Block> meaning(Principal principal, String client) {
    return BlockTarget.meaning(principal, client)
        .flatMap(target -> holding.getOrDefault(target, List.of()).stream());
  }

  /** From now on it holds in this process. */
  public void hold(Block block) {
    holding.merge(
        block.target(),
        List.of(block),
        (some, one) -> Stream.concat(some.stream(), one.stream()).toList());
  }

  /** Keeps it in the store, in the caller's transaction. */
  public void keep(Handle handle, Block block) {
    handle
        .createUpdate(
            """
            INSERT INTO block (id, target_kind, target, account, at, suspends, made_by_issuer,
              made_by_subject, mac)
            VALUES (:id, :kind, :target, :account, :at, :suspends, :byIssuer, :bySubject, :mac)\
            """)
        .bind("id", block.id())
        .bind("kind", block.target().kind())
        .bind("target", block.target().name())
        .bind("account", block.account())
        .bind("at", Database.micros(block.at()))
        .bind("suspends", block.suspends())
        .bind("byIssuer", block.madeBy().issuer())
        .bind("bySubject", block.madeBy().subject())
        .bind("mac", seal.mac(block.canonical()))
        .execute();
  }

  /**
   * What keeps this one out or did by name, and whatever else means them now; and what keeps agents
   * from acting for them, or did. The newest first.
   *
   * @param client by which they are here
   */
  public Future<Page<Block>> of(Principal principal, String client, PageWanted wanted) {
    BlockTarget target = new BlockTarget.OfPrincipal(principal.id());
    return page(
            wanted,
            new NewestFirst.Which(
                List.of(
                    "target_kind = :kind AND target = :target",
                    // Those that they made of agents that acted for them.
                    "target_kind = 'agent' AND made_by_issuer = :issuer"
                        + " AND made_by_subject = :subject"),
                Map.of(
                    "kind",
                    target.kind(),
                    "target",
                    target.name(),
                    "issuer",
                    principal.id().issuer(),
                    "subject",
                    principal.id().subject())))
        .map(named -> with(named, wanted, meaning(principal, client)));
  }

  /** What keeps this principal out or did by name; the newest first. */
  public Future<Page<Block>> of(PrincipalId principal, PageWanted wanted) {
    BlockTarget target = new BlockTarget.OfPrincipal(principal);
    return page(
        wanted,
        new NewestFirst.Which(
            List.of("target_kind = :kind AND target = :target"),
            Map.of("kind", target.kind(), "target", target.name())));
  }

  /** Everybody's, the newest first: the store's, and what it hasn't taken. */
  public Future<Page<Block>> all(PageWanted wanted) {
    return page(wanted, NewestFirst.Which.ALL)
        .map(kept -> with(kept, wanted, holding.values().stream().flatMap(List::stream)));
  }

  private Future<Page<Block>> page(PageWanted wanted, NewestFirst.Which which) {
    return database.transaction(handle -> NEWEST_FIRST.page(handle, wanted, which, this::read));
  }

  /** The same page of a longer list: with those of others that belong into it. */
  private static Page<Block> with(Page<Block> page, PageWanted wanted, Stream<Block> others) {
    Set<String> ids = page.entries().stream().map(Block::id).collect(toUnmodifiableSet());
    List<Block> all =
        Stream.concat(
                page.entries().stream(),
                others
                    .filter(block -> !ids.contains(block.id()))
                    .filter(block -> wanted.isAhead(position(block)))
                    .filter(block -> isWithin(page, position(block))))
            .distinct()
            .sorted(Comparator.comparing(Blocks::position))
            .toList();
    if (all.size() <= wanted.most()) {
      return new Page<>(all, page.next());
    }
    List<Block> shown = all.subList(0, wanted.most());
    return new Page<>(shown, Optional.of(position(shown.getLast())));
  }

  private static boolean isWithin(Page<Block> page, Position position) {
    return page.next().filter(last -> position.compareTo(last) > 0).isEmpty();
  }

  private static Position position(Block block) {
    return new Position(block.at(), block.id());
  }

  /** Lifts a block that this one made of themselves; false if there is none. */
  public Future<Boolean> lift(String id, PrincipalId by) {
    return find(id)
        .compose(
            found ->
                lift(found.filter(block -> block.isOfItsMaker() && block.madeBy().equals(by)), by));
  }

  /** Lifts a block, whoever made it; false if there is none. */
  public Future<Boolean> liftAny(String id, PrincipalId by) {
    return find(id).compose(found -> lift(found, by));
  }

  private Future<Optional<Block>> find(String id) {
    return database.transaction(
        handle ->
            handle
                .createQuery("SELECT * FROM block WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> read(row))
                .findOne()
                .flatMap(block -> block)
                // One that the store didn't take holds all the same.
                .or(() -> held(id)));
  }

  private Optional<Block> held(String id) {
    return holding.values().stream()
        .flatMap(List::stream)
        .filter(block -> block.id().equals(id))
        .findFirst();
  }

  private Future<Boolean> lift(Optional<Block> found, PrincipalId by) {
    if (found.isEmpty()) {
      return Future.succeededFuture(false);
    }
    if (found.get().liftedAt().isPresent()) {
      return Future.succeededFuture(true);
    }
    Block lifted = found.get().lifted(Database.kept(clock.instant()));
    try {
      journal.append(
          new JournalRecord.BlockLifted(
              lifted.liftedAt().orElseThrow(),
              lifted.id(),
              lifted.target().described(),
              lifted.account(),
              by.toString()));
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
    return database
        .transaction(
            handle -> {
              handle
                  .createUpdate(
                      """
                      UPDATE block SET lifted_at = :liftedAt, suspends = :suspends,
                        account = :account, mac = :mac
                      WHERE id = :id\
                      """)
                  .bind("account", lifted.account())
                  .bind("id", lifted.id())
                  .bind("liftedAt", Database.micros(lifted.liftedAt().orElseThrow()))
                  .bind("suspends", lifted.suspends())
                  .bind("mac", seal.mac(lifted.canonical()))
                  .execute();
              return true;
            })
        .onSuccess(done -> letGo(lifted));
  }

  private void letGo(Block lifted) {
    holding.computeIfPresent(
        lifted.target(),
        (target, blocks) -> {
          List<Block> left =
              blocks.stream().filter(block -> !block.id().equals(lifted.id())).toList();
          return left.isEmpty() ? null : left;
        });
  }

  private List<Block> list(Query query) {
    return query.map((row, context) -> read(row)).stream().flatMap(Optional::stream).toList();
  }

  /** What it keeps in the store. */
  public SealedRows rows() {
    return SealedRows.of("block", "id", seal, row -> block(row).canonical());
  }

  /**
   * @throws IllegalArgumentException if the row names nobody
   */
  private static Block block(ResultSet row) throws SQLException {
    long liftedAt = row.getLong("lifted_at");
    boolean lifted = !row.wasNull();
    return new Block(
        row.getString("id"),
        BlockTarget.parse(row.getString("target_kind"), row.getString("target")),
        Optional.ofNullable(row.getString("account")),
        Database.instant(row.getLong("at")),
        row.getBoolean("suspends"),
        new PrincipalId(row.getString("made_by_issuer"), row.getString("made_by_subject")),
        lifted ? Optional.of(Database.instant(liftedAt)) : Optional.empty());
  }

  /**
   * A block that isn't as it was written holds: whoever changed it didn't do so to keep it. One
   * that names nobody can't be held to.
   */
  private Optional<Block> read(ResultSet row) throws SQLException {
    String id = row.getString("id");
    try {
      Block block = block(row);
      if (seal.made(block.canonical(), row.getBytes("mac"))) {
        return Optional.of(block);
      }
      LOG.atError()
          .addKeyValue("blockId", id)
          .log("A stored block isn't as we wrote it; it holds. Who can write to the store?");
      return Optional.of(block.untouchable());
    } catch (IllegalArgumentException notABlock) {
      LOG.atError()
          .addKeyValue("blockId", id)
          .log("A stored block names nobody any more; it is lost. Who can write to the store?");
      return Optional.empty();
    }
  }
}
