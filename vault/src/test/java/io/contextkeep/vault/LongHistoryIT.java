package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.LogStore;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.ProgressHandler;

/** The cost of one customer's long history for other writers, which is none. */
@Timeout(240)
final class LongHistoryIT {
  private static final int LONG = 4_000;
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String OBJECTION = "/v1/me/objections/dpv:ServicePersonalisation";
  private static final String COUNTRY = "/v1/me/attributes/country";
  private static final String DERIVED =
      """
      {"customer": {"customer_number": "1"}, "attribute": "churn", "observed": "%s", "value": "high",\
       "derived": {"from": ["country"], "rule": "churn.v3", "purpose": "dpv:ServicePersonalisation",\
       "kind": "inferred"}}\
      """;
  private static final String LINE =
      """
      {"customer": {"customer_number": "1", "email": "c%s@example.com"}, "event": "purchase",\
       "id": "p%s", "value": {"amount": 7}, "observed": "%s"}\
      """;

  /** The steps of the longest transaction in SQLite. */
  private static final class Longest extends ProgressHandler implements LogStore.Participant {
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong most = new AtomicLong();

    @Override
    protected int progress() {
      steps.incrementAndGet();
      return 0;
    }

    @Override
    public void committed() {
      most.accumulateAndGet(steps.getAndSet(0), Math::max);
    }

    @Override
    public void rolledBack() {
      steps.set(0);
    }
  }

  @Test
  void noActOfACustomerWithALongHistory_delaysOthers(@TempDir Path dir) {
    try (TestVault vault = new TestVault(dir)) {
      vault.furnish();
      vault.write("1", "country", "\"x\"");
      vault.register(
          "/v1/apps/brain",
          "{\"name\": \"Brain\", \"facets\": [\"intent\"],"
              + " \"purposes\": [\"dpv:ServicePersonalisation\"]}");
      vault.register(
          "/v1/attributes/churn",
          """
          {"kind": "value", "facet": "intent", "category": "pd:Interest", "sensitivity": "low",
           "schema": {"type": "string"}, "retentionDays": 3650}\
          """);
      Longest longest = new Longest();
      vault.vault().db().join(longest);
      link(vault, "a");
      act(vault);
      vault.catchUp();
      vault.vault().db().inWrite(c -> watch(c, longest));
      link(vault, "b");
      act(vault);
      long few = longest.most.getAndSet(0);
      assertThat(few).isPositive();
      vault.vault().db().inWrite(c -> unwatch(c));
      vault.vault().db().inWrite(LongHistoryIT::remember);
      vault.catchUp();
      vault.vault().db().inWrite(c -> watch(c, longest));
      link(vault, "c");
      act(vault);
      assertThat(longest.most.get()).isBetween(1L, 3 * few);
      vault.vault().db().inWrite(c -> unwatch(c));
    }
  }

  private static int watch(Connection c, Longest longest) throws SQLException {
    longest.rolledBack();
    ProgressHandler.setHandler(c, 1, longest);
    return 0;
  }

  private static int unwatch(Connection c) throws SQLException {
    ProgressHandler.clearHandler(c);
    return 0;
  }

  private static void link(TestVault vault, String which) {
    done(
        vault,
        vault.post(
            vault.token(Role.SOURCE, "crm"),
            "/v1/ingest",
            LINE.formatted(which, which, vault.observedNow()),
            Map.of("Idempotency-Key", which)));
  }

  /** All changes that a customer can make to their data. */
  private static void act(TestVault vault) {
    String ann = vault.customer("customer_number:1");
    done(vault, vault.put(ann, CONSENT, ""));
    done(vault, vault.put(ann, "/v1/me/consents/dpv:ServicePersonalisation/brain", ""));
    derive(vault);
    done(vault, vault.delete(ann, "/v1/me/consents/dpv:ServicePersonalisation/brain"));
    done(vault, vault.put(ann, COUNTRY, "{\"value\": \"y\"}"));
    done(vault, vault.put(ann, OBJECTION, ""));
    done(vault, vault.delete(ann, OBJECTION));
    done(vault, vault.put(ann, "/v1/me/restriction", ""));
    done(vault, vault.delete(ann, "/v1/me/restriction"));
    for (String id : emails(vault, ann)) {
      done(vault, vault.delete(ann, "/v1/me/identifiers/" + id));
    }
    done(vault, vault.delete(ann, CONSENT));
  }

  /** Checks the answer, and lets the log's index go on before it has much to take in at once. */
  private static void done(TestVault vault, TestVault.Answered answer) {
    ok(answer);
    vault.vault().log().index();
  }

  /** Checks that a later withdrawal removes the derived value. */
  private static void derive(TestVault vault) {
    vault.advance(Duration.ofMinutes(1));
    JsonNode report =
        ok(vault.post(
                vault.token(Role.SOURCE, "brain"),
                "/v1/ingest",
                DERIVED.formatted(vault.observedNow()),
                Map.of("Idempotency-Key", UUID.randomUUID().toString())))
            .body();
    assertThat(report.path("kept").asInt()).as("%s", report).isEqualTo(1);
  }

  private static List<String> emails(TestVault vault, String ann) {
    return ok(vault.get(ann, "/v1/me/identifiers"))
        .body()
        .path("identifiers")
        .valueStream()
        .filter(link -> link.path("kind").asText().equals("email"))
        .map(link -> link.path("id").asText())
        .toList();
  }

  private static int remember(Connection c) throws SQLException {
    String many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) ";
    return Sql.update(
            c,
            "INSERT INTO event (subject, name, observed, id, source, batch, sealed, body) "
                + many
                + "SELECT subject, name, observed, CAST(i AS BLOB), source, batch, sealed, body"
                + " FROM n, (SELECT * FROM event LIMIT 1)",
            LONG)
        + Sql.update(
            c,
            "INSERT INTO no_event (subject, purpose, stands, at) "
                + many
                + "SELECT subject, purpose, i % 2, at - i FROM n, (SELECT * FROM no_event LIMIT 1)",
            LONG)
        + Sql.update(
            c,
            "INSERT INTO unlinked_identifier (subject, kind, blind, at) "
                + many
                + "SELECT id, 'email', CAST(i AS BLOB), 1 FROM n, (SELECT id FROM subject LIMIT 1)",
            LONG);
  }
}
