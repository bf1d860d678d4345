package io.contextkeep.vault.rights;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.web.InvalidField;
import io.contextkeep.vault.web.Range;
import io.contextkeep.vault.web.Text;
import java.util.Optional;

/**
 * A customer's request to exercise a right: codes only, no free text. The right decides which
 * fields it has.
 *
 * @param jurisdiction the place whose law applies; the vault's own without it
 * @param value the correct value of an attribute
 * @param decision the index of the decision that a person is to review
 */
record RequestToMake(
    Right right,
    Optional<@Text(max = 20) String> jurisdiction,
    Optional<Purpose> purpose,
    Optional<@Text(max = 63) String> attribute,
    Optional<JsonNode> value,
    Optional<@Range(min = 0) Long> decision) {

  RequestToMake {
    check(right, "purpose", purpose);
    check(right, "attribute", attribute);
    check(right, "value", value);
    check(right, "decision", decision);
  }

  private static void check(Right right, String field, Optional<?> sent) {
    boolean needed = right.fields().contains(field);
    if (needed && sent.isEmpty()) {
      throw InvalidField.missing(field, "the right '" + right.code() + "' needs it");
    }
    if (!needed && sent.isPresent()) {
      throw InvalidField.unexpected(field, "the right '" + right.code() + "' has no such field");
    }
  }

  @Override
  public String toString() {
    return "RequestToMake[" + right.code() + ", redacted]";
  }
}
