package io.contextkeep.ontology.sparql;

import io.contextkeep.ontology.Vocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A named query for auditors in a file of its own. Comments at its beginning describe it and
 * declare its parameters ({@code # @at instant}, with a question mark after the type of an optional
 * one).
 */
public record NamedQuery(String name, String answers, List<Parameter> parameters, String text) {
  private static final List<String> NAMES =
      List.of(
          "accesses-by-hour",
          "batches",
          "consents-at",
          "consents-by-notice",
          "consents-without-notice",
          "grants-below",
          "releases",
          "withdrawals");

  private static final Map<String, NamedQuery> ALL = read();

  public NamedQuery {
    parameters = List.copyOf(parameters);
  }

  public static List<NamedQuery> all() {
    return List.copyOf(ALL.values());
  }

  public static Optional<NamedQuery> of(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  /**
   * Returns the query with values for its parameters.
   *
   * @throws SparqlRefused if one is missing or of another type; the message names it
   */
  public SparqlQuery with(Map<String, String> values) throws SparqlRefused {
    SparqlQuery query = SparqlQuery.parse(text);
    for (Parameter parameter : parameters) {
      Optional<String> told = Optional.ofNullable(values.get(parameter.name()));
      if (told.isEmpty() && parameter.required()) {
        throw new SparqlRefused(
            "missing_parameter", "The parameter '" + parameter.name() + "' is needed");
      }
      if (told.isPresent()) {
        query =
            query.with(
                parameter.name(),
                parameter
                    .value(told.get())
                    .orElseThrow(
                        () ->
                            new SparqlRefused(
                                "invalid_parameter",
                                "The parameter '"
                                    + parameter.name()
                                    + "' is of the type "
                                    + parameter.type().code())));
      }
    }
    return query;
  }

  /**
   * Returns the values as codes for the log, such as {@code purpose:dpv:Marketing}.
   *
   * @param values the values that {@link #with} accepted
   */
  public List<String> coded(Map<String, String> values) {
    return parameters.stream()
        .filter(parameter -> values.containsKey(parameter.name()))
        .map(p -> p.name() + ":" + p.coded(Objects.requireNonNull(values.get(p.name()))))
        .toList();
  }

  private static Map<String, NamedQuery> read() {
    Map<String, NamedQuery> all = new TreeMap<>();
    NAMES.forEach(name -> all.put(name, read(name)));
    return all;
  }

  private static NamedQuery read(String name) {
    try (InputStream in =
        Objects.requireNonNull(
            NamedQuery.class.getResourceAsStream("queries/" + name + ".rq"), name)) {
      return of(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("A query cannot be read", e);
    }
  }

  private static NamedQuery of(String name, String file) {
    List<String> answers = new ArrayList<>();
    List<Parameter> parameters = new ArrayList<>();
    file.lines()
        .takeWhile(line -> line.startsWith("# "))
        .map(line -> line.substring(2))
        .forEach(
            line -> {
              if (line.startsWith("@")) {
                parameters.add(parameter(line.substring(1).split(" ")));
              } else {
                answers.add(line);
              }
            });
    return new NamedQuery(name, String.join(" ", answers), parameters, prefixes() + file);
  }

  private static Parameter parameter(String[] words) {
    boolean optional = words[1].endsWith("?");
    String type = optional ? words[1].substring(0, words[1].length() - 1) : words[1];
    return new Parameter(
        words[0], Parameter.Type.valueOf(type.toUpperCase(Locale.ROOT)), !optional);
  }

  private static String prefixes() {
    StringBuilder prefixes = new StringBuilder();
    Vocabulary.PREFIXES.forEach(
        (prefix, iri) -> prefixes.append("PREFIX " + prefix + ": <" + iri + ">\n"));
    return prefixes
        .append("PREFIX prov: <" + Vocabulary.PROV + ">\n")
        .append("PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n")
        .append("PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n")
        .toString();
  }
}
