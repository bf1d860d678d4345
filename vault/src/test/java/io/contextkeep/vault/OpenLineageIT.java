package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lineage as OpenLineage: valid by its published schema, without customers, and each run once.
 */
final class OpenLineageIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RUN_EVENT =
      "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
  private static final String FACETS = "urn:contextkeep:openlineage-facets:1";

  private TestVault vault;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.write("1", "country", "\"" + TestVault.CANARY + "land\"");
    ok(
        vault.put(
            vault.customer("customer_number:1"),
            "/v1/me/consents/dpv:ServicePersonalisation/shop",
            ""));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void everyEvent_isValid_byThePublishedSchemas_andTheVaultsOwn() {
    everything();
    List<JsonNode> events = events("");
    SchemaRegistry registry = registry();
    Schema runEvent = registry.getSchema(SchemaLocation.of(RUN_EVENT));
    Set<String> facets = new TreeSet<>();
    for (JsonNode event : events) {
      assertThat(runEvent.validate(event)).as("%s", event).isEmpty();
      assertThat(event.path("schemaURL").asText()).isEqualTo(RUN_EVENT);
      List<JsonNode> all = new ArrayList<>();
      event.at("/run/facets").forEach(all::add);
      event.path("outputs").forEach(output -> output.path("outputFacets").forEach(all::add));
      for (JsonNode facet : all) {
        String schema = facet.path("_schemaURL").asText();
        facets.add(schema.substring(schema.lastIndexOf('/') + 1));
        assertThat(registry.getSchema(SchemaLocation.of(schema)).validate(facet))
            .as("%s", facet)
            .isEmpty();
      }
    }
    assertThat(facets)
        .containsExactly(
            "Contextkeep_accessRunFacet",
            "Contextkeep_differentialPrivacyRunFacet",
            "Contextkeep_purposeRunFacet",
            "NominalTimeRunFacet",
            "OutputStatisticsOutputDatasetFacet");
  }

  /** Checks that the schemas refuse invalid events. */
  @Test
  void theSchemas_refuseWhatIsMissing() {
    everything();
    SchemaRegistry registry = registry();
    Schema runEvent = registry.getSchema(SchemaLocation.of(RUN_EVENT));
    for (String field : List.of("run", "job", "eventTime", "producer", "schemaURL")) {
      JsonNode event = events("").getLast().deepCopy();
      ((com.fasterxml.jackson.databind.node.ObjectNode) event).remove(field);
      assertThat(runEvent.validate(event)).as(field).isNotEmpty();
    }
    Schema access =
        registry.getSchema(SchemaLocation.of(FACETS + "#/$defs/Contextkeep_accessRunFacet"));
    JsonNode facet = JSON.createObjectNode().put("permitted", 1).put("refused", 0);
    assertThat(access.validate(facet)).isNotEmpty();
  }

  @Test
  void aBatch_isARunFromItsSourceIntoItsCategories() {
    settle();
    List<JsonNode> events = of("ingest/crm", events(""));
    assertThat(events).hasSize(2);
    assertThat(events.getFirst().path("eventType").asText()).isEqualTo("START");
    JsonNode complete = events.getLast();
    assertThat(complete.at("/run/runId")).isEqualTo(events.getFirst().at("/run/runId"));
    assertThat(complete.at("/inputs/0/name").asText()).isEqualTo("source/crm");
    assertThat(complete.at("/outputs/0/name").asText()).isEqualTo("context/pd:Country");
    assertThat(complete.at("/outputs/0/outputFacets/outputStatistics/rowCount").asInt())
        .isEqualTo(1);
  }

  @Test
  void readsOfAnHour_areOneRun_withPurposeAndBasis() {
    ok(vault.ask("1", "country"));
    ok(vault.ask("1", "country"));
    assertThat(vault.ask("2", "country").status()).isEqualTo(403);
    vault.advance(Duration.ofHours(2));
    ok(vault.ask("1", "country"));
    vault.advance(Duration.ofHours(2));
    List<JsonNode> runs =
        of("read/shop/dpv:ServicePersonalisation", events("")).stream()
            .filter(event -> event.path("eventType").asText().equals("COMPLETE"))
            .toList();
    assertThat(runs.stream().mapToInt(run -> facet(run, "access").path("permitted").asInt()).sum())
        .isEqualTo(3);
    assertThat(runs.stream().mapToInt(run -> facet(run, "access").path("refused").asInt()).sum())
        .isEqualTo(1);
    JsonNode purpose = facet(runs.getFirst(), "purpose");
    assertThat(purpose.path("purpose").asText()).isEqualTo("dpv:ServicePersonalisation");
    assertThat(purpose.path("basis").asText()).isEqualTo("eu-gdpr:A6-1-a");
    assertThat(purpose.path("consent").asBoolean()).isTrue();
    assertThat(runs.stream().map(run -> run.at("/run/runId")).distinct()).hasSameSizeAs(runs);
  }

  @Test
  void events_haveNoPersonalData() {
    everything();
    String text = events("").toString();
    assertThat(text).doesNotContain(TestVault.CANARY, "customer_number", "subject");
  }

  /**
   * Exports in steps, each from the end of the last one, and checks that each event occurs once.
   */
  @Test
  void exportsInSteps_haveEachEventOnce() {
    Instant begin = vault.clock().instant();
    List<JsonNode> inSteps = new ArrayList<>();
    String next = "from=" + begin.minus(Duration.ofHours(3));
    for (int step = 0; step < 8; step++) {
      ok(vault.ask("1", "country"));
      vault.write("1", "country", "\"x\"");
      vault.advance(Duration.ofMinutes(37));
      HttpResponse<byte[]> answer = answer("?" + next);
      inSteps.addAll(lines(answer));
      String link = answer.headers().firstValue("Link").orElseThrow();
      next = link.substring(link.indexOf('?') + 1, link.indexOf('>'));
    }
    vault.advance(Duration.ofHours(2));
    inSteps.addAll(events("?" + next));
    assertThat(inSteps).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(events(""));
  }

  /** Runs of the last minute may not be committed yet. */
  @Test
  void recentRuns_areLeftForTheNextExport() {
    vault.write("1", "country", "\"y\"");
    assertThat(events("")).isEmpty();
    settle();
    assertThat(of("ingest/crm", events(""))).hasSize(4);
    assertThat(events("?from=" + vault.clock().instant())).isEmpty();
    assertThat(events("?until=1980-01-01T00:00:00Z")).isEmpty();
  }

  @Test
  void theSchemaOfTheFacets_isPublic() {
    HttpResponse<byte[]> answer =
        vault.exchange("GET", "/v1/openlineage/facets", new byte[0], Map.of());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(TestVault.json(answer).path("$id").asText()).isEqualTo(FACETS);
  }

  /** Makes a batch, reads, and a statistic. */
  private void everything() {
    ok(vault.ask("1", "country"));
    vault.ask("2", "country");
    vault.register(
        "/v1/analytics/budgets/dpv:ServicePersonalisation/shop",
        "{\"rho\": 1, \"delta\": 0.000001}");
    ok(
        vault.post(
            vault.token(Role.ANALYST, "ana"),
            "/v1/analytics/queries",
            """
            {"purpose": "dpv:ServicePersonalisation", "population": "shop", "measure": "count",
             "budget": {"rho": 0.02}}\
            """,
            Map.of()));
    vault.advance(Duration.ofHours(2));
  }

  private void settle() {
    vault.advance(Duration.ofMinutes(2));
  }

  private static JsonNode facet(JsonNode event, String name) {
    return event.at("/run/facets/contextkeep_" + name);
  }

  private static List<JsonNode> of(String job, List<JsonNode> events) {
    return events.stream().filter(event -> event.at("/job/name").asText().equals(job)).toList();
  }

  private List<JsonNode> events(String query) {
    return lines(answer(query));
  }

  private HttpResponse<byte[]> answer(String query) {
    HttpResponse<byte[]> answer =
        vault.exchange(
            "GET",
            "/v1/audit/openlineage" + query,
            new byte[0],
            Map.of("Authorization", "Bearer " + vault.token(Role.AUDITOR, "ada")));
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer;
  }

  private static List<JsonNode> lines(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8)
        .lines()
        .map(OpenLineageIT::json)
        .toList();
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the published files under the names by which events and facets refer to them. */
  private static SchemaRegistry registry() {
    Map<String, String> schemas = new HashMap<>();
    Map<String, String> versions =
        Map.of(
            "OpenLineage", "2-0-2",
            "facets/NominalTimeRunFacet", "1-0-1",
            "facets/OutputStatisticsOutputDatasetFacet", "1-0-2");
    versions.forEach(
        (name, version) -> {
          String file = name.substring(name.indexOf('/') + 1);
          String path = name.substring(0, name.length() - file.length());
          schemas.put(
              "https://openlineage.io/spec/" + path + version + "/" + file + ".json",
              resource("/openlineage/" + file + "-" + version + ".json"));
        });
    schemas.put(FACETS, resource("/io/contextkeep/vault/lineage/openlineage-facets.json"));
    return SchemaRegistry.withDefaultDialect(
        SpecificationVersion.DRAFT_2020_12,
        registry ->
            registry
                .schemas(schemas)
                .schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(OpenLineageIT.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
