package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.audit.LogVerifier;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.Inside;
import io.contextkeep.vault.Vault;
import io.contextkeep.vault.VaultConfig;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.db.Db;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A complete vault in this process, over real HTTP, with access to its database. When it closes,
 * every reported answer with context must be in a log that verifies.
 */
final class LiveVault implements AutoCloseable {
  private final Path dir;
  private final Vault vault;
  private final Parties parties;
  private final Collection<Acknowledged> answers = new ConcurrentLinkedQueue<>();

  private LiveVault(Path dir, Vault vault) {
    this.dir = dir;
    this.vault = vault;
    this.parties = new Parties(vault.port(), vault.issuer());
  }

  /**
   * Starts a vault.
   *
   * @param settings further settings, as environment variables
   */
  static LiveVault start(Path dir, Map<String, String> settings) throws IOException {
    Map<String, String> all = new HashMap<>(settings);
    all.put("CONTEXTKEEP_DATA", dir.resolve("data").toString());
    all.put("CONTEXTKEEP_KEYS", dir.resolve("keys").toString());
    all.put("CONTEXTKEEP_HTTP_PORT", "0");
    all.putIfAbsent("CONTEXTKEEP_POLICY_DEADLINE_MILLIS", "30000");
    return new LiveVault(
        dir, Vault.start(VaultConfig.load(List.of(), all), InstantSource.system()));
  }

  Parties parties() {
    return parties;
  }

  Vault vault() {
    return vault;
  }

  Db db() {
    return Inside.db(vault);
  }

  Path database() {
    return dir.resolve("data/vault.db");
  }

  /** Registers an app and enrols a customer who consents. */
  void furnish(String number) {
    parties.furnish();
    parties.write(number, "country", "\"France\"").ok();
    parties.consent(number).ok();
  }

  /** Makes a read that must succeed, whose receipt is checked against the log at the end. */
  void read(String number) {
    assertThat(answered(parties.ask(number)).status()).isEqualTo(200);
  }

  /** Reports an answer; if it has context, its entry must be in the log. */
  Answer answered(Answer answer) {
    if (answer.status() == 200) {
      answers.add(answer.receipt());
    }
    return answer;
  }

  SubjectId subject(String number) throws IOException {
    Customers customers =
        new Customers(
            new BlindIndex(FileRootKey.openOrCreate(dir.resolve("keys/root.key"))),
            IdentifierKinds.NONE);
    return db().inRead(c -> customers.find(c, new Identifier("customer_number", number)))
        .orElseThrow();
  }

  /** Runs a pragma on the writer's connection. */
  static void betweenTransactions(Db db, String pragma) {
    db.inWrite(
        c -> {
          c.setAutoCommit(true);
          try (var statement = c.createStatement()) {
            statement.execute(pragma);
          }
          c.setAutoCommit(false);
          return 0;
        });
  }

  @Override
  public void close() throws SQLException {
    LogVerifier.Verification verification = db().inRead(LogVerifier::verify);
    parties.close();
    vault.close();
    assertThat(verification.problems()).isEmpty();
    Evidence.holds(database(), answers);
    assertThat(Evidence.reads(database())).isGreaterThanOrEqualTo(answers.size());
  }
}
