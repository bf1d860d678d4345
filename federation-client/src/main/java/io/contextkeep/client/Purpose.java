package io.contextkeep.client;

import java.util.regex.Pattern;

/**
 * The purpose of a request: a purpose of the Data Privacy Vocabulary, such as {@code
 * dpv:ServicePersonalisation}. Only its form is checked here; the vault checks whether it exists
 * and this app may use it.
 */
public record Purpose(String curie) {
  private static final String NAMESPACE = "https://w3id.org/dpv#";
  private static final String PREFIX = "dpv:";
  private static final Pattern CURIE = Pattern.compile(PREFIX + "[A-Za-z][A-Za-z0-9_-]{0,99}");

  /**
   * @throws IllegalArgumentException if it is not of the form {@code dpv:Name}
   */
  public Purpose {
    if (!CURIE.matcher(curie).matches()) {
      throw new IllegalArgumentException(
          "A purpose must be a DPV term such as dpv:ServicePersonalisation or " + NAMESPACE + "…");
    }
  }

  /** Returns the purpose with a CURIE or IRI. */
  public static Purpose of(String text) {
    return new Purpose(
        text.startsWith(NAMESPACE) ? PREFIX + text.substring(NAMESPACE.length()) : text);
  }

  @Override
  public String toString() {
    return curie;
  }
}
