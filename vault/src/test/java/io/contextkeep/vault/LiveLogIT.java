package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.source.HttpLog;
import io.contextkeep.audit.verify.LogCheck;
import io.contextkeep.audit.verify.Report;
import io.contextkeep.audit.verify.Trust;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verifier at a running vault, with only its URL and an auditor's token. */
final class LiveLogIT {
  private TestVault vault;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    for (int i = 0; i < 20; i++) {
      vault.write("C" + i, "country", "\"x\"");
      vault.ask("C" + i, "country");
    }
    ok(vault.delete(vault.customer("customer_number:C1"), "/v1/me"));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void aLiveLog_isCheckedWithAllCheckpointsAndAccounts() throws IOException {
    long checkpoints = number("SELECT count(*) FROM audit_checkpoint");

    Report report = check();

    assertThat(report.problems()).isEmpty();
    assertThat(report.toString()).doesNotContain("whether every missing private part was erased");
    String line =
        report
            .toString()
            .lines()
            .filter(l -> l.startsWith("checkpoints "))
            .findFirst()
            .orElseThrow();
    assertThat(Long.parseLong(line.split(" +")[1].replace(",", "")))
        .isGreaterThanOrEqualTo(checkpoints)
        .isLessThanOrEqualTo(number("SELECT count(*) FROM audit_checkpoint"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "B"})
  void aRewrittenOldCheckpoint_isNoticed(String letter) throws IOException {
    String oldest = "(SELECT min(size) FROM audit_checkpoint)";
    String was = text("SELECT note FROM audit_checkpoint WHERE size = " + oldest);
    String put = "UPDATE audit_checkpoint SET note = ? WHERE size = " + oldest;

    change(put, lastLetterAs(was.contains(letter + "=\n") ? "C" : letter, was));
    assertThat(check().problems()).anyMatch(p -> p.contains("checkpoint"));

    change(put, was);
    assertThat(check().problems()).isEmpty();
  }

  /**
   * Replaces a letter by "A" for another signature; letters that set unused bits would make
   * malformed Base64.
   */
  private static String lastLetterAs(String letter, String note) {
    return note.substring(0, note.length() - 3) + letter + note.substring(note.length() - 2);
  }

  @Test
  void aPrivatePartMissingWithoutAnErasure_isDestroyedEvidence() throws IOException {
    vault.vault().log().index();
    change("CREATE TABLE aside AS SELECT * FROM audit_sealed ORDER BY first LIMIT 1");
    change("DELETE FROM audit_sealed WHERE first = (SELECT first FROM aside)");
    assertThat(check().problems()).anyMatch(p -> p.startsWith("evidence was destroyed"));

    change("INSERT INTO audit_sealed SELECT * FROM aside");
    change("DROP TABLE aside");
    assertThat(check().problems()).isEmpty();
  }

  @Test
  void theVerifiersReads_areLogged() throws IOException {
    long before = looks();
    check();
    assertThat(looks()).isGreaterThanOrEqualTo(before + 3);
    String nobody = vault.token(Role.ANALYST, "ana");
    assertThat(vault.get(nobody, "/audit/accounts").status()).isEqualTo(403);
    assertThat(vault.get(nobody, "/audit/checkpoints").status()).isEqualTo(403);
  }

  private Report check() throws IOException {
    vault.vault().log().publish();
    URI log = URI.create("http://127.0.0.1:" + vault.vault().port() + "/audit");
    Trust trust =
        new Trust(
            vault.vault().db().inRead(LogVerifier::vkeys), Optional.empty(), Optional.empty());
    try (HttpClient client = HttpClient.newHttpClient()) {
      String auditor = vault.token(Role.AUDITOR, "aud");
      return LogCheck.check(new HttpLog(client, log, Optional.of(auditor)), trust, _ -> {});
    }
  }

  private long number(String sql) {
    return Long.parseLong(text("SELECT CAST((" + sql + ") AS TEXT)"));
  }

  private long looks() {
    return vault
        .vault()
        .db()
        .<Long>inRead(c -> LoggedEntries.count(c, entry -> entry.type().equals("audit-view")));
  }

  private String text(String sql) {
    return vault.vault().db().inRead(c -> Sql.one(c, sql, row -> row.getString(1)).orElseThrow());
  }

  private void change(String sql, Object... values) {
    vault.vault().db().inWrite(c -> Sql.update(c, sql, values));
  }
}
