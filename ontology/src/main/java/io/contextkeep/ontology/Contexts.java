package io.contextkeep.ontology;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The JSON-LD contexts of the vault's documents. Each document embeds its context, so that readers
 * fetch nothing and reveal nothing. The contexts declare every reference as an IRI; otherwise
 * {@code "dpv:Marketing"} would be a plain string.
 */
public final class Contexts {

  private Contexts() {}

  /** Returns the context of consent records, as a JSON object with the member {@code @context}. */
  public static String consent() {
    return resource("contexts/consent.jsonld");
  }

  /** Returns the context of lineages, likewise. */
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
