package io.contextkeep.policy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.policy.PolicyEngine;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine over HTTP, against an OPA server; skipped with a message if there is no opa. */
final class OpaServerTest extends EngineContract {
  @TempDir static Path dir;
  private static @Nullable OpaServer server;
  private Optional<OpaServer> silent = Optional.empty();

  @BeforeAll
  static void start() throws Exception {
    server = OpaServer.start(OpaServer.bundle(dir));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @AfterEach
  void stopTheOther() {
    silent.ifPresent(OpaServer::close);
  }

  @Override
  PolicyEngine engine(Duration deadline) {
    return asking(Objects.requireNonNull(server), Optional.empty(), deadline);
  }

  private static PolicyEngine asking(OpaServer asked, Optional<Path> token, Duration deadline) {
    return new OpaServerEngine(HttpClient.newHttpClient(), asked.url(), token, deadline);
  }

  @Override
  PolicyEngine undefined() throws Exception {
    Path inner = Files.createTempDirectory(dir, "undefined");
    silent = Optional.of(OpaServer.start(OpaServer.built(Undefined.policy(inner), "rego")));
    return asking(silent.get(), Optional.empty(), Duration.ofSeconds(30));
  }

  @Override
  String revision() {
    return OpaServer.REVISION;
  }

  @Test
  void withADecisionLog_theDecisionHasItsLogId() throws Exception {
    Path inner = Files.createTempDirectory(dir, "logging");
    try (OpaServer logging =
            OpaServer.start(OpaServer.bundle(inner), "--set", "decision_logs.console=true");
        PolicyEngine engine = asking(logging, Optional.empty(), Duration.ofSeconds(30))) {
      assertThat(engine.evaluate("{}").decisionId())
          .hasValueSatisfying(id -> assertThat(id).matches("[0-9a-f]{32}"));
    }
  }

  @Test
  void ifOpaDemandsAToken_theTokenOfTheFileIsAccepted_andAnotherRefused() throws Exception {
    Path inner = Files.createTempDirectory(dir, "secured");
    Path rego = OpaServer.sources(inner);
    Files.writeString(
        rego.resolve("authz.rego"),
        """
        package system.authz

        default allow := false

        allow if input.identity == "right-token"

        allow if input.path == ["health"]
        """);
    Path token = Files.writeString(inner.resolve("token"), "wrong-token\n");
    try (OpaServer secured =
            OpaServer.start(
                OpaServer.built(rego, "rego"), "--authentication=token", "--authorization=basic");
        PolicyEngine engine = asking(secured, Optional.of(token), Duration.ofSeconds(30))) {
      assertThat(Failures.of(engine, "{}")).hasToString("POLICY_ERROR");
      Files.writeString(token, "right-token\n");
      assertThat(engine.evaluate("{}").policy().revision()).isEqualTo(revision());
    }
  }
}
