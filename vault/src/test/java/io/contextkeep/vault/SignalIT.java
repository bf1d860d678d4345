package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.iabtcf.encoder.TCStringEncoder;
import com.iabtcf.utils.BitSetIntIterable;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * TCF and GPP strings, which are evidence of refusals and never of consents; the customer's own
 * choice overrides them.
 */
final class SignalIT {
  private static final String SHOP = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String ADS = "/v1/me/consents/dpv:TargetedAdvertising/ads";

  /** Opted out of sale and sharing in California. */
  private static final String OPTED_OUT = "DBABBg~BVUAAAAA.QA";

  /** The same, with Global Privacy Control on. */
  private static final String OPTED_OUT_AGAIN = "DBABBg~BVUAAAAA.YA";

  /** Did not opt out. */
  private static final String NOT_OPTED_OUT = "DBABBg~BVoAAAAA.QA";

  private TestVault vault;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    for (String app : new String[] {"ads", "mags"}) {
      vault.register(
          "/v1/apps/" + app,
          """
          {"name": "%s", "facets": [],
           "purposes": ["dpv:TargetedAdvertising", "dpv:ServicePersonalisation"]}\
          """
              .formatted(app));
    }
    vault.write("1", "country", "\"x\"");
    ok(vault.put(customer(), SHOP, ""));
    ok(vault.put(customer(), ADS, ""));
    vault.advance(Duration.ofSeconds(1));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void aCustomersOwnString_restrictsEveryApp_permanently() {
    ok(asShop());
    JsonNode sent = sent(tcf(none(), now())).path("signals").path(0);
    assertThat(sent.path("denied").toString())
        .contains("dpv:ServicePersonalisation/*", "dpv:Advertising/*");
    assertThat(asShop().status()).isEqualTo(403);
    assertThat(asAds().status()).isEqualTo(403);
    assertThat(ok(vault.get(customer(), "/v1/me/signals")).body().at("/signals/0")).isEqualTo(sent);
    assertThat(ok(vault.get(customer(), "/v1/me/consents")).body().has("tcfHonouredAt")).isTrue();
    vault.restart();
    assertThat(asShop().status()).isEqualTo(403);
  }

  @Test
  void aStringFromAnApp_restrictsThatAppOnly() {
    passedOn("mags", "1", tcf(none(), now()));
    ok(asShop());
    passedOn("shop", "1", tcf(none(), now()));
    assertThat(asShop().status()).isEqualTo(403);
    assertThat(state("dpv:ServicePersonalisation", "shop")).isEqualTo("REVOKED");
    ok(asAds());
  }

  @Test
  void anOptOutOfSale_restrictsEveryApp_fromAnySender() {
    ok(asAds());
    passedOn("shop", "1", gpp(OPTED_OUT));
    assertThat(asAds().status()).isEqualTo(403);
    ok(asShop());
    assertThat(ok(vault.get(customer(), "/v1/me/consents")).body().has("gppHonouredAt")).isTrue();
  }

  /** Checks the main promise: no string, by anyone and of any time, ever allows more. */
  @Test
  void noString_everAllowsMore() {
    ok(vault.delete(customer(), SHOP));
    vault.advance(Duration.ofDays(2));
    sent(tcf(all(), now()));
    sent(gpp(NOT_OPTED_OUT));
    passedOn("shop", "1", tcf(all(), now()));
    assertThat(asShop().status()).isEqualTo(403);
    sent(gpp(OPTED_OUT));
    vault.advance(Duration.ofDays(2));
    sent(gpp(NOT_OPTED_OUT));
    passedOn("ads", "1", gpp(NOT_OPTED_OUT));
    assertThat(asAds().status()).isEqualTo(403);
    assertThat(ask("mags", "dpv:TargetedAdvertising").status()).isEqualTo(403);
  }

  @Test
  void theCustomersLaterChoice_overridesStringsFromApps() {
    passedOn("shop", "1", tcf(none(), now()));
    String old = now();
    vault.advance(Duration.ofDays(2));
    ok(vault.put(customer(), SHOP, ""));
    ok(asShop());
    passedOn("shop", "1", tcf(Set.of(1), old));
    passedOn("shop", "1", tcf(Set.of(2), "2020-01-01T00:00:00Z"));
    ok(asShop());
    vault.advance(Duration.ofDays(2));
    passedOn("shop", "1", tcf(Set.of(3), now()));
    assertThat(asShop().status()).isEqualTo(403);
  }

  /**
   * Checks that the first GPP string counts, which states no time, as with Global Privacy Control.
   */
  @Test
  void theCustomersLaterChoice_overridesOptOutsWithoutATime() {
    passedOn("shop", "1", gpp(OPTED_OUT));
    vault.advance(Duration.ofSeconds(1));
    for (String purpose : new String[] {"PersonalisedAdvertising", "TargetedAdvertising"}) {
      ok(vault.put(customer(), "/v1/me/consents/dpv:" + purpose + "/*", ""));
    }
    ok(vault.put(customer(), ADS, ""));
    passedOn("shop", "1", gpp(OPTED_OUT_AGAIN));
    passedOn("ads", "1", gpp(OPTED_OUT));
    ok(asAds());
    sent(gpp(OPTED_OUT_AGAIN));
    assertThat(asAds().status()).isEqualTo(403);
  }

  /** Checks a refusal that states only its day, as midnight in the user's time zone. */
  @Test
  void aRefusalDatedMidnightInAnyZone_mayBeFromAnyTimeOfThatDay() {
    for (Duration offset :
        List.of(
            Duration.ofHours(2),
            Duration.ofMinutes(345),
            Duration.ofHours(-12),
            Duration.ofHours(14))) {
      toTheNext(Duration.ofHours(9));
      Instant consented = Instant.parse(now());
      ok(vault.put(customer(), SHOP, ""));
      ok(asShop());
      vault.advance(Duration.ofHours(6));
      Instant day = consented.plus(offset).truncatedTo(ChronoUnit.DAYS).minus(offset);
      passedOn("shop", "1", tcf(Set.of(1), day.minus(Duration.ofDays(1)).toString()));
      ok(asShop());
      passedOn("shop", "1", tcf(none(), day.toString()));
      assertThat(asShop().status()).as("%s", offset).isEqualTo(403);
    }
  }

  @Test
  void theSameHolds_insideAGppString() {
    toTheNext(Duration.ofHours(9));
    ok(vault.put(customer(), SHOP, ""));
    String midnight =
        Instant.parse(now()).truncatedTo(ChronoUnit.DAYS).minus(Duration.ofHours(2)).toString();
    vault.advance(Duration.ofHours(6));
    String text = tcf(none(), midnight).split("\"")[3];
    passedOn("shop", "1", gpp("DBABMA~" + text));
    assertThat(asShop().status()).isEqualTo(403);
  }

  private void toTheNext(Duration timeOfDay) {
    Instant now = Instant.parse(now());
    Instant next = now.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(1)).plus(timeOfDay);
    vault.advance(Duration.between(now, next));
  }

  /** Checks a broader purpose too: dpv:Advertising includes the purpose of the consent. */
  @Test
  void anOldOptOutPassedOnLater_doesNotStopALaterConsent_atAnyLevel() {
    ok(asAds());
    passedOn("ads", "1", tcf(none(), "2023-12-04T10:11:12Z"));
    ok(asAds());
    assertThat(stoppedBy(ADS)).isEqualTo("[]");
    vault.restart();
    ok(asAds());
    vault.advance(Duration.ofDays(2));
    passedOn("ads", "1", tcf(Set.of(1), now()));
    assertThat(asAds().status()).isEqualTo(403);
    vault.advance(Duration.ofDays(2));
    assertThat(stoppedBy(ADS)).isEqualTo("[]");
    ok(asAds());
  }

  @Test
  void theCustomersOldString_doesNotStopALaterConsent_atAnyLevel() {
    sent(tcf(none(), "2023-12-04T10:11:12Z"));
    ok(asAds());
    ok(asShop());
    sent(tcf(Set.of(1), now()));
    assertThat(asAds().status()).isEqualTo(403);
    assertThat(asShop().status()).isEqualTo(403);
  }

  /** Checks that the customer's own refusal of a broader purpose covers narrower ones as usual. */
  @Test
  void theCustomersRefusalOfABroaderPurpose_blocksALaterConsent_andIsNamed() {
    ok(vault.delete(customer(), "/v1/me/consents/dpv:Advertising/ads"));
    vault.advance(Duration.ofSeconds(1));
    assertThat(stoppedBy(ADS)).contains("dpv:Advertising/ads");
    assertThat(asAds().status()).isEqualTo(403);
  }

  private String stoppedBy(String consent) {
    return ok(vault.put(customer(), consent, "")).body().path("stoppedBy").toString();
  }

  @Test
  void theCustomersOwnRefusal_isNotReplacedByASignal() {
    ok(vault.delete(customer(), SHOP));
    vault.advance(Duration.ofSeconds(1));
    passedOn("shop", "1", tcf(none(), now()));
    assertThat(state("dpv:ServicePersonalisation", "shop")).isEqualTo("WITHDRAWN");
  }

  @Test
  void aRepeatedString_changesNothing() {
    String body = tcf(none(), now());
    JsonNode first = sent(body);
    long events = count("consent_event");
    vault.advance(Duration.ofDays(1));
    assertThat(sent(body)).isEqualTo(first);
    assertThat(count("consent_event")).isEqualTo(events);
    assertThat(count("signal")).isEqualTo(1);
  }

  /** Checks that equivalent strings fill neither the history nor the table. */
  @Test
  void aThousandEquivalentStrings_areOneRefusal() {
    long events = count("consent_event");
    for (int i = 0; i < 130; i++) {
      vault.advance(Duration.ofMinutes(1));
      passedOn("shop", "1", tcf(Set.of(1), now()));
    }
    assertThat(count("consent_event") - events).isLessThanOrEqualTo(6);
    assertThat(count("signal")).isLessThanOrEqualTo(102);
  }

  /**
   * Checks that the answer does not reveal the effect, and that an unknown customer leaves only a
   * log entry.
   */
  @Test
  void anApp_cannotTellWhetherACustomerIsKnown() {
    JsonNode known = passedOn("shop", "1", tcf(none(), now()));
    JsonNode unknown = passedOn("shop", "2", tcf(none(), now()));
    assertThat(unknown).isEqualTo(known);
    assertThat(count("signal")).isEqualTo(1);
    JsonNode entries =
        ok(vault.get(vault.token(Role.AUDITOR, "ada"), "/v1/audit/entries?type=signal&actor=shop"))
            .body()
            .path("entries");
    assertThat(entries).hasSize(2);
    assertThat(entries.toString()).doesNotContain("CQ").contains("\"signals\":[\"tcf\"]");
  }

  @Test
  void theString_isInTheCustomersList_sealedWithItsEntry() {
    String body = tcf(none(), now());
    passedOn("shop", "1", body);
    JsonNode accesses = ok(vault.get(customer(), "/v1/me/accesses")).body().path("accesses");
    JsonNode entry =
        accesses
            .valueStream()
            .filter(e -> e.path("type").asText().equals("signal"))
            .findFirst()
            .get();
    assertThat("{\"tcf\": \"" + entry.at("/details/tcf").asText() + "\"}").isEqualTo(body);
    assertThat(entry.path("actor").asText()).isEqualTo("shop");
    assertThat(ok(vault.get(customer(), "/v1/me/signals")).body().at("/signals/0/request").asText())
        .isEqualTo(entry.path("request").asText());
  }

  @Test
  void theString_isInTheExport_inBothFormats() {
    sent(gpp(OPTED_OUT));
    for (String type : new String[] {"application/ld+json", "text/csv"}) {
      var export =
          vault.exchange(
              "GET",
              "/v1/me/export",
              new byte[0],
              Map.of("Authorization", "Bearer " + customer(), "Accept", type));
      assertThat(new String(export.body(), StandardCharsets.UTF_8)).as(type).contains(OPTED_OUT);
    }
  }

  @Test
  void anErasure_deletesTheSignals() {
    sent(gpp(OPTED_OUT));
    assertThat(count("signal")).isEqualTo(1);
    ok(vault.delete(customer(), "/v1/me"));
    assertThat(count("signal")).isZero();
  }

  @Test
  void malformedStrings_areRefusedWithTheReason_andChangeNothing() {
    Random random = new Random(5);
    long events = count("consent_event");
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(60);
      for (int j = 0; j < length; j++) {
        text.append((char) random.nextInt(0x20, 0x250));
      }
      String field = random.nextBoolean() ? "tcf" : "gpp";
      String body = "{\"" + field + "\": " + new TextNode("D" + text) + "}";
      var answered = vault.post(customer(), "/v1/me/signals", body, Map.of());
      assertThat(answered.status()).as(body).isEqualTo(400);
    }
    assertThat(count("consent_event")).isEqualTo(events);
    assertThat(count("signal")).isZero();
    ok(asShop());
  }

  private JsonNode sent(String body) {
    return ok(vault.post(customer(), "/v1/me/signals", body, Map.of())).body();
  }

  private JsonNode passedOn(String app, String number, String body) {
    return ok(vault.post(
            vault.token(Role.APP, app),
            "/v1/customers/customer_number:" + number + "/signals",
            body,
            Map.of()))
        .body();
  }

  private static String gpp(String text) {
    return "{\"gpp\": \"" + text + "\"}";
  }

  static String tcf(Set<Integer> consent, String updated) {
    Instant at = Instant.parse(updated);
    return "{\"tcf\": \""
        + TCStringEncoder.newBuilder()
            .version(2)
            .created(at)
            .lastUpdated(at)
            .consentLanguage("EN")
            .publisherCC("DE")
            .tcfPolicyVersion(5)
            .addPurposesConsent(BitSetIntIterable.from(consent))
            .encode()
        + "\"}";
  }

  static Set<Integer> none() {
    return Set.of();
  }

  private static Set<Integer> all() {
    Set<Integer> all = new TreeSet<>();
    for (int purpose = 1; purpose <= 11; purpose++) {
      all.add(purpose);
    }
    return all;
  }

  private String now() {
    return vault.observedNow();
  }

  private String state(String purpose, String app) {
    return ok(vault.get(customer(), "/v1/me/consents"))
        .body()
        .path("consents")
        .valueStream()
        .filter(c -> c.path("purpose").asText().equals(purpose))
        .filter(c -> c.path("app").asText().equals(app))
        .map(c -> c.path("status").asText())
        .findFirst()
        .orElse("");
  }

  private long count(String table) {
    return vault
        .vault()
        .db()
        .<Long>inRead(
            c -> Sql.one(c, "SELECT count(*) FROM " + table, row -> row.getLong(1)).orElseThrow());
  }

  private TestVault.Answered asShop() {
    return ask("shop", "dpv:ServicePersonalisation");
  }

  private TestVault.Answered asAds() {
    return ask("ads", "dpv:TargetedAdvertising");
  }

  private TestVault.Answered ask(String app, String purpose) {
    return vault.get(
        vault.token(Role.APP, app),
        "/v1/customers/customer_number:1/context?attributes=country&purpose=" + purpose);
  }

  private String customer() {
    return vault.customer("customer_number:1");
  }
}
