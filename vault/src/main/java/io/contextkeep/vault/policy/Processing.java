package io.contextkeep.vault.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Purpose;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The processing that the policy allows for one purpose, with its legal basis and its categories.
 * It is read from the policy's own data, so that customers see the basis of decisions.
 */
public record Processing(Purpose purpose, LegalBasis basis, SortedSet<DataCategory> categories) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Returns the processing of every purpose in the catalogue, by the purpose's CURIE.
   *
   * @param policyData the data of a policy bundle
   * @throws IllegalArgumentException if the data is not a catalogue of DPV terms
   */
  public static Map<String, Processing> all(String policyData) {
    Map<String, Processing> all = new TreeMap<>();
    try {
      JSON.readTree(policyData)
          .at("/contextkeep/catalogue/purposes")
          .properties()
          .forEach(entry -> all.put(entry.getKey(), of(entry.getKey(), entry.getValue())));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("The policy's data is not JSON", e);
    }
    return Collections.unmodifiableMap(all);
  }

  /** Returns whether customers can object to it. */
  public boolean canBeObjectedTo() {
    return basis.canBeObjectedTo(purpose);
  }

  private static Processing of(String purpose, JsonNode node) {
    TreeSet<DataCategory> categories = new TreeSet<>();
    node.path("categories")
        .forEach(curie -> categories.add(known(DataCategory.parse(curie.asText()))));
    return new Processing(
        known(Purpose.parse(purpose)),
        known(LegalBasis.parse(node.path("basis").asText())),
        categories);
  }

  private static <T> T known(Optional<T> term) {
    return term.orElseThrow(
        () ->
            new IllegalArgumentException(
                "The policy's data names a term that DPV 2.3 does not have"));
  }
}
