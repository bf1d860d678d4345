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
 * The complete result of a policy for an input, with the SHA-256 of its canonical form (RFC 8785)
 * in hexadecimal. The digest is never of an engine's own bytes, as engines order members
 * differently.
 *
 * @param policy the policy that gave it: engines replace theirs while they run
 * @param decisionId the id in the engine's own decision log, 32 hexadecimal digits
 */
public record PolicyDocument(
    JsonNode json, String digest, PolicyIdentity policy, Optional<String> decisionId) {
  private static final ObjectMapper CANONICAL =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  /**
   * Text that every JSON writer writes alike, so that sorting the members suffices for RFC 8785.
   */
  private static final Pattern PLAIN = Pattern.compile("[ !#-\\[\\]-~]*");

  /**
   * Makes a document.
   *
   * @throws IllegalArgumentException if it holds fractions, null or text beyond plain ASCII
   */
  public static PolicyDocument of(JsonNode json, PolicyIdentity policy) {
    return of(json, policy, Optional.empty());
  }

  /**
   * Makes a document with an id in the engine's decision log.
   *
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
      throw new IllegalArgumentException("The document is not JSON", e);
    }
  }

  private static void check(JsonNode node) {
    boolean sound =
        node.isContainerNode()
            || node.isBoolean()
            || node.isIntegralNumber()
            || node.isTextual() && PLAIN.matcher(node.textValue()).matches();
    if (!sound) {
      throw new IllegalArgumentException(
          "A decision holds only objects, arrays, flags, whole numbers and ASCII text");
    }
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!PLAIN.matcher(name).matches()) {
                throw new IllegalArgumentException(
                    "The names of a decision's members must be ASCII");
              }
            });
    node.forEach(PolicyDocument::check);
  }
}
