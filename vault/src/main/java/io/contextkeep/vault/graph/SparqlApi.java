package io.contextkeep.vault.graph;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.contextkeep.ontology.Sha256;
import io.contextkeep.ontology.sparql.AnswerForm;
import io.contextkeep.ontology.sparql.NamedQuery;
import io.contextkeep.ontology.sparql.Parameter;
import io.contextkeep.ontology.sparql.SparqlAnswer;
import io.contextkeep.ontology.sparql.SparqlQuery;
import io.contextkeep.ontology.sparql.SparqlRefused;
import io.contextkeep.ontology.sparql.Stop;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Queries of the graph: named ones, and any in SPARQL 1.1. Each is recorded before it runs, the
 * latter by the hash of its text. The graph has consents by pseudonym, batches and releases, but no
 * context, so queries cannot return any.
 */
final class SparqlApi implements Routes.Api {
  private static final String SPARQL = "application/sparql-query";
  private static final String FORM = "application/x-www-form-urlencoded";

  /** The header of an answer that was cut off. */
  private static final String TRUNCATED = "Contextkeep-Truncated";

  private static final List<String> TABLES =
      Stream.of(AnswerForm.values())
          .filter(form -> !form.isGraph())
          .map(AnswerForm::mediaType)
          .toList();

  private static final List<String> GRAPHS =
      Stream.of(AnswerForm.values())
          .filter(AnswerForm::isGraph)
          .map(AnswerForm::mediaType)
          .toList();

  private final GraphQueries queries;
  private final AuditorAccessLog auditorAccess;

  SparqlApi(GraphQueries queries, AuditorAccessLog auditorAccess) {
    this.queries = queries;
    this.auditorAccess = auditorAccess;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/v1/audit/queries")
        .as(Role.AUDITOR)
        .handle(_ -> Answer.ok(NamedQueries.ALL));
    routes
        .route(GET, "/v1/audit/queries/:name")
        .as(Role.AUDITOR)
        .anyQuery()
        .giving(TABLES.toArray(String[]::new))
        .handle(this::namedQuery);
    routes
        .route(POST, "/v1/audit/sparql")
        .as(Role.AUDITOR)
        .giving(Stream.of(TABLES, GRAPHS).flatMap(List::stream).toArray(String[]::new))
        .bytes(SPARQL, FORM)
        .handle(this::freeQuery);
  }

  private record NamedQueries(List<Described> queries) {
    static final NamedQueries ALL =
        new NamedQueries(NamedQuery.all().stream().map(Described::of).toList());
  }

  private record Described(
      String name, String answers, List<DescribedParameter> parameters, String text) {
    static Described of(NamedQuery query) {
      return new Described(
          query.name(),
          query.answers(),
          query.parameters().stream().map(DescribedParameter::of).toList(),
          query.text());
    }
  }

  private record DescribedParameter(String name, String type, boolean required) {
    static DescribedParameter of(Parameter parameter) {
      return new DescribedParameter(
          parameter.name(), parameter.type().code(), parameter.required());
    }
  }

  private Answer namedQuery(Request request) {
    NamedQuery named =
        NamedQuery.of(request.path("name"))
            .orElseThrow(
                () ->
                    new Problem(
                        404,
                        "unknown_query",
                        "Unknown query; GET /v1/audit/queries lists the names"));
    request.onlyQuery(named.parameters().stream().map(Parameter::name).toArray(String[]::new));
    Map<String, String> values = new TreeMap<>();
    named
        .parameters()
        .forEach(p -> request.query(p.name()).ifPresent(value -> values.put(p.name(), value)));
    SparqlQuery query = parse(() -> named.with(values));
    auditorAccess.record(
        request, "named-query", Map.of("query", named.name(), "parameters", named.coded(values)));
    return run(request, query, TABLES);
  }

  private Answer freeQuery(Request request, byte[] body) {
    String text = text(request, body);
    SparqlQuery query = parse(() -> SparqlQuery.parse(text));
    List<String> types = query.givesGraph() ? GRAPHS : TABLES;
    request.choose(types);
    auditorAccess.record(
        request,
        "sparql-query",
        Map.of("sha256", Sha256.hex(text.getBytes(StandardCharsets.UTF_8))));
    return run(request, query, types);
  }

  private interface Parsing {
    SparqlQuery query() throws SparqlRefused;
  }

  private static SparqlQuery parse(Parsing parsing) {
    try {
      return parsing.query();
    } catch (SparqlRefused refused) {
      throw Problem.badRequest(refused.code(), String.valueOf(refused.getMessage()));
    }
  }

  /** Returns the query by SPARQL 1.1 Protocol, 2.1.2 and 2.1.3; graphs cannot be chosen. */
  private static String text(Request request, byte[] bytes) {
    String body = utf8(bytes);
    return Media.type(request).filter(FORM::equals).isPresent() ? field(body) : body;
  }

  private static String utf8(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw Problem.badRequest("not_utf8", "The body must be UTF-8");
    }
  }

  private static String field(String body) {
    Map<String, String> fields = new HashMap<>();
    try {
      for (String field : body.split("&", -1)) {
        int equals = Math.max(field.indexOf('='), 0);
        String name = URLDecoder.decode(field.substring(0, equals), StandardCharsets.UTF_8);
        fields.merge(
            name,
            URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8),
            (_, _) -> {
              throw new IllegalArgumentException("Duplicate field");
            });
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw Problem.badRequest("malformed_form", "The body must be a form with one field, 'query'");
    }
    if (!fields.keySet().equals(Set.of("query"))) {
      throw Problem.badRequest("malformed_form", "The body must be a form with one field, 'query'");
    }
    return fields.values().iterator().next();
  }

  private Answer run(Request request, SparqlQuery query, List<String> types) {
    String type = request.choose(types);
    AnswerForm form =
        Stream.of(AnswerForm.values())
            .filter(f -> f.mediaType().equals(type))
            .findFirst()
            .orElseThrow();
    return switch (queries.run(query, form)) {
      case GraphQueries.Answered answered -> answer(answered.answer(), type);
      case GraphQueries.Crowded _ ->
          throw new Problem(
              503,
              "overloaded",
              GraphModule.QUERIES_AT_ONCE + " queries are running; try again in some seconds");
      case GraphQueries.NoGraph _ -> throw noGraph();
    };
  }

  private static Problem noGraph() {
    return new Problem(
        503,
        "no_graph",
        "The graph is being opened, cleaned or rebuilt; try again in some seconds");
  }

  private static Answer answer(SparqlAnswer answer, String type) {
    if (answer.stop().isPresent()) {
      throw stopped(answer.stop().get());
    }
    Answer whole = new Answer(200, Media.sent(type), answer.body());
    return answer.truncated()
        ? whole.with(
            Map.of(
                TRUNCATED,
                GraphQueries.MAX_ROWS + " rows or " + SparqlAnswer.BYTES + " bytes at most"))
        : whole;
  }

  private static Problem stopped(Stop stop) {
    return switch (stop) {
      case TIME ->
          new Problem(422, "query_took_too_long", "Narrow the query, or split it into several");
      case MEMORY ->
          new Problem(
              422, "query_took_too_much_memory", "Narrow the query, or split it into several");
      case RECALLED -> noGraph();
    };
  }
}
