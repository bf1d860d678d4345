package io.contextkeep.ontology;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The JSON-LD contexts of what the vault answers. They travel inside each document: who reads one
 * fetches nothing, and nobody learns that it was read. In them every reference is declared to be an
 * IRI; without that {@code "dpv:Marketing"} would be a mere string.
 */
public final class Contexts {

  private Contexts() {}

  /** The context of consent records, as a JSON object with the one member {@code @context}. */
  public static String consent() {
    return resource("contexts/consent.jsonld");
  }

  /** The context of lineages, likewise. */
  public static String lineage() {
    return resource("contexts/lineage.jsonld");
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(Contexts.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("A JSON-LD context cannot be read", e);
    }
  }
}
