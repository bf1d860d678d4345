package io.contextkeep.ontology.sparql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Graphs;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.jena.query.QueryFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The queries that are possible, and the attacks that are not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SparqlTest {
  private static final Instant SAID = Instant.parse("2026-11-24T12:00:00Z");
  private static final int CUSTOMERS = 40;
  private static final long MEMORY = 64L << 20;
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String PREFIXES =
      "PREFIX dpv: <https://w3id.org/dpv#> PREFIX ck: <urn:contextkeep:vocab#>"
          + " PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"
          + " PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> ";

  private Graphs graphs;

  @BeforeAll
  void open(@TempDir Path dir) {
    graphs = Graphs.open(dir);
    graphs.write(
        draft -> {
          for (int i = 1; i <= CUSTOMERS; i++) {
            SubjectId subject = new SubjectId(i);
            List<ConsentEvent> events = new ArrayList<>();
            events.add(event(10 * i, subject, ConsentStatus.GIVEN, SAID));
            if (i % 4 == 0) {
              events.add(event(10 * i + 1, subject, ConsentStatus.WITHDRAWN, SAID.plusSeconds(60)));
            }
            events.forEach(draft::add);
          }
        });
  }

  @AfterAll
  void close() {
    graphs.close();
  }

  private static ConsentEvent event(long id, SubjectId subject, ConsentStatus status, Instant at) {
    return new ConsentEvent(
        id,
        subject,
        Purpose.parse("dpv:ServicePersonalisation").orElseThrow(),
        "shop",
        status,
        false,
        "shop-care.2",
        "en",
        "api",
        at,
        null);
  }

  private SparqlAnswer run(String query, AnswerForm form, StopSignal signal, int most) {
    try {
      return watched(SparqlQuery.parse(PREFIXES + query), form, signal, most);
    } catch (SparqlRefused e) {
      throw new AssertionError(e);
    }
  }

  /** Runs the query like the vault: one thread runs it and another watches it. */
  private SparqlAnswer watched(SparqlQuery query, AnswerForm form, StopSignal signal, int most) {
    CompletableFuture<SparqlAnswer> answer =
        CompletableFuture.supplyAsync(() -> query.run(graphs, signal, form, most));
    while (true) {
      try {
        return answer.get(10, TimeUnit.MILLISECONDS);
      } catch (TimeoutException stillAtWork) {
        signal.watch();
      } catch (InterruptedException | ExecutionException e) {
        throw new AssertionError(e);
      }
    }
  }

  private String ask(String query) {
    SparqlAnswer answer = run(query, AnswerForm.CSV, new StopSignal(LONG, 8 * MEMORY), 1_000);
    assertThat(answer.stop()).isEmpty();
    return new String(answer.body(), StandardCharsets.UTF_8).replace("\r", "");
  }

  private static String named(String name, Map<String, String> values) {
    try {
      NamedQuery.of(name).orElseThrow().with(values);
      return "";
    } catch (SparqlRefused e) {
      return e.code();
    }
  }

  private String csv(String name, Map<String, String> values) throws SparqlRefused {
    SparqlAnswer answer =
        watched(
            NamedQuery.of(name).orElseThrow().with(values),
            AnswerForm.CSV,
            new StopSignal(LONG, 8 * MEMORY),
            1_000);
    return new String(answer.body(), StandardCharsets.UTF_8).replace("\r", "");
  }

  @Test
  void theVaultsGraphs_areTheDefaultGraph_andDpvHasItsName() {
    assertThat(ask("SELECT (COUNT(*) AS ?n) { ?c a dpv:ConsentRecord }"))
        .isEqualTo("n\n" + (CUSTOMERS + CUSTOMERS / 4) + "\n");
    assertThat(
            ask(
                "SELECT ?p { GRAPH ?g { [] dpv:hasPurpose ?p } GRAPH <https://w3id.org/dpv>"
                    + " { ?p skos:broader+ dpv:Personalisation } } LIMIT 1"))
        .contains("https://w3id.org/dpv#ServicePersonalisation");
    assertThat(ask("SELECT ?label { dpv:Marketing skos:prefLabel ?label }")).isEqualTo("label\n");
  }

  @Test
  void namedQueries_haveTheDescribedAnswers() throws SparqlRefused {
    assertThat(csv("consents-at", Map.of("at", SAID.toString())))
        .isEqualTo(
            "purpose,app,consents\nhttps://w3id.org/dpv#ServicePersonalisation,"
                + "urn:contextkeep:app:shop,40\n");
    assertThat(csv("consents-at", Map.of("at", SAID.plusSeconds(61).toString()))).endsWith(",30\n");
    assertThat(csv("consents-at", Map.of("at", SAID.minusSeconds(1).toString())))
        .isEqualTo("purpose,app,consents\n");
    assertThat(
            csv(
                "withdrawals",
                Map.of("from", SAID.toString(), "until", SAID.plusSeconds(3600).toString())))
        .contains("ConsentWithdrawn", ",10\n");
    assertThat(csv("grants-below", Map.of("broader", "dpv:Personalisation")))
        .contains("Service Personalisation,40");
    assertThat(csv("grants-below", Map.of("broader", "dpv:Marketing")))
        .isEqualTo("purpose,label,grants\n");
    assertThat(csv("consents-by-notice", Map.of("notice", "shop-care.2"))).contains(",40,", ",10,");
    assertThat(csv("consents-without-notice", Map.of())).isEqualTo("purpose,app,events,last\n");
    assertThat(csv("batches", Map.of())).startsWith("source,category");
    assertThat(csv("releases", Map.of())).startsWith("purpose,population");
  }

  @Test
  void everyQueryFile_hasANameAndADescription() {
    assertThat(NamedQuery.all()).hasSize(8).allMatch(query -> query.answers().length() > 20);
  }

  @Test
  void aParameter_isAValueOfItsType_andNeverPartOfTheText() throws SparqlRefused {
    assertThat(named("consents-at", Map.of())).isEqualTo("missing_parameter");
    assertThat(named("consents-at", Map.of("at", "yesterday"))).isEqualTo("invalid_parameter");
    assertThat(named("grants-below", Map.of("broader", "dpv:Marketing> ?x . ?s ?p <x")))
        .isEqualTo("invalid_parameter");
    assertThat(named("consents-by-notice", Map.of("notice", "a> } #")))
        .isEqualTo("invalid_parameter");
    assertThat(csv("consents-by-notice", Map.of("notice", "nobodys.1")))
        .isEqualTo("purpose,status,language,events,first,last\n");
  }

  static List<String> forbidden() {
    return List.of(
        // Asks other machines, or files.
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { FILTER EXISTS { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } }",
        "SELECT * { { SELECT * { SERVICE ?where { ?s ?p ?o } } } }",
        "SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
        // Loads classes, runs scripts.
        "SELECT * { BIND(<java:java.lang.System.exit>(1) AS ?x) }",
        "SELECT * { FILTER <java:org.example.Evil>(1) }",
        "SELECT * { ?s <java:org.example.Evil> ?o }",
        "SELECT * { ?s <http://jena.hpl.hp.com/ARQ/property#splitIRI> (?a ?b) }",
        "SELECT * { ?s <http://jena.apache.org/ARQ/property#concat> (?a ?b) }",
        "SELECT * { ?s <http://jena.apache.org/text#query> 'ann' }",
        "SELECT * { ?s <http://jena.apache.org/spatial#nearby> (1 2 3) }",
        "SELECT (<http://jena.hpl.hp.com/ARQ/function#systemProperty>('user.home') AS ?x) {}",
        "SELECT (<http://jena.apache.org/ARQ/js#f>(1) AS ?x) {}",
        "SELECT (<http://www.w3.org/2005/xpath-functions#matches>('a', '(a+)+b') AS ?x) {}",
        "SELECT (COUNT(<http://example.org/f>(?s)) AS ?n) { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o } ORDER BY <java:org.example.Evil>(?s)",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (<java:org.example.Evil>(?s))",
        "SELECT * { ?s ?p ?o OPTIONAL { ?o ?q ?r FILTER <java:org.example.Evil>(?r) } }",
        // Backtracks, or grows.
        "SELECT * { ?s ?p ?o FILTER REGEX(STR(?o), '(a+)+$') }",
        "SELECT (REPLACE('aaaa', '(a+)+b', '') AS ?x) {}",
        "SELECT (CONCAT('a', 'b') AS ?x) {}",
        "SELECT (GROUP_CONCAT(?s) AS ?x) { ?s ?p ?o }",
        "SELECT * { BIND('aaaaaaaaaa' AS ?a) BIND(?a + ?a AS ?b) BIND(?b + ?b AS ?c) }",
        "SELECT * { BIND(9999999999 AS ?a) BIND(?a * ?a AS ?b) BIND(?b * ?b AS ?c) }",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER NOT EXISTS { FILTER REGEX(STR(?o), 'a') } }",
        "SELECT (SUM(STRLEN(CONCAT(?s, ?s))) AS ?n) { ?s ?p ?o }");
  }

  @ParameterizedTest
  @MethodSource("forbidden")
  void queriesThatReachOutOrGrow_areRefusedBeforeTheyRun(String query) {
    assertThatThrownBy(() -> SparqlQuery.parse(PREFIXES + query))
        .isInstanceOfSatisfying(
            SparqlRefused.class, e -> assertThat(e.code()).isEqualTo("query_not_allowed"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LOAD <file:///etc/passwd>",
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "DROP ALL",
        "JSON { 'a' : ?s } WHERE { ?s ?p ?o }",
        "CONSTRUCT { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * { LATERAL { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o } ; DROP ALL",
        "",
        "hello"
      })
  void textThatIsNotSparql11_isMalformed(String text) {
    assertThatThrownBy(() -> SparqlQuery.parse(text))
        .isInstanceOfSatisfying(
            SparqlRefused.class, e -> assertThat(e.code()).isEqualTo("malformed_query"));
  }

  @Test
  void queriesThatAreTooLongOrTooDeep_areMalformed() {
    for (String filter : List.of("(".repeat(4_900), "!".repeat(9_000), "-".repeat(9_000))) {
      assertThatThrownBy(() -> SparqlQuery.parse("SELECT * { FILTER " + filter + "1 }"))
          .isInstanceOf(SparqlRefused.class);
    }
    assertThatThrownBy(() -> SparqlQuery.parse("SELECT * {} #" + "x".repeat(10_000)))
        .isInstanceOf(SparqlRefused.class);
  }

  static List<String> endless() {
    String numbers = " { " + "0 1 2 3 4 5 6 7 8 9 ".repeat(10) + "} ";
    return List.of(
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
        "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)* ?b . ?b (!<urn:x>|^!<urn:x>)* ?c ."
            + " ?c (!<urn:x>|^!<urn:x>)* ?d }",
        "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/dpv>"
            + " { ?a (!<urn:x>|^!<urn:x>)* ?b } }",
        "SELECT (COUNT(*) AS ?n) { VALUES ?a"
            + numbers
            + "VALUES ?b"
            + numbers
            + "VALUES ?c"
            + numbers
            + "VALUES ?d"
            + numbers
            + "VALUES ?e"
            + numbers
            + "VALUES ?f"
            + numbers
            + "}",
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER (STR(IF(?c = ?f, ?i, ?a)) = 'no') }",
        "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER (STR(IF(?c = ?f, ?i, ?a)) = 'no') }",
        "CONSTRUCT { ?a <urn:x> ?d } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
            + " FILTER (STR(IF(?c = ?f, ?i, ?a)) = 'no') }");
  }

  @ParameterizedTest
  @MethodSource("endless")
  void endlessQueries_areStopped_andTheGraphIsUnchanged(String query) {
    AnswerForm form = query.startsWith("CONSTRUCT") ? AnswerForm.TURTLE : AnswerForm.JSON;
    SparqlAnswer answer = run(query, form, new StopSignal(Duration.ofMillis(300), 1L << 40), 100);
    assertThat(answer.stop()).contains(Stop.TIME);
    assertThat(answer.body()).isEmpty();
    assertThat(ask("SELECT (COUNT(*) AS ?n) { ?c a dpv:ConsentRecord }")).contains("50");
  }

  static List<String> greedy() {
    String numbers = " { " + "0 1 2 3 4 5 6 7 8 9 ".repeat(10) + "} ";
    return List.of(
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i",
        "SELECT (COUNT(DISTINCT *) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "SELECT ?a ?d ?g (SAMPLE(?i) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ?d ?g"
            + " ?h",
        "SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } } }",
        "SELECT (COUNT(*) AS ?n) { { SELECT * { VALUES ?a"
            + numbers
            + "VALUES ?b"
            + numbers
            + "VALUES ?c"
            + numbers
            + "VALUES ?d"
            + numbers
            + "} ORDER BY ?d } }");
  }

  @ParameterizedTest
  @MethodSource("greedy")
  void queriesThatWouldFillTheMemory_areStopped(String query) {
    SparqlAnswer answer = run(query, AnswerForm.JSON, new StopSignal(LONG, MEMORY), 100);
    assertThat(answer.stop()).contains(Stop.MEMORY);
  }

  @Test
  void aLongAnswer_isTruncatedAtARow_andMarkedAsTruncated() {
    SparqlAnswer table =
        run("SELECT * { ?s ?p ?o }", AnswerForm.CSV, new StopSignal(LONG, 8 * MEMORY), 7);
    assertThat(table.truncated()).isTrue();
    assertThat(new String(table.body(), StandardCharsets.UTF_8).lines()).hasSize(8);
    SparqlAnswer graph =
        run(
            "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
            AnswerForm.TURTLE,
            new StopSignal(LONG, 8 * MEMORY),
            7);
    assertThat(graph.truncated()).isTrue();
    SparqlAnswer whole =
        run("SELECT * { ?s ?p ?o } LIMIT 7", AnswerForm.CSV, new StopSignal(LONG, 8 * MEMORY), 7);
    assertThat(whole.truncated()).isFalse();
  }

  /** Checks that a graph's name is never fetched or opened. */
  @Test
  void anUnknownGraph_isEmpty() {
    assertThat(ask("SELECT ?s { GRAPH <file:///etc/passwd> { ?s ?p ?o } }")).isEqualTo("s\n");
    assertThat(ask("SELECT ?s { GRAPH <http://127.0.0.1:9/> { ?s ?p ?o } }")).isEqualTo("s\n");
  }

  @Test
  void relativeIris_doNotRevealTheVaultsDirectory() {
    assertThat(ask("SELECT (IRI('x') AS ?x) (<y> AS ?y) {}"))
        .isEqualTo("x,y\nhttp://query.invalid/x,http://query.invalid/y\n");
  }

  @Test
  void aFormulaLikeText_isEscapedInCsv_andANumberIsNot() {
    assertThat(ask("SELECT ('=1+1' AS ?a) (' @x' AS ?b) (-12.5 AS ?c) ('b' AS ?d) {}"))
        .isEqualTo("a,b,c,d\n'=1+1,' @x,-12.5,b\n");
  }

  @Test
  void aFormulaLikeText_isEscapedInTsv_andANumberIsNot() {
    SparqlAnswer answer =
        run(
            "SELECT ('=1+1' AS ?a) (' @x'@en AS ?b) (-12.5 AS ?c) ('b' AS ?d) {}",
            AnswerForm.TSV,
            new StopSignal(LONG, 8 * MEMORY),
            1_000);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8).replace("\r", ""))
        .isEqualTo("?a\t?b\t?c\t?d\n\"'=1+1\"\t\"' @x\"\t-12.5\t\"b\"\n");
  }

  /** Checks that common queries are not refused by accident. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 1) ORDER BY ?n",
        "SELECT (MAX(?t) AS ?x) { ?c dpv:isIndicatedAtTime ?t FILTER (YEAR(?t) = 2026) }",
        "SELECT * { ?c dpv:isIndicatedAtTime ?t FILTER (?t > NOW() - 'P1D'^^xsd:dayTimeDuration) }",
        "SELECT (xsd:integer('1') + 1 AS ?x) {}",
        "DESCRIBE <urn:contextkeep:consent:10>",
        "ASK { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o MINUS { ?s a dpv:ConsentRecord } }",
        "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER (?o IN (1, 2)) }"
      })
  void usualQueries_areAllowed(String query) throws SparqlRefused {
    assertThat(QueryFactory.create(PREFIXES + query)).isNotNull();
    SparqlQuery parsed = SparqlQuery.parse(PREFIXES + query);
    AnswerForm form = parsed.givesGraph() ? AnswerForm.JSON_LD : AnswerForm.TSV;
    SparqlAnswer answer = watched(parsed, form, new StopSignal(LONG, 8 * MEMORY), 100);
    assertThat(answer.stop()).isEmpty();
    assertThat(answer.body()).isNotEmpty();
  }
}
