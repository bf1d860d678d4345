package io.contextkeep.vault.lineage;

import static io.vertx.core.http.HttpMethod.GET;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.AuditReader.Access;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.auditlog.Accesses;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The lineage of an attribute for the customer: where it came from and who has read it. */
final class LineageApi implements Routes.Api {
  /** The most entries that are searched; /v1/me/accesses has the older ones. */
  private static final int MAX_ACCESSES = 10_000;

  /** The most entries that are named for each use. */
  private static final int MAX_NAMED = 100;

  private final CustomerSession me;
  private final Db db;
  private final Registry registry;
  private final LineageReader reader;

  LineageApi(CustomerSession me, Db db, Registry registry, LineageReader reader) {
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.reader = reader;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/v1/me/lineage/:attribute")
        .as(Role.CUSTOMER)
        .giving(Media.JSON, Media.JSON_LD)
        .handle(this::lineage);
  }

  private record Found(Optional<Lineage> lineage, Uses uses) {}

  /**
   * Returns the answer about an attribute; one without data and one that has expired get the same.
   */
  private Answer lineage(Request request) {
    SubjectId subject = me.subject(request);
    Attribute attribute =
        registry
            .attribute(request.path("attribute"))
            .orElseThrow(
                () -> new Problem(404, "unknown_attribute", "No such attribute is registered"));
    SubjectKey key = me.key(subject);
    me.recordView(request, subject, "lineage");
    Found found =
        db.inRead(
            c ->
                new Found(
                    reader.of(c, subject, attribute),
                    uses(
                        AuditReader.accesses(c, subject.value(), key, Long.MAX_VALUE, MAX_ACCESSES),
                        attribute.name(),
                        AuditReader.prunedTo(c, subject.value()))));
    Lineage lineage =
        found
            .lineage()
            .orElseThrow(
                () -> new Problem(404, "not_held", "Nothing is held about you under this name"));
    return request.type().equals(Media.JSON_LD)
        ? Answer.of(200, Media.JSON_LD, LineageDocument.of(subject, lineage, found.uses()))
        : Answer.ok(LineageAnswer.of(lineage, found.uses()));
  }

  private record Reader(String actor, String purpose, String basis) {}

  /** Groups the entries that released the attribute by reader, purpose and legal basis. */
  private Uses uses(List<Access> accesses, String attribute, Optional<Long> prunedTo) {
    Map<Reader, List<Access>> reads = new LinkedHashMap<>();
    for (Access access : accesses) {
      ObjectNode shown = Accesses.shown(access);
      if (released(shown, attribute)) {
        Reader reader =
            new Reader(
                shown.path("actor").asText(),
                shown.path("purpose").asText(),
                shown.path("basis").asText());
        reads.computeIfAbsent(reader, _ -> new ArrayList<>()).add(access);
      }
    }
    return new Uses(
        reads.entrySet().stream().map(read -> use(read.getKey(), read.getValue())).toList(),
        prunedTo,
        accesses.size() == MAX_ACCESSES);
  }

  private static boolean released(ObjectNode entry, String attribute) {
    for (JsonNode name : entry.at("/details/released")) {
      if (name.asText().equals(attribute)) {
        return true;
      }
    }
    return false;
  }

  /** Summarises entries, of which the newest come first. */
  private Uses.Use use(Reader read, List<Access> entries) {
    return new Uses.Use(
        this.reader.source(read.actor()),
        read.purpose(),
        read.basis(),
        entries.size(),
        Instant.ofEpochMilli(entries.getLast().entry().time()),
        Instant.ofEpochMilli(entries.getFirst().entry().time()),
        entries.stream().limit(MAX_NAMED).map(access -> access.entry().index()).toList());
  }
}
