package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.tree.TilePath;
import io.contextkeep.vault.identity.Role;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The public audit log of a running vault: C2SP tlog-tiles over HTTP. */
@TestInstance(Lifecycle.PER_CLASS)
final class LogIT {
  private TestVault vault;

  @BeforeAll
  void start(@TempDir Path dir) {
    // The log grows by refusals, thousands in a minute.
    vault = TestVault.furnished(dir, Map.of("CONTEXTKEEP_LIMITS_REFUSALS_PER_MINUTE", "1000000"));
  }

  @AfterAll
  void checkInvariants() {
    vault.close();
  }

  @Test
  void theCheckpoint_isSignedByTheVaultsKeys_andCachedBriefly() {
    vault.vault().auditLog().publish();
    HttpResponse<byte[]> answer = open("/audit/checkpoint");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
    assertThat(header(answer, "Cache-Control")).isEqualTo("public, max-age=1");
    Note note = Note.parse(text(answer));
    assertThat(note.signatures()).hasSize(2);
    assertThat(TrustPolicy.of(LogSteps.vkeys(vault.vault())).check(note))
        .isInstanceOf(TrustPolicy.Verdict.Accepted.class);
  }

  @Test
  void aCheckpointThatTheClientHas_isNotSentAgain() {
    vault.vault().auditLog().publish();
    String tag = header(open("/audit/checkpoint"), "ETag");
    HttpResponse<byte[]> again =
        vault.exchange("GET", "/audit/checkpoint", new byte[0], Map.of("If-None-Match", tag));
    // The index may have recorded its root in between, which makes a new checkpoint.
    assertThat(again.statusCode()).isEqualTo(header(again, "ETag").equals(tag) ? 304 : 200);
  }

  /** The worked example of the specification in small; in full with {@code log.entries=70000}. */
  @Test
  void aLog_hasExactlyTheTilesOfItsSize() {
    grow(Long.getLong("log.entries", 600));
    long size = publishedSize();
    List<TilePath> all = TilePath.all(size);
    // Missing entries first, since reading entries adds more of them.
    for (TilePath last : all.stream().filter(path -> !path.full()).toList()) {
      assertIsMissing(new TilePath(last.level(), last.index(), TilePath.FULL));
      assertIsMissing(new TilePath(last.level(), last.index() + 1, 1));
      assertIsMissing(new TilePath(last.level() + 1, last.index(), TilePath.FULL));
    }
    for (TilePath path : all) {
      HttpResponse<byte[]> answer = tile(path);
      boolean entries = path.level() == TilePath.ENTRIES;
      assertThat(answer.statusCode()).as("%s", path).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
      assertThat(header(answer, "Cache-Control"))
          .isEqualTo((entries ? "private" : "public") + ", max-age=31536000, immutable");
      if (!entries) {
        assertThat(answer.body()).hasSize(32 * path.width());
      }
    }
  }

  private void assertIsMissing(TilePath path) {
    HttpResponse<byte[]> answer = tile(path);
    assertThat(answer.statusCode()).as("%s", path).isEqualTo(404);
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void aFullTile_existsOnceItIsFull_andAPartialOneNeverChanges() {
    long index = LogSteps.size(vault.vault()) / TilePath.FULL + 1;
    grow(index * TilePath.FULL + 100);
    byte[] early = tile(new TilePath(0, index, 100)).body();
    assertThat(tile(new TilePath(0, index, TilePath.FULL)).statusCode()).isEqualTo(404);
    grow((index + 1) * TilePath.FULL);
    assertThat(tile(new TilePath(0, index, 100)).body()).isEqualTo(early);
    assertThat(tile(new TilePath(0, index, TilePath.FULL)).body()).startsWith(early).hasSize(8_192);
  }

  @Test
  void entries_areForAuditors_andEachViewIsLogged() {
    long before = looks();
    String path = "/audit/tile/entries/000.p/3";
    assertThat(open(path).statusCode()).isEqualTo(401);
    assertThat(as(Role.OPERATOR, path).statusCode()).isEqualTo(403);
    assertThat(looks()).isEqualTo(before);
    assertThat(as(Role.AUDITOR, path).statusCode()).isEqualTo(200);
    assertThat(looks()).isEqualTo(before + 1);
    HttpResponse<byte[]> views = as(Role.AUDITOR, "/v1/audit/entries?type=audit-view");
    assertThat(views.statusCode()).isEqualTo(200);
    assertThat(TestVault.json(views).findValuesAsText("bundle")).contains("tile/entries/000.p/3");
    assertThat(looks()).isEqualTo(before + 2);
    assertThat(as(Role.AUDITOR, "/audit/tile/entries/999").statusCode()).isEqualTo(404);
    assertThat(looks()).isEqualTo(before + 2);
  }

  @Test
  void invalidTilePaths_andEscapedSlashes_areRefused() {
    for (String wrong :
        List.of("0/0", "00/000", "64/000", "0/000.p/0", "0/000.p/256", "0/x000/001", "0/000/")) {
      assertThat(open("/audit/tile/" + wrong).statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(open("/audit/tile/0%2F000.p%2F1").statusCode()).isEqualTo(400);
    assertThat(open("/audit/tile/63/x999/x999/x999/x999/x999/999").statusCode()).isEqualTo(404);
  }

  @Test
  void everyReceipt_isProvedAtOnce_byTheKeyAlone() {
    TrustPolicy policy = TrustPolicy.of(LogSteps.vkeys(vault.vault()));
    for (int i = 0; i < 5; i++) {
      var receipt = vault.ask("nobody" + i, "country").body().path("receipt");
      long index = receipt.path("index").longValue();
      byte[] leaf = HexFormat.of().parseHex(receipt.path("leafHash").asText());
      HttpResponse<byte[]> answer = open("/v1/receipts/" + index);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
      TlogProof proof = TlogProof.parse(text(answer));
      assertThat(proof.index()).isEqualTo(index);
      assertThat(proof.verify(leaf, policy)).isInstanceOf(TlogProof.Verdict.Proven.class);
      leaf[0]++;
      assertThat(proof.verify(leaf, policy)).isInstanceOf(TlogProof.Verdict.Refuted.class);
    }
  }

  @Test
  void futureEntries_haveNoReceipt() {
    for (String index : List.of("999999", "999999999999999999")) {
      assertThat(open("/v1/receipts/" + index).statusCode()).isEqualTo(404);
    }
    for (String index : List.of("-1", "01", "x", "1e3", "9999999999999999999")) {
      assertThat(open("/v1/receipts/" + index).statusCode()).as(index).isEqualTo(400);
    }
  }

  /** The standalone log verifier, in a process of its own, over HTTP. */
  @Test
  void theVerifier_checksALiveLogByItsUrl(@TempDir Path work) throws Exception {
    grow(300);
    vault.vault().auditLog().publish();
    String key = LogSteps.vkeys(vault.vault()).getFirst().toString();
    String seen = work.resolve("seen").toString();
    String token = vault.token(Role.AUDITOR, "audrey");
    String whole =
        verified(
            work, 0, Map.of("TOKEN", token), "--vkey", key, "--seen", seen, "--token-env", "TOKEN");
    assertThat(whole).contains("a key that was given signs it").doesNotContain("the entries:");
    grow(publishedSize() + 100);
    vault.vault().auditLog().publish();
    String hashesOnly = verified(work, 0, Map.of(), "--vkey", key, "--seen", seen);
    assertThat(hashesOnly)
        .contains("make the root that was signed", "continues", "a token that may read");
    String origin = LogSteps.vkeys(vault.vault()).getFirst().name();
    String strangers = SignerKey.ed25519(origin, new byte[32]).verifier().toString();
    assertThat(verified(work, 1, Map.of(), "--vkey", strangers)).contains("is not trusted");
  }

  private String verified(
      Path work, int exitCode, Map<String, String> environment, String... options)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("verify", url("/audit")));
    arguments.addAll(List.of(options));
    try (Program verifier =
        Program.start(
            work,
            io.contextkeep.audit.verify.Main.class,
            environment,
            arguments.toArray(String[]::new))) {
      assertThat(verifier.exitCode()).as(verifier.out() + verifier.err()).isEqualTo(exitCode);
      return verifier.out();
    }
  }

  private String url(String path) {
    return "http://127.0.0.1:" + vault.vault().port() + path;
  }

  private void grow(long size) {
    LogSteps.grow(vault, size);
  }

  private long publishedSize() {
    vault.vault().auditLog().publish();
    return Checkpoint.parse(Note.parse(text(open("/audit/checkpoint"))).text()).size();
  }

  private long looks() {
    return vault
        .vault()
        .db()
        .<Long>inRead(c -> LoggedEntries.count(c, entry -> entry.type().equals("audit-view")));
  }

  private HttpResponse<byte[]> tile(TilePath path) {
    return path.level() == TilePath.ENTRIES
        ? as(Role.AUDITOR, "/audit/" + path)
        : open("/audit/" + path);
  }

  private HttpResponse<byte[]> open(String path) {
    return vault.exchange("GET", path, new byte[0], Map.of());
  }

  private HttpResponse<byte[]> as(Role role, String path) {
    return vault.exchange(
        "GET",
        path,
        new byte[0],
        Map.of("Authorization", "Bearer " + vault.token(role, "somebody")));
  }

  private static String header(HttpResponse<byte[]> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
