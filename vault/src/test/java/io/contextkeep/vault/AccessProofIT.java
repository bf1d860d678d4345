package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.AccessProof;
import io.contextkeep.audit.AccessProof.Verdict;
import io.contextkeep.audit.ViewKey;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Customers check their list of accesses with the proof and their view key, without trust. */
final class AccessProofIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String PROOF = "/v1/me/accesses/proof";

  private TestVault vault;
  private String ann;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.write("17850", "country", "\"" + CANARY + "land\"");
    vault.write("666", "country", "\"" + CANARY + "land\"");
    ann = vault.customer("customer_number:17850");
    ok(vault.put(ann, CONSENT, ""));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void theList_isProvedComplete_byTheTextAndTheViewKeyAlone() {
    ok(vault.ask("17850", "country"));
    assertThat(vault.ask("666", "country").status()).isEqualTo(403);
    String auditor = vault.token(Role.AUDITOR, "audrey");
    ok(vault.get(auditor, "/v1/audit/entries?customer=customer_number:17850"));
    Given given = viewKey();
    vault.vault().auditLog().publish();
    HttpResponse<byte[]> answer = text(PROOF);
    assertThat(answer.headers().firstValue("Link")).isEmpty();
    Verdict.Complete complete = complete(answer, given);
    assertThat(complete.whole()).isTrue();
    assertThat(complete.entries()).noneMatch(entry -> entry.leaf().contains("audrey"));
    assertThat(complete.entries().getFirst().leaf())
        .contains("\"type\":\"enrol\"", "\"actor\":\"crm\"");
    assertThat(complete.entries())
        .anySatisfy(
            entry ->
                assertThat(entry.leaf())
                    .contains(
                        "\"type\":\"read\"",
                        "\"actor\":\"shop\"",
                        "\"decision\":\"permit\"",
                        "\"purpose\":\"dpv:ServicePersonalisation\""));
    // The requests for the key and for the proof are in the log too.
    vault.vault().auditLog().publish();
    Verdict.Complete later = complete(text(PROOF), given);
    assertThat(later.entries()).anyMatch(entry -> entry.leaf().contains("accesses-proof"));
    assertThat(later.total()).isGreaterThanOrEqualTo(complete.total());
  }

  @Test
  void theReadableListAndTheProof_haveTheSameEntries_andTheListLinksToTheProof() {
    ok(vault.ask("17850", "country"));
    HttpResponse<byte[]> readable = get("/v1/me/accesses", "application/json");
    assertThat(readable.headers().firstValue("Link").orElse("")).contains("<" + PROOF + ">");
    List<Long> listed = new ArrayList<>();
    TestVault.json(readable).path("accesses").forEach(a -> listed.add(a.path("index").longValue()));
    Given given = viewKey();
    vault.vault().auditLog().publish();
    List<Long> proven =
        complete(text(PROOF), given).entries().stream().map(e -> e.index()).toList();
    assertThat(proven).containsAll(listed);
  }

  @Test
  void aLongList_isProvedInParts() {
    for (int i = 0; i < 8; i++) {
      ok(vault.ask("17850", "country"));
    }
    Given given = viewKey();
    vault.vault().auditLog().publish();
    String next = PROOF + "?limit=5";
    List<Long> indices = new ArrayList<>();
    long total = 0;
    for (int parts = 0; !next.isEmpty(); parts++) {
      assertThat(parts).isLessThan(10);
      HttpResponse<byte[]> answer = text(next);
      Verdict.Complete part = complete(answer, given);
      part.entries().forEach(entry -> indices.add(entry.index()));
      total = part.total();
      String link = answer.headers().firstValue("Link").orElse("");
      next = link.isEmpty() ? "" : link.substring(1, link.indexOf('>'));
    }
    assertThat(indices).hasSize((int) total).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void anotherCustomersKeyOrProof_provesNothing() {
    Given given = viewKey();
    String bob = vault.customer("customer_number:666");
    vault.vault().auditLog().publish();
    AccessProof bobs =
        AccessProof.parse(
            new String(
                vault
                    .exchange("GET", PROOF, new byte[0], Map.of("Authorization", "Bearer " + bob))
                    .body(),
                UTF_8));
    assertThat(bobs.verify(given.key(), given.log())).isInstanceOf(Verdict.Refuted.class);
  }

  @Test
  void aLostDamagedOrOutdatedIndex_isRebuilt() {
    ok(vault.ask("17850", "country"));
    Given given = viewKey();
    vault.vault().auditLog().publish();
    Path index = vault.config().store().data().resolve("index.db");
    byte[] early = bytes(index);
    Map<String, Runnable> damages =
        Map.of(
            "lost", () -> delete(index),
            "garbled", () -> write(index, "this is not a database".repeat(1_000).getBytes(UTF_8)),
            "older", () -> write(index, early));
    damages.forEach(
        (how, damage) -> {
          vault.whileStopped(damage);
          vault.vault().auditLog().publish();
          assertThat(complete(text(PROOF), given).whole()).as(how).isTrue();
        });
  }

  @Test
  void afterAnErasure_noNewProofExists_andTheOldOneStillVerifies() {
    ok(vault.ask("17850", "country"));
    Given given = viewKey();
    vault.vault().auditLog().publish();
    HttpResponse<byte[]> before = text(PROOF);
    ok(vault.delete(ann, "/v1/me"));
    HttpResponse<byte[]> after = text(PROOF);
    assertThat(after.statusCode()).isEqualTo(404);
    assertThat(TestVault.json(after).path("code").asText()).isEqualTo("nothing_held");
    assertThat(get("/v1/me/view-key", "text/plain").statusCode()).isEqualTo(404);
    vault.vault().auditLog().publish();
    assertThat(complete(before, given).whole()).isTrue();
  }

  /** A customer's view key, and the trusted keys of the log. */
  private record Given(ViewKey key, TrustPolicy log) {}

  private Given viewKey() {
    JsonNode body = ok(vault.get(ann, "/v1/me/view-key")).body();
    List<VerifierKey> keys = new ArrayList<>();
    body.path("log").forEach(key -> keys.add(VerifierKey.parse(key.asText())));
    String hex = body.path("viewKey").asText();
    assertThat(new String(get("/v1/me/view-key", "text/plain").body(), UTF_8))
        .isEqualTo(hex + "\n");
    return new Given(ViewKey.parse(hex), TrustPolicy.of(keys));
  }

  private static Verdict.Complete complete(HttpResponse<byte[]> answer, Given given) {
    assertThat(answer.statusCode()).isEqualTo(200);
    Verdict verdict =
        AccessProof.parse(new String(answer.body(), UTF_8)).verify(given.key(), given.log());
    assertThat(verdict).isInstanceOf(Verdict.Complete.class);
    return (Verdict.Complete) verdict;
  }

  private HttpResponse<byte[]> text(String path) {
    return get(path, "text/plain");
  }

  private HttpResponse<byte[]> get(String path, String accept) {
    return vault.exchange(
        "GET", path, new byte[0], Map.of("Authorization", "Bearer " + ann, "Accept", accept));
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
