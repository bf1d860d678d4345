package io.contextkeep.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.contextkeep.ontology.Sha256;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a policy gave for an input, whole, with the SHA-256 of its one spelling (RFC 8785) in
 * hexadecimal. Engines differ in the order of members, so the digest is never of an engine's bytes.
 *
 * @param policy which policy gave it: engines change theirs while they run
 * @param decisionId what an engine with a log of its own calls the decision there, 32 hexadecimal
 *     digits
 */
public record PolicyDocument(
    JsonNode json, String digest, PolicyIdentity policy, Optional<String> decisionId) {
  private static final ObjectMapper CANONICAL =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  /** Text that every JSON writer spells alike: for it, sorting the members is all of RFC 8785. */
  private static final Pattern PLAIN = Pattern.compile("[ !#-\\[\\]-~]*");

  /**
   * @throws IllegalArgumentException if it holds what a decision has no use for: fractions, null or
   *     text beyond plain ASCII
   */
  public static PolicyDocument of(JsonNode json, PolicyIdentity policy) {
    return of(json, policy, Optional.empty());
  }

  /**
   * @throws IllegalArgumentException as {@link #of(JsonNode, PolicyIdentity)}
   */
  public static PolicyDocument of(
      JsonNode json, PolicyIdentity policy, Optional<String> decisionId) {
    check(json);
    try {
      Object sortable = CANONICAL.treeToValue(json, Object.class);
      return new PolicyDocument(
          json, Sha256.hex(CANONICAL.writeValueAsBytes(sortable)), policy, decisionId);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("A document that is not JSON", e);
    }
  }

  private static void check(JsonNode node) {
    boolean sound =
        node.isContainerNode()
            || node.isBoolean()
            || node.isIntegralNumber()
            || node.isTextual() && PLAIN.matcher(node.textValue()).matches();
    if (!sound) {
      throw new IllegalArgumentException("A document with a value of no use to a decision");
    }
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!PLAIN.matcher(name).matches()) {
                throw new IllegalArgumentException("A document with a member of no use");
              }
            });
    node.forEach(PolicyDocument::check);
  }
}
