package io.contextkeep.ontology;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The DPV 2.3 terms that the vault understands, read once from a small table. The table is
 * generated from the Turtle files beside it, as parsing these would add seconds to every start; a
 * test generates it again and compares.
 */
final class Terms {

  /** The kinds of terms. */
  enum Kind {
    PURPOSE,
    CATEGORY,
    BASIS,
    RIGHT,
    JUSTIFICATION
  }

  /**
   * A term with its transitive broader terms of the same kind, the rights that follow from a legal
   * basis, and its English label.
   */
  record Term(
      Kind kind,
      String curie,
      Set<String> ancestors,
      boolean special,
      Set<String> rights,
      String label) {}

  /** The prefixes that terms have. */
  static final Map<String, String> PREFIXES =
      Stream.of("dpv", "pd", "eu-gdpr")
          .collect(
              Collectors.toUnmodifiableMap(
                  prefix -> prefix,
                  prefix -> Objects.requireNonNull(Vocabulary.PREFIXES.get(prefix))));

  private static final Map<String, Term> ALL = load();

  private Terms() {}

  /** Returns the term of a kind by CURIE ({@code dpv:Marketing}) or IRI. */
  static Optional<Term> find(Kind kind, String text) {
    Term term = ALL.get(text.startsWith("https://") ? shortened(text) : text);
    return Optional.ofNullable(term).filter(t -> t.kind() == kind);
  }

  static List<Term> of(Kind kind) {
    return ALL.values().stream().filter(term -> term.kind() == kind).toList();
  }

  private static String shortened(String iri) {
    int hash = iri.indexOf('#') + 1;
    String namespace = iri.substring(0, hash);
    return PREFIXES.entrySet().stream()
        .filter(prefix -> prefix.getValue().equals(namespace))
        .map(prefix -> prefix.getKey() + ":" + iri.substring(hash))
        .findFirst()
        .orElse(iri);
  }

  private static Map<String, Term> load() {
    Map<String, Term> terms = new LinkedHashMap<>();
    try (InputStream in = Objects.requireNonNull(Terms.class.getResourceAsStream("terms.tsv"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line : new ArrayList<>(lines.lines().toList())) {
        Term term = parse(line.split("\t", -1));
        terms.put(term.curie(), term);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The table of terms cannot be read", e);
    }
    return Collections.unmodifiableMap(terms);
  }

  private static Term parse(String[] columns) {
    return new Term(
        Kind.valueOf(columns[0]),
        columns[1],
        words(columns[2]),
        Boolean.parseBoolean(columns[3]),
        words(columns[4]),
        columns[5]);
  }

  private static Set<String> words(String column) {
    return column.isEmpty()
        ? Set.of()
        : Collections.unmodifiableSet(new TreeSet<>(List.of(column.split(" "))));
  }
}
