package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.vault.identity.Role;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies from outside: accepted and rejected ones. */
@Order(1)
final class PolicyBundleIT {
  @TempDir Path dir;

  private TestVault furnished(Map<String, String> settings) {
    TestVault vault = new TestVault(dir, settings);
    vault.furnish();
    vault.write("12347", "country", "\"" + CANARY + "land\"");
    return vault;
  }

  private static TestVault.Answered ask(TestVault vault) {
    return vault.get(
        vault.token(Role.APP, "shop"),
        "/v1/customers/customer_number:12347/context?purpose=dpv:CustomerCare&attributes=country");
  }

  /** Returns the retention of the answer, which identifies the policy. */
  private static int seconds(TestVault vault) {
    return ok(ask(vault)).body().path("keepForSeconds").asInt();
  }

  private static JsonNode status(TestVault vault) {
    return ok(vault.get(vault.token(Role.OPERATOR, "olga"), "/v1/policy")).body();
  }

  private static List<String> activated(TestVault vault) {
    JsonNode entries =
        ok(vault.get(vault.token(Role.AUDITOR, "ada"), "/v1/audit/entries?type=policy")).body();
    List<String> revisions = new ArrayList<>();
    entries.path("entries").forEach(e -> revisions.add(e.path("policy").asText()));
    return revisions;
  }

  @Test
  void withoutABundle_nothingIsAllowed_andThenTheBundleDecides() throws Exception {
    SignedBundles bundles = new SignedBundles(dir);
    try (TestVault vault = furnished(bundles.settings())) {
      assertThat(ask(vault).status()).isEqualTo(503);
      assertThat(status(vault).has("inForce")).isFalse();
      assertThat(status(vault).at("/lastFailure/code").asText()).isEqualTo("BUNDLE_UNREACHABLE");
      bundles.publish(bundles.signed(1));
      vault.vault().policies().poll();
      assertThat(seconds(vault)).isEqualTo(901);
      assertThat(status(vault).at("/inForce/revision").asText()).isEqualTo("1-test");
      assertThat(status(vault).at("/lastFailure/ongoing").asBoolean()).isFalse();
      assertThat(activated(vault)).containsExactly("1-test");
    }
  }

  @Test
  void aFile_isPolledLikeADirectory() throws Exception {
    SignedBundles bundles = new SignedBundles(dir);
    bundles.publish(bundles.signed(1));
    try (TestVault vault = furnished(bundles.settings(bundles.file().toString()))) {
      assertThat(seconds(vault)).isEqualTo(901);
      assertThat(status(vault).at("/inForce/source").asText()).isEqualTo("file");
      bundles.publish(bundles.signed(2));
      vault.vault().policies().poll();
      assertThat(seconds(vault)).isEqualTo(902);
      bundles.publish("half of one".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      vault.vault().policies().poll();
      assertThat(seconds(vault)).isEqualTo(902);
    }
  }

  @Test
  void rememberedDecisions_areDropped_onceAnotherPolicyDecides() throws Exception {
    SignedBundles bundles = new SignedBundles(dir);
    bundles.publish(bundles.signed(1));
    try (TestVault vault = furnished(bundles.settings())) {
      assertThat(seconds(vault)).isEqualTo(901);
      assertThat(seconds(vault)).isEqualTo(901);
      bundles.publish(bundles.signed(2));
      vault.vault().policies().poll();
      assertThat(seconds(vault)).isEqualTo(902);
      assertThat(activated(vault)).containsExactly("2-test", "1-test");
    }
  }

  @Test
  void anOperatorsChange_endsWhenAnotherBundleComesIntoForce() throws Exception {
    SignedBundles bundles = new SignedBundles(dir);
    bundles.publish(bundles.signed(1));
    try (TestVault vault = furnished(bundles.settings())) {
      String changes = "/v1/policy/changes";
      TestVault.Answered proposed =
          vault.post(
              vault.token(Role.OPERATOR, "olga"),
              changes,
              """
              {"reason": "Shorter",
               "patch": {"purposes": {"dpv:DirectMarketing": {"max_age_days": 90}}}}\
              """,
              Map.of());
      String approval = changes + "/" + ok(proposed).body().path("id").asText() + "/approve";
      ok(vault.post(vault.token(Role.OPERATOR, "otto"), approval, "", Map.of()));
      assertThat(status(vault).at("/inForce/revision").asText())
          .isEqualTo("1-test+" + ok(proposed).body().path("id").asText());
      bundles.publish(bundles.signed(2));
      vault.vault().policies().poll();
      assertThat(seconds(vault)).isEqualTo(902);
      assertThat(status(vault).path("inForce").has("change")).isFalse();
      JsonNode all = ok(vault.get(vault.token(Role.OPERATOR, "olga"), changes)).body();
      assertThat(all.at("/changes/0/state").asText()).isEqualTo("superseded");
      assertThat(activated(vault))
          .containsExactly("2-test", "1-test+" + ok(proposed).body().path("id").asText(), "1-test");
    }
  }

  @Test
  void aRejectedBundle_changesNothing_andIsReportedOnce() throws Exception {
    SignedBundles bundles = new SignedBundles(dir);
    bundles.publish(bundles.signed(5));
    try (TestVault vault = furnished(bundles.settings())) {
      bundles.publish(bundles.signedByAStranger(6));
      vault.vault().policies().poll();
      vault.vault().policies().poll();
      assertThat(seconds(vault)).isEqualTo(905);
      assertThat(status(vault).at("/lastFailure/code").asText()).isEqualTo("BUNDLE_SIGNATURE");
      assertThat(status(vault).at("/lastFailure/ongoing").asBoolean()).isTrue();
      assertThat(vault.logs().lines().stream().filter(l -> l.contains("BUNDLE_SIGNATURE")))
          .hasSize(1);
      assertThat(vault.vault().policies().note()).isEqualTo("policy failure: BUNDLE_SIGNATURE\n");
      for (byte[] older : List.of(bundles.signed(4), "half".getBytes(StandardCharsets.UTF_8))) {
        bundles.publish(older);
        vault.vault().policies().poll();
        assertThat(seconds(vault)).isEqualTo(905);
      }
      assertThat(status(vault).at("/lastFailure/code").asText()).isEqualTo("BUNDLE_ARCHIVE");
      assertThat(activated(vault)).containsExactly("5-test");
    }
  }

  @Test
  void afterARestart_theLastGoodBundleDecides_andNoOlderOne() throws Exception {
    SignedBundles bundles = new SignedBundles(dir);
    bundles.publish(bundles.signed(5));
    try (TestVault vault = furnished(bundles.settings())) {
      Path kept = dir.resolve("data/policy.tar.gz");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
          .isEqualTo("rw-------");
      vault.stop();
      bundles.withdraw();
      vault.startAgain();
      assertThat(seconds(vault)).isEqualTo(905);
      assertThat(status(vault).at("/inForce/source").asText()).isEqualTo("last-good");
      bundles.publish(bundles.signed(4));
      vault.vault().policies().poll();
      assertThat(status(vault).at("/lastFailure/code").asText()).isEqualTo("BUNDLE_REVISION");
      vault.stop();
      Files.delete(kept);
      vault.startAgain();
      assertThat(ask(vault).status()).isEqualTo(503);
      assertThat(status(vault).at("/lastFailure/code").asText()).isEqualTo("BUNDLE_REVISION");
      assertThat(activated(vault)).containsExactly("5-test");
    }
  }

  @Test
  void anAlteredLastGoodBundle_isNotUsed() throws Exception {
    SignedBundles bundles = new SignedBundles(dir);
    bundles.publish(bundles.signed(5));
    try (TestVault vault = furnished(bundles.settings())) {
      vault.stop();
      bundles.withdraw();
      Files.write(dir.resolve("data/policy.tar.gz"), bundles.signedByAStranger(6));
      vault.startAgain();
      assertThat(ask(vault).status()).isEqualTo(503);
      assertThat(status(vault).has("inForce")).isFalse();
    }
  }

  @Test
  void aBundleServer_isAskedWithTheTagAndTheToken_andItsFaultsChangeNothing() throws Exception {
    SignedBundles bundles = new SignedBundles(dir);
    AtomicReference<byte[]> served = new AtomicReference<>(bundles.signed(1));
    AtomicReference<String> tag = new AtomicReference<>("\"one\"");
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/vault.tar.gz",
        exchange -> {
          String known = String.valueOf(exchange.getRequestHeaders().getFirst("If-None-Match"));
          asked.add(exchange.getRequestHeaders().getFirst("Authorization") + " " + known);
          exchange.getResponseHeaders().add("ETag", tag.get());
          boolean same = known.equals(tag.get());
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          int status = served.get().length == 0 ? 302 : 200;
          exchange.sendResponseHeaders(same ? 304 : status, same ? -1 : served.get().length);
          if (!same) {
            exchange.getResponseBody().write(served.get());
          }
          exchange.close();
        });
    server.start();
    Path token = Files.writeString(dir.resolve("token"), "a-secret-word\n");
    Map<String, String> settings =
        new HashMap<>(
            bundles.settings(
                "http://127.0.0.1:" + server.getAddress().getPort() + "/vault.tar.gz"));
    settings.put("CONTEXTKEEP_POLICY_BUNDLE_TOKEN_FILE", token.toString());
    try (TestVault vault = furnished(settings)) {
      assertThat(seconds(vault)).isEqualTo(901);
      vault.vault().policies().poll();
      assertThat(asked)
          .containsExactly("Bearer a-secret-word null", "Bearer a-secret-word \"one\"");
      served.set(bundles.signed(2));
      tag.set("\"two\"");
      vault.vault().policies().poll();
      assertThat(seconds(vault)).isEqualTo(902);
      served.set(new byte[0]);
      tag.set("\"moved\"");
      vault.vault().policies().poll();
      assertThat(status(vault).at("/lastFailure/code").asText()).isEqualTo("BUNDLE_UNREACHABLE");
      served.set(new byte[(16 << 20) + 1]);
      tag.set("\"large\"");
      vault.vault().policies().poll();
      assertThat(status(vault).at("/lastFailure/code").asText()).isEqualTo("BUNDLE_UNREACHABLE");
      assertThat(seconds(vault)).isEqualTo(902);
    } finally {
      server.stop(0);
    }
  }

  /** Checks that the retention of each answer agrees with the revision in its entry. */
  @Test
  void replacementsUnderLoad_failNoRequest_andEachAnswerIsOfOneRevision() throws Exception {
    SignedBundles bundles = new SignedBundles(dir);
    bundles.publish(bundles.signed(1));
    try (TestVault vault = furnished(bundles.settings());
        var readers = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicBoolean over = new AtomicBoolean();
      List<Future<List<JsonNode>>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(
            readers.submit(
                () -> {
                  List<JsonNode> answers = new ArrayList<>();
                  do {
                    answers.add(ok(ask(vault)).body());
                  } while (!over.get());
                  answers.add(ok(ask(vault)).body());
                  return answers;
                }));
      }
      for (int revision = 2; revision <= 5; revision++) {
        bundles.publish(bundles.signed(revision));
        vault.vault().policies().poll();
      }
      over.set(true);
      List<JsonNode> answers = new ArrayList<>();
      for (Future<List<JsonNode>> one : all) {
        answers.addAll(one.get());
      }
      Map<Long, String> decided = decided(vault);
      TreeSet<Integer> seen = new TreeSet<>();
      for (JsonNode answer : answers) {
        int seconds = answer.path("keepForSeconds").asInt();
        assertThat(decided.get(answer.at("/receipt/index").asLong()))
            .isEqualTo(seconds - 900 + "-test");
        seen.add(seconds);
      }
      assertThat(seen).contains(905).hasSizeGreaterThan(2);
      assertThat(activated(vault))
          .containsExactly("5-test", "4-test", "3-test", "2-test", "1-test");
    }
  }

  /** Returns the revision in each entry of the log. */
  private static Map<Long, String> decided(TestVault vault) {
    return vault.vault().db().<List<AuditRow>>inRead(LoggedEntries::all).stream()
        .collect(Collectors.toMap(AuditRow::index, entry -> entry.word("policy")));
  }
}
