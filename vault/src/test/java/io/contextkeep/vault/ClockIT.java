package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.created;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order of stored events, which stays the same under any steps of the host's clock. */
final class ClockIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String OBJECTION = "/v1/me/objections/dpv:ServicePersonalisation";
  private static final String RECTIFICATION =
      "{\"right\": \"rectification\", \"attribute\": \"country\", \"value\": \"y\"}";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration LONG = Duration.ofDays(400);

  /** The steps of the clock between two acts. */
  enum Clock {
    STANDS_STILL(_ -> {}),
    STEPS_BACK(vault -> vault.advance(HOUR.negated())),
    STEPS_FAR_BACK(vault -> vault.advance(LONG.negated())),
    IS_BEHIND_AFTER_A_RESTART(
        vault -> {
          vault.advance(HOUR.negated());
          vault.restart();
        }),
    RETURNS_FROM_FAR_AHEAD(vault -> vault.advance(LONG.negated()));

    private final Consumer<TestVault> does;

    Clock(Consumer<TestVault> does) {
      this.does = does;
    }
  }

  private TestVault vault;
  private String ann;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.write("1", "country", "\"x\"");
    ann = vault.customer("customer_number:1");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  /** Makes the earlier acts while the clock is ahead, if the step is a return. */
  private void ahead(Clock clock) {
    if (clock == Clock.RETURNS_FROM_FAR_AHEAD) {
      vault.advance(LONG);
      ann = vault.customer("customer_number:1");
    }
  }

  private void disturb(Clock clock) {
    clock.does.accept(vault);
    ann = vault.customer("customer_number:1");
  }

  private int read() {
    return vault.ask("1", "country").status();
  }

  @ParameterizedTest
  @EnumSource
  void theLastAct_counts(Clock clock) {
    ahead(clock);
    consents(clock);
    ahead(clock);
    objectionsAndRestrictions(clock);
    ahead(clock);
    registrations(clock);
    ahead(clock);
    cases(clock);
    corrections(clock);
  }

  private void consents(Clock clock) {
    ok(vault.put(ann, CONSENT, ""));
    assertThat(read()).isEqualTo(200);
    disturb(clock);
    ok(vault.delete(ann, CONSENT));
    assertThat(read()).isEqualTo(403);
    assertThat(shown()).isEqualTo("WITHDRAWN");
    disturb(clock);
    assertThat(read()).isEqualTo(403);
    ok(vault.put(ann, CONSENT, ""));
    assertThat(read()).isEqualTo(200);
    assertThat(shown()).isEqualTo("GIVEN");
    disturb(clock);
    signal();
    assertThat(read()).isEqualTo(403);
  }

  private void objectionsAndRestrictions(Clock clock) {
    ok(vault.put(ann, CONSENT, ""));
    for (String no : List.of(OBJECTION, "/v1/me/restriction")) {
      ok(vault.put(ann, no, ""));
      assertThat(read()).isEqualTo(403);
      disturb(clock);
      assertThat(read()).isEqualTo(403);
      ok(vault.delete(ann, no));
      assertThat(read()).isEqualTo(200);
      disturb(clock);
      ok(vault.put(ann, no, ""));
      assertThat(read()).isEqualTo(403);
      disturb(clock);
      ok(vault.delete(ann, no));
    }
  }

  private void corrections(Clock clock) {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.put(ann, "/v1/me/attributes/country", "{\"value\": \"first\"}"));
    disturb(clock);
    ok(vault.put(ann, "/v1/me/attributes/country", "{\"value\": \"second\"}"));
    assertThat(ok(vault.ask("1", "country")).body().at("/values/country/value").asText())
        .isEqualTo("second");
  }

  /** Checks that expired consents and tokens stay expired. */
  @Test
  void expiredStates_stayExpired() {
    String expires = Instant.parse(vault.observedNow()).plus(HOUR).toString();
    ok(vault.put(ann, CONSENT, "{\"expires\": \"" + expires + "\"}"));
    String old = ann;
    vault.advance(HOUR.multipliedBy(2));
    assertThat(read()).isEqualTo(403);
    assertThat(vault.get(old, "/v1/me").status()).isEqualTo(401);
    for (Clock clock : List.of(Clock.STEPS_BACK, Clock.IS_BEHIND_AFTER_A_RESTART)) {
      disturb(clock);
      assertThat(read()).as("%s", clock).isEqualTo(403);
      assertThat(vault.get(old, "/v1/me").status()).as("%s", clock).isEqualTo(401);
    }
  }

  private void cases(Clock clock) {
    String asked =
        created(vault.post(ann, "/v1/me/requests", "{\"right\": \"access\"}", Map.of()))
            .body()
            .path("id")
            .asText();
    disturb(clock);
    vault.exchange("GET", "/v1/me/export", new byte[0], Map.of("Authorization", "Bearer " + ann));
    JsonNode taken = ok(vault.get(ann, "/v1/me/requests/" + asked)).body();
    assertThat(taken.path("state").asText()).isEqualTo("dpv:RequestFulfilled");
    assertThat(taken.path("steps").findValuesAsText("at")).isSorted();
    List<Long> times =
        vault.vault().db().inRead(c -> LoggedEntries.all(c).stream().map(AuditRow::time).toList());
    assertThat(times).isSorted();
  }

  private void registrations(Clock clock) {
    register("dpv:ServicePersonalisation");
    ok(vault.put(ann, CONSENT, ""));
    assertThat(read()).isEqualTo(200);
    disturb(clock);
    register("dpv:CustomerCare");
    assertThat(read()).isEqualTo(403);
    disturb(clock);
    register("dpv:ServicePersonalisation");
    assertThat(read()).isEqualTo(200);
    JsonNode versions =
        ok(vault.get(vault.token(Role.AUDITOR, "ada"), "/v1/apps/shop/versions"))
            .body()
            .path("versions");
    assertThat(versions.at("/0/version").asInt()).isEqualTo(versions.size());
  }

  /** Checks that an operator sees that the clock is wrong, and since when. */
  @Test
  void aClockThatIsBehind_isReported() {
    assertThat(health()).doesNotContain("clock");
    vault.advance(HOUR.negated());
    assertThat(health()).contains("clock: behind");
    vault.advance(HOUR.multipliedBy(2));
    assertThat(health()).doesNotContain("clock");
  }

  /** Checks that nothing is blocked after a clock that was ahead by years is corrected. */
  @Test
  void aClockThatWasAheadForAWhile_blocksNothingAfterwards() {
    ok(vault.put(ann, CONSENT, ""));
    ahead(Clock.RETURNS_FROM_FAR_AHEAD);
    ok(vault.put(ann, CONSENT, ""));
    disturb(Clock.RETURNS_FROM_FAR_AHEAD);
    vault.advance(HOUR);
    Instant now = Instant.parse(vault.observedNow());
    String bob = vault.customer("customer_number:2");
    assertThat(ok(vault.put(bob, CONSENT, "")).body().path("at").asText())
        .isEqualTo(now.toString());
    JsonNode request = created(vault.post(bob, "/v1/me/requests", RECTIFICATION, Map.of())).body();
    assertThat(Instant.parse(request.path("due").asText())).isBefore(now.plus(Duration.ofDays(35)));
    vault.write("2", "country", "\"y\"");
    ok(vault.ask("2", "country"));
    assertThat(health()).doesNotContain("clock");
  }

  /** Checks that deletion, which is irreversible, waits for a day after a jump. */
  @Test
  void aJumpCorrectedWithinADay_deletesNothing() {
    vault.register(
        "/v1/attributes/visit",
        """
        {"kind": "value", "facet": "profile", "category": "pd:Country", "sensitivity": "low",
         "schema": {"type": "string"}, "retentionDays": 30}\
        """);
    ok(vault.put(ann, CONSENT, ""));
    vault.write("1", "visit", "\"x\"");
    ahead(Clock.RETURNS_FROM_FAR_AHEAD);
    assertThat(visit().isMissingNode()).isTrue();
    assertThat(vault.vault().derived().sweep()).isZero();
    vault.restart();
    vault.advance(HOUR);
    assertThat(vault.vault().derived().sweep()).isZero();
    disturb(Clock.RETURNS_FROM_FAR_AHEAD);
    assertThat(visit().path("value").asText()).isEqualTo("x");
    vault.letPass(Duration.ofDays(31));
    assertThat(vault.vault().derived().sweep()).isEqualTo(1);
  }

  private JsonNode visit() {
    return ok(vault.ask("1", "visit,country")).body().at("/values/visit");
  }

  /**
   * Checks that a value written while the clock was ahead does not override all others until that
   * time.
   */
  @Test
  void valuesWrittenWhileTheClockWasAhead_areReplacedByLaterOnes() {
    ok(vault.put(ann, CONSENT, ""));
    ahead(Clock.RETURNS_FROM_FAR_AHEAD);
    vault.write("1", "country", "\"of the source\"");
    disturb(Clock.RETURNS_FROM_FAR_AHEAD);
    vault.write("1", "country", "\"later of the source\"");
    assertThat(country()).isEqualTo("later of the source");
    ahead(Clock.RETURNS_FROM_FAR_AHEAD);
    ok(vault.put(ann, "/v1/me/attributes/country", "{\"value\": \"first\"}"));
    disturb(Clock.RETURNS_FROM_FAR_AHEAD);
    ok(vault.put(ann, "/v1/me/attributes/country", "{\"value\": \"second\"}"));
    assertThat(country()).isEqualTo("second");
  }

  private String country() {
    return ok(vault.ask("1", "country")).body().at("/values/country/value").asText();
  }

  @ParameterizedTest
  @EnumSource(names = {"STEPS_BACK", "IS_BEHIND_AFTER_A_RESTART"})
  void anExpiredProposal_staysExpired(Clock clock) {
    TestVault.Answered proposed = propose();
    vault.advance(Duration.ofDays(30).plusMinutes(1));
    assertThat(vault.approve("otto", proposed).status()).isEqualTo(409);
    disturb(clock);
    assertThat(vault.approve("otto", proposed).status()).isEqualTo(409);
  }

  /** Checks the expiry of a proposal, which otherwise could be approved for years. */
  @Test
  void aProposalMadeWhileTheClockWasAhead_mustBeRepeated() {
    ahead(Clock.RETURNS_FROM_FAR_AHEAD);
    TestVault.Answered proposed = propose();
    disturb(Clock.RETURNS_FROM_FAR_AHEAD);
    assertThat(vault.approve("otto", proposed).status()).isEqualTo(409);
    ok(vault.approve("otto", propose()));
  }

  private TestVault.Answered propose() {
    return vault.send(
        vault.token(Role.OPERATOR, "olga"),
        "PUT",
        "/v1/apps/shop",
        "{\"name\": \"Shop\", \"facets\": [], \"purposes\":"
            + " [\"dpv:ServicePersonalisation\", \"dpv:CustomerCare\", \"dpv:Marketing\"]}",
        Map.of("If-Match", "*"));
  }

  /** Checks that a token from the future is invalid before its time, even if it is cached. */
  @Test
  void aTokenMadeWhileTheClockWasAhead_isInvalidAfterItsReturn() {
    ahead(Clock.RETURNS_FROM_FAR_AHEAD);
    String ofTheFuture = ann;
    ok(vault.get(ofTheFuture, "/v1/me"));
    vault.advance(LONG.negated());
    assertThat(vault.get(ofTheFuture, "/v1/me").status()).isEqualTo(401);
  }

  /** Checks that a wrong clock does not end a token's hour early, and that the hour then ends. */
  @Test
  void aToken_isValidForItsOwnHour_afterAnyStepsOfTheClock() {
    String before = ann;
    ahead(Clock.RETURNS_FROM_FAR_AHEAD);
    assertThat(vault.get(before, "/v1/me").status()).isEqualTo(401);
    vault.advance(LONG.negated());
    ok(vault.get(before, "/v1/me"));
    vault.advance(HOUR.multipliedBy(2));
    assertThat(vault.get(before, "/v1/me").status()).isEqualTo(401);
    vault.advance(HOUR.multipliedBy(-2));
    assertThat(vault.get(before, "/v1/me").status()).isEqualTo(401);
  }

  /** Checks that an erasure stays done, and that the certificate's steps are in order. */
  @ParameterizedTest
  @EnumSource
  void anErasure_isNotUndoneByTheClock(Clock clock) {
    Map<String, String> code = Map.of("Idempotency-Key", "clock-7Qh2Zk9VbXw4Lr8Tn1");
    ahead(clock);
    ok(vault.put(ann, CONSENT, ""));
    assertThat(vault.send(ann, "DELETE", "/v1/me", "", code).status()).isBetween(200, 204);
    disturb(clock);
    byte[] given = vault.exchange("GET", "/v1/erasures", new byte[0], code).body();
    assertThat(new String(given, StandardCharsets.UTF_8)).contains("\"erased\":true");
    assertThat(read()).isEqualTo(403);
    assertThat(vault.get(ann, "/v1/me").status()).isEqualTo(404);
    vault.catchUp();
    List<Long> steps =
        vault
            .vault()
            .db()
            .inRead(
                c ->
                    Sql.one(
                            c,
                            """
                            SELECT asked, key_destroyed, rows_deleted, log_emptied, graph_compacted
                            FROM erasure_certificate\
                            """,
                            row ->
                                List.of(
                                    row.getLong(1),
                                    row.getLong(2),
                                    row.getLong(3),
                                    row.getLong(4),
                                    row.getLong(5)))
                        .orElseThrow());
    assertThat(steps.getFirst()).isPositive();
    assertThat(steps.get(1)).isGreaterThanOrEqualTo(steps.getFirst());
    assertThat(steps.subList(2, 5)).allMatch(at -> at >= steps.getFirst());
  }

  private String health() {
    Map<String, String> reader = Map.of("Authorization", "Bearer " + TestVault.METRICS_TOKEN);
    var answer = vault.exchange("GET", "/health/ready", new byte[0], reader);
    assertThat(answer.statusCode()).isEqualTo(200);
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private void signal() {
    ok(
        vault.post(
            vault.token(Role.APP, "shop"),
            "/v1/customers/customer_number:1/signals",
            SignalIT.tcf(SignalIT.none(), vault.observedNow()),
            Map.of()));
  }

  private void register(String purpose) {
    vault.register(
        "/v1/apps/shop",
        "{\"name\": \"Shop\", \"facets\": [], \"purposes\": [\"" + purpose + "\"]}");
  }

  private String shown() {
    return ok(vault.get(ann, "/v1/me/consents")).body().at("/consents/0/status").asText();
  }
}
