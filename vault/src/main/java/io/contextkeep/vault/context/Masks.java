package io.contextkeep.vault.context;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.contextkeep.ontology.Rfc3339;
import io.contextkeep.policy.Release;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.BreakIterator;
import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The masks of values. A mask withholds a value of another type than its own, so a value of an
 * unexpected type never passes unmasked.
 */
final class Masks {
  private static final int SHOWN = 4;

  /** The limit on a number's digits and exponent. A larger number takes long to expand. */
  private static final int MAX_DIGITS = 100;

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final Set<String> COUNTRIES = countries();

  private Masks() {}

  /**
   * Returns the masked value; empty if the mask does not fit it.
   *
   * @param pseudonym makes the pseudonym of a value's canonical spelling
   */
  static Optional<JsonNode> masked(
      JsonNode value, Release.Masked how, UnaryOperator<String> pseudonym) {
    return switch (how.mask()) {
      case LAST_FOUR -> lastFour(value);
      case YEAR_ONLY -> yearOnly(value);
      case COUNTRY_ONLY -> countryOnly(value);
      case BUCKET -> bucket(value, how.edges());
      case ROUND_HUNDRED -> roundHundred(value);
      case PSEUDONYM -> spelling(value).map(pseudonym).map(TextNode::valueOf);
      case REDACT -> Optional.of(TextNode.valueOf("[redacted]"));
    };
  }

  /**
   * Returns the last four characters as people see them. Each may have many code points, so the
   * mask also checks that they are the smaller part of the text.
   */
  private static Optional<JsonNode> lastFour(JsonNode value) {
    String text = value.asText("");
    BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
    characters.setText(text);
    if (!value.isTextual() || characters.next(2 * SHOWN + 1) == BreakIterator.DONE) {
      return Optional.empty();
    }
    characters.last();
    int from = characters.next(-SHOWN);
    boolean smaller = text.codePointCount(from, text.length()) < text.codePointCount(0, from);
    return smaller
        ? Optional.of(TextNode.valueOf("****" + text.substring(from)))
        : Optional.empty();
  }

  private static Optional<JsonNode> yearOnly(JsonNode value) {
    return value.isTextual()
        ? date(value.textValue()).map(date -> IntNode.valueOf(date.getYear()))
        : Optional.empty();
  }

  private static Optional<LocalDate> date(String text) {
    try {
      if (text.indexOf('T') < 0) {
        return Optional.of(LocalDate.parse(text));
      }
      return Rfc3339.parse(text).isPresent()
          ? Optional.of(LocalDate.parse(text.substring(0, 10)))
          : Optional.of(LocalDateTime.parse(text).toLocalDate());
    } catch (DateTimeException noDate) {
      return Optional.empty();
    }
  }

  /** Returns a known country; any other text may be an address. */
  private static Optional<JsonNode> countryOnly(JsonNode value) {
    JsonNode country = value.isObject() ? value.path("country") : value;
    return country.isTextual() && COUNTRIES.contains(country.textValue().toLowerCase(Locale.ROOT))
        ? Optional.of(country)
        : Optional.empty();
  }

  private static Set<String> countries() {
    Set<String> countries = new HashSet<>();
    for (String code : Locale.getISOCountries()) {
      Locale country = Locale.of("", code);
      countries.addAll(
          List.of(code, country.getISO3Country(), country.getDisplayCountry(Locale.ENGLISH)));
    }
    return Set.copyOf(countries.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
  }

  /** Returns the bucket of a number; the first has no lower edge and the last no upper edge. */
  private static Optional<JsonNode> bucket(JsonNode value, List<Long> edges) {
    if (!value.isNumber()) {
      return Optional.empty();
    }
    ObjectNode bucket = JsonNodeFactory.instance.objectNode();
    for (long edge : edges) {
      if (value.decimalValue().compareTo(BigDecimal.valueOf(edge)) < 0) {
        return Optional.of(bucket.put("below", edge));
      }
      bucket.put("from", edge);
    }
    return Optional.of(bucket);
  }

  private static Optional<JsonNode> roundHundred(JsonNode value) {
    if (!value.isNumber() || Math.abs((long) value.decimalValue().scale()) > MAX_DIGITS) {
      return Optional.empty();
    }
    BigDecimal hundreds = value.decimalValue().divide(HUNDRED, 0, RoundingMode.FLOOR);
    try {
      return Optional.of(LongNode.valueOf(hundreds.multiply(HUNDRED).longValueExact()));
    } catch (ArithmeticException tooLarge) {
      return Optional.empty();
    }
  }

  /** Returns the canonical spelling of a text or number. Equal values have equal spellings. */
  private static Optional<String> spelling(JsonNode value) {
    if (value.isTextual()) {
      return Optional.of("text " + Normalizer.normalize(value.textValue(), Normalizer.Form.NFC));
    }
    return value.isNumber()
        ? Optional.of("number " + value.decimalValue().stripTrailingZeros())
        : Optional.empty();
  }
}
