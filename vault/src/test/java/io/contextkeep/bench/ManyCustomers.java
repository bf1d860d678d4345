package io.contextkeep.bench;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Customers written straight into the files of a stopped vault, as the API would leave them: a key,
 * a number, the four values that the shop asks for, and a consent to it. Through the API a million
 * of them would take most of an hour.
 */
final class ManyCustomers {
  private static final int BATCH = 2_000;
  private static final int FIRST = 1_000_000;
  private static final String KIND = "customer_number";

  /** The values by their attributes. */
  static final Map<String, String> VALUES = values();

  private final BlindIndex blind;
  private final SubjectKeys keys;
  private final long now = System.currentTimeMillis();

  private ManyCustomers(BlindIndex blind, SubjectKeys keys) {
    this.blind = blind;
    this.keys = keys;
  }

  private static Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("country", "\"United Kingdom\"");
    values.put("first_purchase", "\"2010-12-01T08:26:00Z\"");
    values.put("last_purchase", "\"2011-12-09T12:50:00Z\"");
    values.put("spend_pence", "1234567");
    return values;
  }

  static Identifier identifier(int customer) {
    return new Identifier(KIND, number(customer));
  }

  /** Returns the number of a customer, by which the shop asks for them. */
  static String number(int customer) {
    return String.valueOf(FIRST + customer);
  }

  /** Adds customers 0 to {@code customers - 1} to a vault that was registered and is stopped. */
  static void fill(Path database, Path keyDirectory, int customers) throws IOException {
    SecureRandom random = new SecureRandom();
    RootKey root = FileRootKey.openOrCreate(keyDirectory.resolve("root.key"));
    // Rows of customers lie in the order of their random ids: in that order pages are written once.
    List<SubjectId> all =
        Stream.generate(() -> SubjectId.random(random)).limit(customers).sorted().toList();
    try (Db db = Db.open(database, Schema.migrations(), Executors.defaultThreadFactory());
        SubjectKeys keys =
            new SubjectKeys(
                keyDirectory.resolve("keys.db"), root, random, Executors.defaultThreadFactory())) {
      ManyCustomers many = new ManyCustomers(new BlindIndex(root), keys);
      for (int from = 0; from < customers; from += BATCH) {
        int first = from;
        List<SubjectId> batch = all.subList(first, Math.min(customers, first + BATCH));
        keys.create(batch);
        db.inWrite(c -> many.write(c, first, batch));
      }
    }
  }

  private int write(Connection c, int first, List<SubjectId> batch) throws SQLException {
    for (int i = 0; i < batch.size(); i++) {
      SubjectKey key = keys.find(batch.get(i)).orElseThrow();
      Sql.update(c, "INSERT INTO subject (id) VALUES (?)", batch.get(i).value());
      identify(c, batch.get(i), key, number(first + i));
      hold(c, batch.get(i), key);
      consent(c, batch.get(i));
    }
    return batch.size();
  }

  private void identify(Connection c, SubjectId subject, SubjectKey key, String number)
      throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO identifier (kind, blind, subject, sealed, id, linked_by, linked_at)
        VALUES (?, ?, ?, ?, ?, 'crm', ?)\
        """,
        KIND,
        blind.of(KIND, BlindIndex.normalise(KIND, number)),
        subject.value(),
        key.seal("identifier/" + KIND, 1, number.getBytes(StandardCharsets.UTF_8)),
        number,
        now);
  }

  private void hold(Connection c, SubjectId subject, SubjectKey key) throws SQLException {
    for (Map.Entry<String, String> value : VALUES.entrySet()) {
      Sql.update(
          c,
          """
          INSERT INTO value (subject, name, version, observed, source, batch, sealed)
          VALUES (?, ?, 1, ?, 'crm', 'b', ?)\
          """,
          subject.value(),
          value.getKey(),
          now,
          key.seal(
              "value/" + value.getKey(), 1, value.getValue().getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static void consent(Connection c, SubjectId subject) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO consent_state (subject, purpose, recipient, event, status, explicit, at, since)
        VALUES (?, 'dpv:ServicePersonalisation', 'shop', 1, 'GIVEN', 0, 1, 1)\
        """,
        subject.value());
  }
}
