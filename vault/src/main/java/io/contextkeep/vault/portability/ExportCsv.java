package io.contextkeep.vault.portability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.vault.web.Csv;
import io.contextkeep.vault.web.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.csv.CSVPrinter;

/** An export as one table. */
final class ExportCsv {
  private static final String[] COLUMNS = {
    "part",
    "name",
    "value",
    "time",
    "facet",
    "category",
    "origin",
    "source",
    "batch",
    "purpose",
    "recipient",
    "status",
    "details"
  };

  private ExportCsv() {}

  static byte[] write(Export export) {
    StringBuilder text = new StringBuilder(16_384);
    try (CSVPrinter csv = Csv.to(text, COLUMNS)) {
      for (Export.Identifier identifier : export.identifiers()) {
        row(
            csv,
            Map.of("part", "identifier", "name", identifier.kind(), "value", identifier.value()));
      }
      for (Export.Item item : export.items()) {
        item(csv, item);
      }
      row(
          csv,
          Map.of("part", "restriction", "status", export.restricted() ? "RESTRICTED" : "NONE"));
      for (var objection : export.objections()) {
        row(
            csv,
            Map.of(
                "part", "objection",
                "purpose", objection.purpose(),
                "time", objection.at().toString()));
      }
      for (ConsentEvent consent : export.consents()) {
        consent(csv, consent);
      }
      for (ObjectNode access : export.accesses()) {
        access(csv, access);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void item(CSVPrinter csv, Export.Item item) throws IOException {
    row(
        csv,
        Map.of(
            "part", item.isEvent() ? "event" : "value",
            "name", item.name(),
            "value", text(item.value()),
            "time", item.observed(),
            "facet", item.facet(),
            "category", item.category(),
            "origin", item.origin().code(),
            "source", item.source(),
            "batch", item.batch()));
  }

  private static void consent(CSVPrinter csv, ConsentEvent consent) throws IOException {
    Details details =
        new Details(
            consent.explicit(),
            consent.noticeVersion(),
            consent.language(),
            consent.method(),
            Optional.ofNullable(consent.expiresAt()));
    row(
        csv,
        Map.of(
            "part", "consent",
            "time", consent.at().toString(),
            "purpose", consent.purpose().curie(),
            "recipient", consent.recipient(),
            "status", consent.status().name(),
            "details", Json.tree(details).toString()));
  }

  /** What a row has no column for. */
  private record Details(
      boolean explicit, String notice, String language, String method, Optional<Instant> expires) {}

  private static void access(CSVPrinter csv, ObjectNode access) throws IOException {
    row(
        csv,
        Map.of(
            "part", "access",
            "name", access.path("type").asText(),
            "time", Instant.ofEpochMilli(access.path("time").longValue()).toString(),
            "purpose", access.path("purpose").asText(),
            "recipient", access.path("actor").asText(),
            "status", access.path("decision").asText(),
            "details", access.toString()));
  }

  private static void row(CSVPrinter csv, Map<String, String> cells) throws IOException {
    Csv.row(csv, COLUMNS, cells);
  }

  /** Writes a text as it is, any other value as JSON. */
  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }
}
