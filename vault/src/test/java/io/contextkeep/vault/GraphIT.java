package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentGraph;
import io.contextkeep.ontology.Graphs;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.graph.Projector;
import io.contextkeep.vault.graph.Rebuild;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.ops.Backup;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.jena.graph.Graph;
import org.apache.jena.query.QueryExecution;
import org.apache.jena.query.QueryExecutionFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.core.Quad;
import org.apache.jena.sparql.graph.GraphFactory;
import org.apache.jena.sys.JenaSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The graph of a running vault: its content, its rebuild, and the removal of erased customers. */
@Order(1)
final class GraphIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";

  @TempDir Path dir;
  private TestVault vault;

  @BeforeAll
  static void initialise() {
    JenaSystem.init();
  }

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void consentsAndBatches_areInTheGraph_inTermsOfDpvAndProv() {
    vault.write("1", "country", "\"x\"");
    ok(vault.put(customer("1"), CONSENT, "{\"explicit\": true, \"notice\": \"v7\"}"));
    ok(vault.delete(customer("1"), CONSENT));

    assertThat(
            ask(
                """
                ASK { GRAPH ?customer {
                  ?given dpv:hasDataSubject ?customer ; dpv:hasConsentStatus dpv:ConsentGiven ;
                    dpv:hasPurpose dpv:ServicePersonalisation ;
                    dpv:hasLegalBasis dpv:ExplicitlyExpressedConsent ;
                    dpv:hasRecipient <urn:contextkeep:app:shop> ;
                    dpv:hasNotice <urn:contextkeep:notice:v7> ; ck:place ?first .
                  ?withdrawn dpv:hasConsentStatus dpv:ConsentWithdrawn ; ck:place ?second .
                  FILTER (?first < ?second) }
                  GRAPH ?batch {
                    ?batch a prov:Activity ; prov:wasAssociatedWith <urn:contextkeep:app:crm> .
                    ?what prov:wasGeneratedBy ?batch ; dpv:hasPersonalData pd:Country ;
                      ck:count 1 } }
                """))
        .isTrue();
  }

  @Test
  void onlyAcceptedLines_areCountedInTheLineage() {
    ok(
        vault.post(
            vault.token(Role.SOURCE, "crm"),
            "/v1/ingest",
            """
            {"customer":{"customer_number":"1"},"attribute":"country","observed":"2026-01-02T00:00:00Z","value":"x"}
            {"customer":{"customer_number":"1"},"attribute":"country","observed":"2026-01-01T00:00:00Z","value":"y"}
            {"customer":{"customer_number":"2"},"attribute":"country","observed":"2026-01-01T00:00:00Z","value":"z"}
            {"customer":{"customer_number":"1"},"attribute":"email","observed":"2026-01-01T00:00:00Z","value":7}
            """,
            Map.of("Idempotency-Key", "k")));

    assertThat(ask("ASK { GRAPH ?g { ?w dpv:hasPersonalData pd:Country ; ck:count 2 } }")).isTrue();
    assertThat(ask("ASK { GRAPH ?g { ?w dpv:hasPersonalData pd:EmailAddress } }")).isFalse();
  }

  @Test
  void aLostGraph_isRebuiltIdentically_byTheNextStartAndByTheCommand() {
    for (int i = 1; i <= 5; i++) {
      vault.write("" + i, "country", "\"x\"");
      ok(vault.put(customer("" + i), CONSENT, ""));
    }
    ok(vault.delete(customer("3"), CONSENT));
    Set<Quad> before = quads();
    assertThat(before).hasSizeGreaterThan(5 * 20);

    vault.whileStopped(() -> Graphs.deleteTree(graph()));
    assertThat(quads()).isEqualTo(before);

    vault.whileStopped(
        () -> {
          Graphs.deleteTree(graph());
          assertThat(RebuildGraphCommand.rebuild(vault.config()))
              .isEqualTo(new Rebuild.Report(6, 5));
          assertThat(quadsOnDisk()).isEqualTo(before);
        });
    assertThat(quads()).isEqualTo(before);
  }

  @Test
  void theRebuildCommand_isRefusedWhileTheVaultRuns() {
    vault.write("1", "country", "\"x\"");
    Set<Quad> before = quads();
    assertThatThrownBy(() -> RebuildGraphCommand.rebuild(vault.config()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stop it");
    assertThat(quads()).isEqualTo(before);
  }

  @Test
  void afterARestoredBackup_theGraphMatchesTheDatabase() throws IOException {
    vault.write("1", "country", "\"x\"");
    vault.write("2", "country", "\"x\"");
    ok(vault.put(customer("1"), CONSENT, ""));
    Set<Quad> before = quads();
    Path copy = dir.resolve("copy");
    Backup.write(dir.resolve("data"), dir.resolve("keys"), copy, Customers::all);
    ok(vault.put(customer("2"), CONSENT, "{\"notice\": \"lost\"}"));
    assertThat(ask("ASK { GRAPH ?g { ?c dpv:hasNotice <urn:contextkeep:notice:lost> } }")).isTrue();

    vault.whileStopped(
        () -> {
          replace(dir.resolve("data/vault.db"), copy.resolve("data/vault.db"));
          replace(dir.resolve("keys/last.checkpoint"), copy.resolve("data/last.checkpoint"));
        });
    ok(vault.put(customer("1"), CONSENT, "{\"notice\": \"other\"}"));

    assertThat(ask("ASK { GRAPH ?g { ?c dpv:hasNotice <urn:contextkeep:notice:lost> } }"))
        .isFalse();
    assertThat(ask("ASK { GRAPH ?g { ?c dpv:hasNotice <urn:contextkeep:notice:other> } }"))
        .isTrue();
    assertThat(quads()).containsAll(before);
  }

  @Test
  void anOlderGraph_isRebuilt() {
    vault.write("1", "country", "\"x\"");
    ok(vault.put(customer("1"), CONSENT, ""));
    vault.catchUp();
    Path old = dir.resolve("old-graph");
    vault.whileStopped(() -> Disk.copyTree(graph(), old));
    ok(vault.delete(customer("1"), CONSENT));
    Set<Quad> before = quads();

    vault.whileStopped(
        () -> {
          Graphs.deleteTree(graph());
          Disk.copyTree(old, graph());
        });
    assertThat(quads()).isEqualTo(before);
    Graphs.deleteTree(old);
  }

  @Test
  void derivationsAndRemovals_areInTheGraph_withoutTheCustomer() {
    vault.register(
        "/v1/apps/crm",
        """
        {"name": "CRM", "facets": ["profile", "intent"], "purposes": ["dpv:CustomerCare"]}\
        """);
    vault.write("1", "country", "\"" + TestVault.CANARY + "\"");
    String line =
        """
        {"customer": {"customer_number": "1"}, "attribute": "mood", "observed": "%s", "value": "x",\
         "derived": {"from": ["country"], "rule": "mood.v2", "kind": "inferred",\
         "purpose": "dpv:CustomerCare"}}\
        """
            .formatted(vault.observedNow());
    Map<String, String> key = Map.of("Idempotency-Key", "derived");
    JsonNode report =
        ok(vault.post(vault.token(Role.SOURCE, "crm"), "/v1/ingest", line, key)).body();
    assertThat(report.path("kept").intValue()).as("%s", report).isEqualTo(1);
    ok(vault.put(customer("1"), CONSENT, ""));
    SubjectId subject = subject("1");
    ok(vault.delete(customer("1"), "/v1/me"));
    vault.catchUp();
    List<String> properties = quads().stream().map(q -> q.getPredicate().getURI()).toList();
    assertThat(properties)
        .contains(
            "http://www.w3.org/ns/prov#wasDerivedFrom",
            "http://www.w3.org/ns/prov#hadPlan",
            "http://www.w3.org/ns/prov#wasInvalidatedBy");
    assertThat(quads().toString())
        .contains("urn:contextkeep:removal:1:pd:Country", "urn:contextkeep:removal:1:pd:Interest")
        .doesNotContain(subject.toString());
  }

  @Test
  void aGraphThatCannotBeWritten_stopsNoConsentOrRead_isReported_andRecovers() {
    vault.whileStopped(
        () -> {
          Graphs.deleteTree(graph());
          write(graph(), "in the way");
        });
    vault.write("1", "country", "\"x\"");
    ok(vault.put(customer("1"), CONSENT, ""));
    ok(vault.ask("1", "country"));
    assertThat(vault.vault().projector().awaitCaughtUp(Duration.ofMillis(1))).isFalse();
    assertThat(vault.vault().projector().lag()).isEqualTo(new Projector.Lag(1, 1, 0, 0, 0, 0));
    ok(vault.delete(customer("1"), "/v1/me"));

    delete(graph());
    vault.catchUp();
    assertThat(ask("ASK { GRAPH ?g { ?c a prov:Activity } }")).isTrue();
    assertThat(ask("ASK { GRAPH ?g { ?c a dpv:ConsentRecord } }")).isFalse();
  }

  @Test
  void damagedFiles_areRebuilt() {
    vault.write("1", "country", "\"x\"");
    ok(vault.put(customer("1"), CONSENT, ""));
    Set<Quad> before = quads();
    vault.whileStopped(
        () -> {
          for (String file : List.of("GSPO.bpt", "GSPO.dat", "GSPO.idn", "nodes.dat")) {
            write(files().resolve("Data-0001").resolve(file), "damaged beyond repair");
          }
        });
    ok(vault.delete(customer("1"), CONSENT));
    assertThat(quads()).containsAll(before).hasSize(before.size() + 11);
  }

  @Test
  void afterErasures_noFileHasTheCustomersNumbers() {
    vault.write("1", "country", "\"x\"");
    ok(vault.put(customer("1"), CONSENT, ""));
    List<SubjectId> gone = new ArrayList<>();
    writeMany(2, 200);
    for (int i = 2; i <= 9; i++) {
      ok(vault.put(customer("" + i), CONSENT, ""));
      gone.add(subject("" + i));
    }
    vault.catchUp();
    writeMany(201, 400);
    assertThat(filesWith(gone.getFirst())).anyMatch(file -> file.startsWith(graph()));

    for (int i = 2; i <= 9; i++) {
      ok(vault.delete(customer("" + i), "/v1/me"));
    }
    vault.catchUp();

    assertThat(gone).allSatisfy(subject -> assertThat(filesWith(subject)).isEmpty());
    assertThat(Graphs.countGenerations(files())).isEqualTo(1);
    assertThat(filesWith(subject("1"))).isNotEmpty();
    vault.restart();
    vault.catchUp();
    assertThat(gone).allSatisfy(subject -> assertThat(filesWith(subject)).isEmpty());
  }

  private void writeMany(int first, int last) {
    StringBuilder lines = new StringBuilder();
    for (int i = first; i <= last; i++) {
      for (String name : List.of("country", "email", "health_note")) {
        lines.append(
            "{\"customer\":{\"customer_number\":\"%d\"},\"attribute\":\"%s\",\"observed\":\"%s\",\"value\":\"%s\"}%n"
                .formatted(i, name, vault.observedNow(), "x".repeat(i % 200)));
      }
    }
    Map<String, String> key = Map.of("Idempotency-Key", "many-" + first);
    ok(vault.post(vault.token(Role.SOURCE, "crm"), "/v1/ingest", lines.toString(), key));
  }

  @Test
  void anInterruptedErasure_reachesTheGraphAfterTheNextStart() {
    vault.write("1", "country", "\"x\"");
    ok(vault.put(customer("1"), CONSENT, ""));
    vault.catchUp();
    SubjectId ann = subject("1");
    AtomicReference<List<Path>> between = new AtomicReference<>();
    vault.whileStopped(
        () -> {
          inDatabase(
              db ->
                  db.inWrite(
                      c ->
                          Sql.update(
                              c, "UPDATE subject SET erasing = 1 WHERE id = ?", ann.value())));
          between.set(filesWith(ann));
        });
    assertThat(between.get()).anyMatch(file -> file.startsWith(graph()));
    vault.catchUp();
    assertThat(filesWith(ann)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anErasureInterruptedBeforeTheGraph_reachesItAfterTheNextStart(boolean marked) {
    vault.write("1", "country", "\"x\"");
    ok(vault.put(customer("1"), CONSENT, ""));
    vault.catchUp();
    SubjectId ann = subject("1");
    Path aside = dir.resolve("data/aside");
    vault.whileStopped(
        () -> {
          move(graph(), aside);
          write(graph(), "in the way");
        });
    ok(vault.delete(customer("1"), "/v1/me"));
    assertThat(vault.vault().projector().lag().erasures()).isEqualTo(1);
    vault.whileStopped(
        () -> {
          delete(graph());
          move(aside, graph());
          assertThat(filesWith(ann)).anyMatch(file -> file.startsWith(graph()));
          if (marked) {
            inDatabase(
                db ->
                    db.inWrite(
                        c ->
                            Sql.update(
                                c,
                                "INSERT INTO subject (id, erasing) VALUES (?, 1)",
                                ann.value())));
          }
        });
    vault.catchUp();
    assertThat(filesWith(ann)).isEmpty();
    assertThat(vault.get(customer("1"), "/v1/me").status()).isEqualTo(404);
  }

  @Test
  void customersConsents_areAvailableAsJsonLd_withTheTriplesOfTheGraph() throws Exception {
    vault.write("1", "country", "\"x\"");
    String ann = customer("1");
    ok(
        vault.put(
            ann,
            CONSENT,
            "{\"explicit\": true, \"notice\": \"v1\", \"language\": \"en-GB\", \"expires\":"
                + " \"2099-01-01T00:00:00Z\"}"));
    ok(vault.delete(ann, CONSENT));
    ok(vault.delete(ann, "/v1/me/consents/dpv:CustomerCare/shop"));

    HttpResponse<byte[]> response = get(ann, "application/ld+json");
    assertThat(response.headers().firstValue("Content-Type")).contains("application/ld+json");
    Graph parsed = GraphFactory.createDefaultGraph();
    RDFParser.create().source(new StringReader(text(response))).lang(Lang.JSONLD11).parse(parsed);

    SubjectId subject = subject("1");
    List<ConsentEvent> history =
        vault.vault().db().inRead(c -> ConsentLedger.after(c, 0, 10)).stream()
            .filter(event -> event.subject().equals(subject))
            .toList();
    assertThat(history).hasSize(3);
    Graph made = ConsentGraph.of(subject, history).triples();
    assertThat(parsed.isIsomorphicWith(made)).as("%s%n%s", parsed, made).isTrue();
    assertThat(parsed.stream().filter(t -> t.getPredicate().getURI().endsWith("hasPurpose")))
        .hasSize(3)
        .allMatch(t -> t.getObject().isURI());

    vault.catchUp();
    Set<Quad> hers =
        quads().stream()
            .filter(q -> q.getGraph().getURI().endsWith(subject.toString()))
            .collect(Collectors.toSet());
    assertThat(hers.stream().map(Quad::asTriple))
        .containsExactlyInAnyOrderElementsOf(parsed.find().toList());
  }

  @Test
  void jsonIsTheDefault_andOtherFormatsAreNotAcceptable() {
    vault.write("1", "country", "\"x\"");
    String ann = customer("1");
    assertThat(get(ann, "*/*").headers().firstValue("Content-Type")).contains("application/json");
    HttpResponse<byte[]> refused = get(ann, "text/turtle");
    assertThat(refused.statusCode()).isEqualTo(406);
    assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(text(refused)).contains("application/ld+json");
  }

  private String customer(String number) {
    return vault.customer("customer_number:" + number);
  }

  /** Returns the customer's number in the vault, from their consents. */
  private SubjectId subject(String number) {
    String id =
        vault
            .send(
                customer(number),
                "GET",
                "/v1/me/consents",
                "",
                Map.of("Accept", "application/ld+json"))
            .body()
            .at("/@graph/0/dataSubject")
            .textValue();
    return SubjectId.parse(id.substring(id.lastIndexOf(':') + 1));
  }

  private HttpResponse<byte[]> get(String token, String accept) {
    return vault.exchange(
        "GET",
        "/v1/me/consents",
        new byte[0],
        Map.of("Authorization", "Bearer " + token, "Accept", accept));
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private Path graph() {
    return dir.resolve("data/graph");
  }

  /** Returns the directory of Jena's files. */
  private Path files() {
    try (Stream<Path> entries = Files.list(graph())) {
      List<Path> graphs =
          entries.filter(entry -> entry.getFileName().toString().startsWith("graph-")).toList();
      assertThat(graphs).hasSize(1);
      return graphs.getFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Set<Quad> quads() {
    vault.catchUp();
    AtomicReference<Set<Quad>> quads = new AtomicReference<>(Set.of());
    vault.whileStopped(() -> quads.set(quadsOnDisk()));
    return quads.get();
  }

  private Set<Quad> quadsOnDisk() {
    try (Graphs graphs = Graphs.open(files())) {
      return graphs.read(d -> d.asDatasetGraph().stream().collect(Collectors.toSet()));
    }
  }

  private boolean ask(String query) {
    vault.catchUp();
    AtomicReference<Boolean> answer = new AtomicReference<>();
    vault.whileStopped(
        () -> {
          try (Graphs graphs = Graphs.open(files())) {
            answer.set(
                graphs.read(
                    d -> {
                      try (QueryExecution execution =
                          QueryExecutionFactory.create(
                              """
                              PREFIX dpv: <https://w3id.org/dpv#>
                              PREFIX pd: <https://w3id.org/dpv/pd#>
                              PREFIX prov: <http://www.w3.org/ns/prov#>
                              PREFIX ck: <urn:contextkeep:vocab#>
                              """
                                  + query,
                              d)) {
                        return execution.execAsk();
                      }
                    }));
          }
        });
    return Boolean.TRUE.equals(answer.get());
  }

  private void inDatabase(java.util.function.Consumer<Db> work) {
    try (Db db = Vault.openDatabase(vault.config())) {
      work.accept(db);
    }
  }

  /** Returns the data files that have the number: as text, as a value of SQLite, or as a key. */
  private List<Path> filesWith(SubjectId subject) {
    return Disk.filesWith(
        dir.resolve("data"),
        List.of(
            subject.toString().getBytes(StandardCharsets.US_ASCII),
            ByteBuffer.allocate(Long.BYTES).putLong(subject.value()).array(),
            varint(subject.value())));
  }

  /**
   * A number as a key of SQLite: seven bits to a byte; where that makes nine, the last has eight.
   */
  private static byte[] varint(long number) {
    boolean nine = number >>> 56 != 0;
    int length = nine ? 9 : Math.max(1, (70 - Long.numberOfLeadingZeros(number)) / 7);
    byte[] bytes = new byte[length];
    long rest = number;
    for (int i = length - 1; i >= 0; i--) {
      int bits = nine && i == 8 ? 8 : 7;
      boolean more = i < length - 1;
      bytes[i] = (byte) (rest & (1 << bits) - 1 | (more ? 0x80 : 0));
      rest >>>= bits;
    }
    return bytes;
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A restore to another machine, which has not seen the later log. */
  private void replace(Path database, Path copy) {
    try {
      Files.deleteIfExists(dir.resolve("keys/last.checkpoint"));
      Files.deleteIfExists(database.resolveSibling(database.getFileName() + "-wal"));
      Files.deleteIfExists(database.resolveSibling(database.getFileName() + "-shm"));
      Files.move(copy, database, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
