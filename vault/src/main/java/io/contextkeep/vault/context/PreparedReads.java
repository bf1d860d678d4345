package io.contextkeep.vault.context;

import io.contextkeep.vault.context.Capsule.BlindKey;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The facts and questions of reads, from memory where it has them, or else from the database. */
final class PreparedReads {
  private final Db db;
  private final Registry registry;
  private final ContextStore store;
  private final Customers customers;
  private final Capsules capsules;
  private final Facts facts;
  private final InstantSource clock;

  PreparedReads(
      Db db,
      Registry registry,
      ContextStore store,
      Customers customers,
      Capsules capsules,
      InstantSource clock) {
    this.db = db;
    this.registry = registry;
    this.store = store;
    this.customers = customers;
    this.capsules = capsules;
    this.facts = new Facts(registry, clock);
    this.clock = clock;
  }

  /**
   * Returns the facts and the question of each request, in their order. Each is as of a time after
   * the call began; those that memory does not have are of one database snapshot.
   *
   * @throws io.contextkeep.audit.StoreUnavailable if the facts cannot be read
   */
  List<PreparedRead> of(List<ReadRequest> asks) {
    db.checkInPlace();
    List<Optional<PreparedRead>> remembered = new ArrayList<>(asks.size());
    boolean all = true;
    for (ReadRequest ask : asks) {
      Optional<PreparedRead> one = remembered(ask);
      all &= one.isPresent();
      remembered.add(one);
    }
    return all
        ? remembered.stream().map(Optional::orElseThrow).toList()
        : withStored(asks, remembered);
  }

  private List<PreparedRead> withStored(
      List<ReadRequest> asks, List<Optional<PreparedRead>> remembered) {
    long before = capsules.transactions();
    return db.inRead(
        c -> {
          List<PreparedRead> all = new ArrayList<>(asks.size());
          for (int i = 0; i < asks.size(); i++) {
            Optional<PreparedRead> known = remembered.get(i);
            all.add(known.isPresent() ? known.get() : stored(c, asks.get(i), before));
          }
          return all;
        });
  }

  /** Only the canonical spelling is looked up in memory; the database knows older ones too. */
  private Optional<PreparedRead> remembered(ReadRequest ask) {
    if (!capsules.serve(ask)) {
      return Optional.empty();
    }
    BlindKey key = BlindKey.of(ask.customer().kind(), customers.blind(ask.customer()));
    long now = clock.millis();
    Asking asking = Asking.of(ask, registry);
    return capsules
        .find(key, now)
        .flatMap(
            capsule -> capsule.prepared(asking, now).or(() -> prepare(ask, asking, capsule, now)));
  }

  /** Prepares a read from a capsule, if that has the events that the read asks for. */
  private Optional<PreparedRead> prepare(
      ReadRequest ask, Asking asking, Capsule capsule, long now) {
    Wanted wanted = Wanted.of(ask.attributes(), ask.extent());
    if (!capsule.hasEvents(wanted.newest())) {
      return Optional.empty();
    }
    Snapshot snapshot = store.snapshot(capsule, ask.caller().id(), wanted);
    return Optional.of(prepare(ask, asking, capsule, snapshot, now));
  }

  private PreparedRead prepare(
      ReadRequest ask, Asking asking, Capsule capsule, Snapshot snapshot, long now) {
    PreparedRead made =
        PreparedRead.of(snapshot, facts.question(ask, snapshot), now, capsule.validUntil());
    capsule.remember(asking, made);
    return made;
  }

  private PreparedRead stored(Connection c, ReadRequest ask, long before) throws SQLException {
    long now = clock.millis();
    Asking asking = Asking.of(ask, registry);
    Wanted wanted = Wanted.of(ask.attributes(), ask.extent());
    Capsule capsule = store.capsule(c, ask.customer(), wanted);
    if (capsules.serve(ask) && !capsule.subject().isNobody()) {
      capsules.keep(capsule, before);
    }
    Snapshot snapshot = store.snapshot(c, capsule, ask.caller().id(), wanted);
    return prepare(ask, asking, capsule, snapshot, now);
  }
}
