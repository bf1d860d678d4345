package io.contextkeep.vault.lineage;

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
import io.contextkeep.vault.web.Accept;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why the vault knows something about a customer, and who has seen it: for herself. */
final class LineageApi implements Routes.Api {
  static final List<String> FORMS = List.of(Media.JSON, Media.JSON_LD);

  /** The entries that are looked through; who has more pages through /v1/me/accesses. */
  private static final int MOST_ACCESSES = 10_000;

  /** The entries that are named of each use. */
  private static final int MOST_NAMED = 100;

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
        .as(Role.CUSTOMER)
        .on(
            HttpMethod.GET,
            "/v1/me/lineage/:attribute",
            Media.NO_BODY.giving(FORMS),
            this::lineage);
  }

  private record Found(Optional<Lineage> lineage, Uses uses) {}

  /** What nothing is held of and what is not shown any more look the same. */
  Answer lineage(Request request) {
    request.onlyQuery();
    String form = Accept.choose(request.header("Accept"), FORMS);
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
                        AuditReader.accesses(
                            c, subject.value(), key, Long.MAX_VALUE, MOST_ACCESSES),
                        attribute.name(),
                        AuditReader.prunedTo(c, subject.value()))));
    Lineage lineage =
        found
            .lineage()
            .orElseThrow(
                () -> new Problem(404, "not_held", "Nothing is held about you under this name"));
    ObjectNode body =
        form.equals(Media.JSON_LD)
            ? LineageDocument.of(subject, lineage, found.uses())
            : LineageJson.of(lineage, found.uses());
    return Answer.of(200, form, body);
  }

  private record Reader(String actor, String purpose, String basis) {}

  /** The entries by which the attribute left the vault, by who read it and what for. */
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
        accesses.size() == MOST_ACCESSES);
  }

  private static boolean released(ObjectNode entry, String attribute) {
    for (JsonNode name : entry.at("/details/released")) {
      if (name.asText().equals(attribute)) {
        return true;
      }
    }
    return false;
  }

  /** The newest come first. */
  private Uses.Use use(Reader read, List<Access> entries) {
    return new Uses.Use(
        this.reader.source(read.actor()),
        read.purpose(),
        read.basis(),
        entries.size(),
        Instant.ofEpochMilli(entries.getLast().entry().time()),
        Instant.ofEpochMilli(entries.getFirst().entry().time()),
        entries.stream().limit(MOST_NAMED).map(access -> access.entry().index()).toList());
  }
}
