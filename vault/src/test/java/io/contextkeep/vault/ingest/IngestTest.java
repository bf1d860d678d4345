package io.contextkeep.vault.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.Inside;
import io.contextkeep.vault.context.Sealed;
import io.contextkeep.vault.context.SourceLine;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.derived.Derivable;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Facet;
import io.contextkeep.vault.registry.ValueRule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events that are sealed before the transaction, and what may change in between. */
final class IngestTest {
  private static final Identifier ANN = new Identifier("email", "ann@example.com");
  private static final Identifier BOB = new Identifier("email", "bob@example.com");

  @TempDir Path dir;
  private final InstantSource clock = InstantSource.system();
  private final long now = clock.millis();
  private Db db;
  private SubjectKeys keys;
  private Customers customers;
  private BlindIndex blindIndex;
  private Ingest ingest;

  @BeforeEach
  void start() throws Exception {
    SecureRandom random = new SecureRandom();
    RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
    keys = new SubjectKeys(dir.resolve("keys.db"), root, random, Thread::new);
    db = Db.open(dir.resolve("vault.db"), Schema.migrations(), Thread::new);
    blindIndex = new BlindIndex(root);
    customers = new Customers(blindIndex, IdentifierKinds.NONE);
    AuditLog log = Inside.log(dir, db, root);
    ingest = Inside.ingest(db, root, keys, customers, log);
    for (Identifier customer : List.of(ANN, BOB)) {
      List<SourceLine> lines = List.of(visit(1, customer, "first", "a"));
      write(lines, ingest.prepare("crm", lines));
    }
  }

  @AfterEach
  void stop() {
    db.close();
    keys.close();
  }

  private SourceLine visit(int number, Identifier customer, String id, String value) {
    Attribute visit =
        new Attribute(
            "visit",
            Attribute.Kind.EVENT,
            Facet.PROFILE,
            DataCategory.parse("pd:Country").orElseThrow(),
            "low",
            "{}",
            ValueRule.of(new ObjectMapper().createObjectNode()),
            Duration.ofDays(1),
            Optional.empty());
    return new SourceLine(
        number, List.of(customer), visit, Optional.of(id), now, TextNode.valueOf(value));
  }

  private Ingest.Written write(List<SourceLine> lines, Ingest.Prepared prepared) {
    return db.inWrite(c -> ingest.write(c, "crm", "b", lines, prepared, Derivable.NOTHING));
  }

  private SubjectId subject(Identifier customer) {
    return db.inRead(c -> customers.find(c, customer)).orElseThrow();
  }

  /** Returns what the customer's events say, opened by the customer's key. */
  private List<String> events(SubjectId subject) {
    var opener = keys.find(subject).orElseThrow().opener();
    return db.inRead(
        c ->
            new ArrayList<>(
                Sql.query(
                    c,
                    "SELECT id, sealed FROM event WHERE subject = ? ORDER BY sealed",
                    row ->
                        new String(
                            opener.open(
                                Sealed.eventRecord("visit", row.getBytes(1)), now, row.getBytes(2)),
                            StandardCharsets.UTF_8),
                    subject.value())));
  }

  @Test
  void eventsOfOneBatch_areKeptOnce_andOneOfAnotherValueIsRefused() {
    List<SourceLine> lines =
        List.of(
            visit(1, ANN, "first", "a"),
            visit(2, ANN, "second", "b"),
            visit(3, ANN, "second", "b"),
            visit(4, ANN, "second", "c"));
    Ingest.Written written = write(lines, ingest.prepare("crm", lines));
    assertThat(written.kept()).extracting(SourceLine::number).containsExactly(2);
    assertThat(written.repeated()).isEqualTo(2);
    assertThat(written.faults())
        .extracting(fault -> fault.line() + " " + fault.code())
        .containsExactly("4 event_conflict");
    assertThat(events(subject(ANN))).containsExactlyInAnyOrder("\"a\"", "\"b\"");
  }

  @Test
  void theSameBatchPreparedTwice_isKeptOnce() {
    List<SourceLine> lines = List.of(visit(1, ANN, "second", "b"));
    Ingest.Prepared one = ingest.prepare("crm", lines);
    Ingest.Prepared other = ingest.prepare("crm", lines);
    assertThat(write(lines, one).kept()).hasSize(1);
    assertThat(write(lines, other).repeated()).isEqualTo(1);
    assertThat(events(subject(ANN))).hasSize(2);
  }

  @Test
  void anEventOfACustomerWhoseKeyIsGoneMeanwhile_isNotWritten() {
    List<SourceLine> lines = List.of(visit(1, ANN, "second", "b"));
    Ingest.Prepared prepared = ingest.prepare("crm", lines);
    SubjectId ann = subject(ANN);
    keys.shred(ann, clock.instant());
    Ingest.Written written = write(lines, prepared);
    assertThat(written.kept()).isEmpty();
    assertThat(written.faults()).extracting(Ingest.Fault::code).containsExactly("try_again");
    assertThat(rows(ann)).isEqualTo(1);
  }

  @Test
  void anEventWhoseIdentifierIsAnothersMeanwhile_isSealedForThem() {
    List<SourceLine> lines = List.of(visit(1, ANN, "second", "b"));
    Ingest.Prepared prepared = ingest.prepare("crm", lines);
    SubjectId ann = subject(ANN);
    SubjectId bob = subject(BOB);
    db.inWrite(
        c ->
            Sql.update(
                c,
                "UPDATE identifier SET subject = ? WHERE subject = ?",
                bob.value(),
                ann.value()));
    assertThat(write(lines, prepared).kept()).hasSize(1);
    assertThat(rows(ann)).isEqualTo(1);
    assertThat(events(bob)).containsExactlyInAnyOrder("\"a\"", "\"b\"");
  }

  @Test
  void aCustomerWhomTwoBatchesBring_isEnrolledOnce_andBothBatchesAreReadable() {
    Identifier eve = new Identifier("email", "eve@example.com");
    List<SourceLine> one = List.of(visit(1, eve, "first", "a"), visit(2, eve, "second", "b"));
    List<SourceLine> other = List.of(visit(1, eve, "third", "c"), visit(2, eve, "first", "a"));
    Ingest.Prepared first = ingest.prepare("crm", one);
    Ingest.Prepared second = ingest.prepare("crm", other);
    assertThat(write(one, first).kept()).hasSize(2);
    Ingest.Written written = write(other, second);
    assertThat(written.kept()).extracting(SourceLine::number).containsExactly(1);
    assertThat(written.repeated()).isEqualTo(1);
    assertThat(events(subject(eve))).containsExactlyInAnyOrder("\"a\"", "\"b\"", "\"c\"");
  }

  @Test
  void anEventThatIsTwiceInTheBatchThatBringsItsCustomer_isKeptOnce() {
    Identifier eve = new Identifier("email", "eve@example.com");
    List<SourceLine> lines =
        List.of(
            visit(1, eve, "first", "a"), visit(2, eve, "first", "a"), visit(3, eve, "first", "b"));
    Ingest.Written written = write(lines, ingest.prepare("crm", lines));
    assertThat(written.kept()).extracting(SourceLine::number).containsExactly(1);
    assertThat(written.repeated()).isEqualTo(1);
    assertThat(written.faults()).extracting(Ingest.Fault::code).containsExactly("event_conflict");
  }

  @Test
  void anEventOfAnOlderVault_isNotKeptAgain() {
    SubjectId ann = subject(ANN);
    db.inWrite(
        c ->
            Sql.update(
                c,
                "UPDATE event SET body = NULL, id = ? WHERE subject = ?",
                blindIndex.of("event/visit", "first"),
                ann.value()));
    List<SourceLine> lines = List.of(visit(1, ANN, "first", "a"), visit(2, ANN, "second", "b"));
    Ingest.Written written = write(lines, ingest.prepare("crm", lines));
    assertThat(written.repeated()).isEqualTo(1);
    assertThat(written.kept()).extracting(SourceLine::number).containsExactly(2);
    assertThat(rows(ann)).isEqualTo(2);
  }

  @Test
  void whetherThereAreEventsOfOlderVaults_isKnownWithoutReadingTheOthers() {
    List<String> plan =
        db.inRead(
            c ->
                Sql.query(
                    c,
                    "EXPLAIN QUERY PLAN SELECT 1 FROM event WHERE body IS NULL LIMIT 1",
                    row -> row.getString(4)));
    assertThat(plan).singleElement().asString().contains("event_former");
  }

  private long rows(SubjectId subject) {
    return db.inRead(
        c -> Sql.number(c, "SELECT count(*) FROM event WHERE subject = ?", subject.value()));
  }
}
