package io.contextkeep.vault.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Permit;
import io.contextkeep.vault.crypto.SealBroken;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Sql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The encrypted context of every customer. {@link #read} is the only method of the vault that
 * decrypts a value; it demands the Permit of the very customer, unexpired and unused.
 */
public final class ContextStore {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The newest events of one kind that one read may carry. */
  static final int EVENTS_PER_READ = 100;

  private final Registry registry;
  private final Customers customers;
  private final SubjectKeys keys;
  private final InstantSource clock;

  public ContextStore(
      Registry registry, Customers customers, SubjectKeys keys, InstantSource clock) {
    this.clock = clock;
    this.registry = registry;
    this.customers = customers;
    this.keys = keys;
  }

  /**
   * The facts about the customer with that identifier and the named attributes, as far as they
   * concern the recipient.
   */
  public Snapshot snapshot(
      Connection c, Identifier identifier, String recipient, Collection<Attribute> attributes)
      throws SQLException {
    Map<String, Attribute> values = new HashMap<>();
    List<Attribute> events = new ArrayList<>();
    for (Attribute attribute : attributes) {
      switch (attribute.kind()) {
        case VALUE -> values.put(attribute.name(), attribute);
        case EVENT -> events.add(attribute);
      }
    }
    SnapshotQuery query =
        SnapshotQuery.run(c, identifier.kind(), customers.blind(identifier), recipient, values);
    if (query.subject().isPresent()) {
      for (Attribute attribute : events) {
        query.sealed().addAll(events(c, query.subject().get(), attribute));
      }
    }
    long now = clock.millis();
    query.sealed().removeIf(s -> s.observed() < now - s.attribute().retention().toMillis());
    return query.snapshot();
  }

  /**
   * Opens what the permit releases and nothing else.
   *
   * @throws IllegalStateException if the permit is another customer's, expired or used: a bug or an
   *     attack inside the process, never a customer's fault
   * @throws SealBroken if a record does not open under this customer's key: it was altered or moved
   */
  public Plaintext read(Permit permit, Snapshot snapshot) {
    long oldest = clock.millis() - permit.maxAge().toMillis();
    SubjectId subject = snapshot.subject().orElseThrow();
    if (!permit.subject().equals(subject) || !permit.redeem()) {
      throw new IllegalStateException("The permit does not cover this read");
    }
    SubjectKey.Opener opener = opener(subject);
    return new Plaintext(
        snapshot.sealed().stream()
            .filter(held -> held.observed() >= oldest)
            .filter(held -> permit.releases().containsKey(held.attribute().name()))
            .map(held -> open(opener, held))
            .toList());
  }

  /** The customer's identifiers in clear, for the customer's own view: it takes the same Permit. */
  public List<Identifier> identifiers(Connection c, Permit permit) throws SQLException {
    SubjectId subject = permit.subject();
    SubjectKey.Opener opener = opener(subject);
    return Sql.query(
        c,
        "SELECT kind, sealed FROM identifier WHERE subject = ? ORDER BY kind",
        row ->
            new Identifier(
                row.getString(1),
                new String(
                    opener.open("identifier/" + row.getString(1), 1, row.getBytes(2)),
                    StandardCharsets.UTF_8)),
        subject.value());
  }

  private SubjectKey.Opener opener(SubjectId subject) {
    return keys.find(subject).orElseThrow(() -> new SealBroken("The key is gone")).opener();
  }

  private static Plaintext.Item open(SubjectKey.Opener opener, Sealed sealed) {
    byte[] plaintext = opener.open(sealed.record(), sealed.version(), sealed.bytes());
    return new Plaintext.Item(
        new Snapshot.Held(
            sealed.attribute(),
            sealed.observed(),
            sealed.source(),
            sealed.batch(),
            sealed.version()),
        tree(plaintext));
  }

  private static List<Sealed> events(Connection c, SubjectId subject, Attribute attribute)
      throws SQLException {
    return Sql.query(
        c,
        """
        SELECT id, observed, source, batch, sealed FROM event WHERE subject = ? AND name = ?
        ORDER BY observed DESC, id LIMIT ?\
        """,
        row ->
            new Sealed(
                attribute,
                Sealed.eventRecord(attribute.name(), row.getBytes(1)),
                row.getLong(2),
                row.getLong(2),
                row.getString(3),
                row.getString(4),
                row.getBytes(5)),
        subject.value(),
        attribute.name(),
        EVENTS_PER_READ);
  }

  /** All registered attributes, for the views of everything held. */
  public Collection<Attribute> everything() {
    return registry.attributes();
  }

  private static JsonNode tree(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new SealBroken("A sealed record does not hold JSON");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
