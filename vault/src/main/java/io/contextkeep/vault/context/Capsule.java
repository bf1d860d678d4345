package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentRow;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All that a decision about one customer, or a stand-in for one, can depend on, for any recipient,
 * as of one database snapshot, with the sealed values. It holds no plaintext, and no key.
 */
final class Capsule {
  private static final int ROW = 160;

  /** How many different requests of apps are remembered. */
  private static final int MAX_PREPARED = 8;

  /** About how many bytes one takes, with its last entry in the log. */
  private static final int PREPARED = 6_000;

  private final SubjectId subject;
  private final Facts facts;
  private final Set<BlindKey> identifiers;
  private final long validUntil;

  /** The last reads first. */
  private volatile List<Remembered> prepared = List.of();

  private record Remembered(Asking asking, PreparedRead read) {}

  /**
   * The facts about the customer.
   *
   * @param events the newest events of some attributes, by name; an attribute without events has an
   *     empty list, one that was not read has none
   */
  record Facts(
      boolean restricted,
      List<ConsentRow> consents,
      List<String> objections,
      List<StoredValue> values,
      Map<String, List<StoredEvents.Event>> events) {
    Facts {
      consents = List.copyOf(consents);
      objections = List.copyOf(objections);
      values = List.copyOf(values);
      events = Map.copyOf(events);
    }
  }

  /**
   * @param validUntil the time in milliseconds at which a consent of the customer's expires, and
   *     with it perhaps a derived value
   */
  Capsule(SubjectId subject, Facts facts, Set<BlindKey> identifiers, long validUntil) {
    this.subject = subject;
    this.facts = facts;
    this.identifiers = Set.copyOf(identifiers);
    this.validUntil = validUntil;
  }

  /** An identifier as it is found: by its kind and blind index. */
  record BlindKey(String kind, long high, long low) {
    static BlindKey of(String kind, byte[] blind) {
      ByteBuffer numbers = ByteBuffer.wrap(blind);
      return new BlindKey(kind, numbers.getLong(), numbers.getLong());
    }
  }

  SubjectId subject() {
    return subject;
  }

  Set<BlindKey> identifiers() {
    return identifiers;
  }

  List<StoredValue> values() {
    return facts.values();
  }

  /** Returns the newest events of an attribute. */
  List<StoredEvents.Event> events(String name) {
    return facts.events().getOrDefault(name, List.of());
  }

  /** Returns whether the newest events of all these attributes were read. */
  boolean hasEvents(Collection<String> names) {
    return facts.events().keySet().containsAll(names);
  }

  long validUntil() {
    return validUntil;
  }

  /** Returns the facts that concern a recipient. */
  Snapshot snapshot(String recipient, Snapshot.Contents contents) {
    List<ConsentRow> concerning =
        facts.consents().stream()
            .filter(row -> row.recipient().equals(recipient) || row.recipient().equals("*"))
            .toList();
    return new Snapshot(
        Optional.of(subject).filter(id -> !id.isNobody()),
        Optional.of(subject).filter(SubjectId::isNobody),
        facts.restricted(),
        concerning,
        facts.objections(),
        contents);
  }

  /** Returns a read that was prepared before and is still valid. */
  Optional<PreparedRead> prepared(Asking asking, long now) {
    for (Remembered one : prepared) {
      if (one.asking().isSame(asking) && one.read().isValid(now)) {
        return Optional.of(one.read());
      }
    }
    return Optional.empty();
  }

  /** Remembers a prepared read; of two at the same time one may be forgotten. */
  void remember(Asking asking, PreparedRead read) {
    prepared =
        Stream.concat(
                Stream.of(new Remembered(asking, read)),
                prepared.stream().filter(other -> !other.asking().isSame(asking)))
            .limit(MAX_PREPARED)
            .toList();
  }

  /** Returns about how many bytes of memory it takes, with all that it may come to remember. */
  int size() {
    int rows = 2 + facts.consents().size() + facts.objections().size() + identifiers.size();
    int bytes = PREPARED;
    for (StoredValue value : facts.values()) {
      rows++;
      bytes += value.bytes().length;
    }
    for (List<StoredEvents.Event> stored : facts.events().values()) {
      rows += 1 + stored.size();
      for (StoredEvents.Event event : stored) {
        bytes += event.bytes().length;
      }
    }
    return rows * ROW + bytes;
  }

  @Override
  public String toString() {
    return "Capsule[redacted]";
  }
}
