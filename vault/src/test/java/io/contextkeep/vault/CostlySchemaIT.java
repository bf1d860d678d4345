package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schemas and values whose check could keep a processor busy for hours. */
final class CostlySchemaIT {
  @TempDir Path dir;
  private TestVault vault;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
  }

  @AfterEach
  void stop() {
    vault.close();
  }

  private Answered register(String schema) {
    Answered proposed =
        vault.put(
            vault.token(Role.OPERATOR, "olga"),
            "/v1/attributes/strange",
            """
            {"kind": "value", "facet": "profile", "category": "pd:Country", "sensitivity": "low",
             "schema": %s, "retentionDays": 1}\
            """
                .formatted(schema));
    return proposed.status() == 202 ? vault.approve("otto", proposed) : proposed;
  }

  private Answered ingest(String... values) {
    StringBuilder lines = new StringBuilder();
    for (String value : values) {
      lines.append(
          """
          {"customer": {"customer_number": "17850"}, "attribute": "strange", "observed": "%s", "value": %s}
          """
              .formatted(vault.observedNow(), value));
    }
    return vault.post(
        vault.token(Role.SOURCE, "crm"),
        "/v1/ingest",
        lines.toString(),
        Map.of("Idempotency-Key", UUID.randomUUID().toString()));
  }

  private void isRefusedOrChecked(String schema, String... values) {
    Answered registered = register(schema);
    assertThat(registered.status()).as(schema).isEqualTo(200);
    Answered answered = ingest(values);
    assertThat(answered.status()).as("%s", answered).isEqualTo(200);
    assertThat(answered.body().path("kept").asInt()).isZero();
    answered
        .body()
        .path("refused")
        .forEach(
            line ->
                assertThat(line.path("code").asText()).isIn("invalid_value", "value_too_large"));
  }

  @Test
  void backtrackingPattern_isCheckedAtOnce() {
    String commas = '"' + "a,".repeat(83) + '"';
    isRefusedOrChecked(
        "{\"type\": \"string\", \"maxLength\": 200, \"pattern\": \"^(.*?,){12}P\"}",
        commas,
        commas);
    isRefusedOrChecked(
        "{\"type\": \"string\", \"maxLength\": 65536, \"pattern\": \"[^@]+@[^@]+\"}",
        '"' + "a".repeat(65_000) + '"');
    isRefusedOrChecked(
        "{\"patternProperties\": {\"^(a+)+$\": false, \"^(a|aa)+b$\": false},"
            + " \"propertyNames\": {\"maxLength\": 256, \"pattern\": \"^(x+x+)+y\"}}",
        "{\"" + "a".repeat(250) + "!\": 1}");
  }

  @Test
  void patternWithoutMaxLength_isNotRegistered() {
    for (String schema :
        List.of(
            "{\"type\": \"string\", \"pattern\": \"^a\"}",
            "{\"maxLength\": 9, \"items\": {\"anyOf\": [{\"pattern\": \"^a\"}]}}",
            "{\"maxLength\": 65537, \"pattern\": \"^a\"}",
            "{\"maxLength\": 1e300, \"pattern\": \"^a\"}",
            "{\"maxLength\": 9, \"pattern\": \"(?=a)\"}",
            "{\"maxLength\": 9, \"pattern\": \"((a{1000}){1000}){1000}\"}",
            "{\"patternProperties\": {\"(a)\\\\1\": true}}")) {
      Answered answered = register(schema);
      assertThat(answered.status()).as(schema).isEqualTo(400);
      assertThat(answered.body().path("code").asText()).isEqualTo("invalid_schema");
    }
  }

  @Test
  void manyKeywordsForManyParts_areRefusedBeforeTheCheck() {
    isRefusedOrChecked(
        "{\"items\": {\"allOf\": [" + "{},".repeat(4_000) + "false]}}",
        "[" + "1,".repeat(30_000) + "1]");
    isRefusedOrChecked(
        "{\"items\": {\"anyOf\": [" + "{\"multipleOf\": 3e-399},".repeat(500) + "false]}}",
        "[" + "1e399,".repeat(9_000) + "1]");
    isRefusedOrChecked("{\"uniqueItems\": true}", "[" + "1.00,".repeat(10_000) + "1.0]");
  }

  @Test
  void requestWithManyCostlyValues_isCheckedUpToItsLimit() {
    String value = '"' + "a".repeat(60_000) + '"';
    String schema =
        "{\"type\": \"string\", \"maxLength\": 65536, \"pattern\": \"^(.*?,){12}P|b{10}\"}";
    assertThat(register(schema).status()).isEqualTo(200);

    Answered answered = ingest(Collections.nCopies(100, value).toArray(String[]::new));

    assertThat(answered.body().path("refused")).hasSize(100);
    assertThat(answered.body().path("refused").findValuesAsText("code"))
        .contains("invalid_value", "value_too_large");
  }

  @Test
  void unsupportedPatternOfAnOlderVault_acceptsNoValueUntilRegisteredAgain() {
    assertThat(register("{\"type\": \"string\", \"maxLength\": 9}").status()).isEqualTo(200);
    vault
        .vault()
        .db()
        .inWrite(
            c ->
                Sql.update(
                    c,
                    "UPDATE attribute SET schema = ? WHERE name = 'strange'",
                    "{\"type\": \"string\", \"pattern\": \"(?=a)\"}"));
    vault.restart();

    assertThat(ingest("\"a\"").body().at("/refused/0/code").asText()).isEqualTo("invalid_value");
    assertThat(register("{\"type\": \"string\", \"maxLength\": 9}").status()).isEqualTo(200);
    assertThat(ingest("\"a\"").body().path("kept").asInt()).isEqualTo(1);
  }
}
