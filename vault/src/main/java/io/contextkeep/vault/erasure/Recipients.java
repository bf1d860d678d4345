package io.contextkeep.vault.erasure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.context.QuestionRecord;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.db.Db;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The apps that received a customer's data, each with the names that it used. They are read from
 * the customer's log entries, as long as the customer's key opens them.
 */
final class Recipients {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 500;

  private final Db db;

  Recipients(Db db) {
    this.db = db;
  }

  /** Returns the recipients; one without a name received data before names were kept. */
  Map<String, SortedSet<String>> of(SubjectId subject, SubjectKey key) {
    Map<String, SortedSet<String>> found = new TreeMap<>();
    db.inRead(c -> AuditReader.readers(c, subject.value()))
        .forEach(app -> found.put(app, new TreeSet<>()));
    if (found.isEmpty()) {
      return found;
    }
    long before = Long.MAX_VALUE;
    List<AuditReader.Access> page;
    do {
      long from = before;
      page = db.inRead(c -> AuditReader.accesses(c, subject.value(), key, from, PAGE));
      page.forEach(access -> note(found, access));
      before = page.isEmpty() ? before : page.getLast().entry().index();
    } while (page.size() == PAGE);
    return found;
  }

  private static void note(Map<String, SortedSet<String>> found, AuditReader.Access access) {
    SortedSet<String> names = found.get(access.entry().word("actor"));
    boolean read =
        access.entry().type().equals("read") && access.entry().word("decision").equals("permit");
    if (names != null && read) {
      JsonNode name = details(access).path(QuestionRecord.ASKED_AS);
      if (name.isTextual()) {
        names.add(name.textValue());
      }
    }
  }

  private static JsonNode details(AuditReader.Access access) {
    try {
      return JSON.readTree(access.details()).path("details");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A private part is not JSON", e);
    }
  }
}
