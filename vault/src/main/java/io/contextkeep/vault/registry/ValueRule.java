package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpressionFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The compiled JSON Schema (2020-12) of an attribute. It fetches nothing, and the work of a check
 * is known before it begins: see {@link #steps}.
 */
public final class ValueRule {
  private static final Schema METASCHEMA =
      registry(LinearPattern::compile)
          .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

  /** The steps that one keyword takes for one part of a value. */
  private static final int VISIT = 10;

  /** The exponent above which a number counts as long: 1e400 is divided as 400 digits. */
  private static final int LONG_NUMBER = 30;

  private final Schema schema;
  private final long keywords;
  private final long patterns;
  private final Optional<String> onlyType;
  private final Optional<String> unusable;

  private ValueRule(
      Schema schema,
      long keywords,
      long patterns,
      Optional<String> onlyType,
      Optional<String> unusable) {
    this.schema = schema;
    this.onlyType = onlyType;
    this.keywords = keywords;
    this.patterns = patterns;
    this.unusable = unusable;
  }

  /**
   * Compiles a schema that is valid by the metaschema and refers to no other.
   *
   * @throws IllegalArgumentException if one of its patterns cannot be matched in linear time
   */
  public static ValueRule of(JsonNode schema) {
    AtomicLong patterns = new AtomicLong();
    SchemaRegistry registry =
        registry(
            text -> {
              LinearPattern pattern = LinearPattern.compile(text);
              patterns.addAndGet(pattern.size());
              return pattern;
            });
    try {
      Schema compiled = registry.getSchema(schema);
      compiled.initializeValidators();
      return new ValueRule(
          compiled, parts(schema), patterns.get(), onlyType(schema), Optional.empty());
    } catch (SchemaException e) {
      throw e.getCause() instanceof IllegalArgumentException refused
          ? refused
          : new IllegalArgumentException("The schema cannot be compiled", e);
    }
  }

  /**
   * Compiles a stored schema. A schema of an older vault may be unusable now; then it accepts no
   * value.
   */
  static ValueRule kept(JsonNode schema) {
    try {
      return of(schema);
    } catch (IllegalArgumentException e) {
      return new ValueRule(
          METASCHEMA,
          0,
          0,
          Optional.empty(),
          Optional.of("the attribute must be registered again: " + e.getMessage()));
    }
  }

  /** Returns whether a document is a schema by the metaschema. */
  public static boolean isSchema(JsonNode schema) {
    return METASCHEMA.validate(schema).isEmpty();
  }

  /**
   * Returns the rules of the schema that a value breaks, each with its place in the schema. It
   * shows neither the value nor a place in it: names of members may be personal too.
   */
  public List<String> faults(JsonNode value) {
    return unusable.map(List::of).orElseGet(() -> broken(value));
  }

  private List<String> broken(JsonNode value) {
    if (onlyType.isPresent() && isOf(onlyType.get(), value)) {
      return List.of();
    }
    return schema.validate(value).stream()
        .map(
            fault ->
                "the value breaks '"
                    + fault.getKeyword()
                    + "' at "
                    + fault.getEvaluationPath()
                    + " of the schema")
        .sorted()
        .distinct()
        .limit(5)
        .toList();
  }

  /** Returns the type, if the schema demands nothing else and its validation can be left out. */
  private static Optional<String> onlyType(JsonNode schema) {
    return Optional.ofNullable(schema.path("type").textValue()).filter(_ -> schema.size() == 1);
  }

  /** Returns whether a value surely is of a type; where this is false, the schema decides. */
  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      default -> false;
    };
  }

  /**
   * Returns the maximum number of steps of a check: each keyword visits each part of the value
   * once, because there are no references, and each pattern each character. A step takes some
   * twenty nanoseconds.
   *
   * @param length the length of the value as JSON, in characters
   */
  public long steps(JsonNode value, int length) {
    return VISIT * keywords * parts(value) + patterns * length;
  }

  private static long parts(JsonNode node) {
    long parts =
        node.isBigDecimal() && Math.abs(node.decimalValue().scale()) > LONG_NUMBER ? 50 : 1;
    for (JsonNode child : node) {
      parts += parts(child);
    }
    return parts;
  }

  private static SchemaRegistry registry(RegularExpressionFactory patterns) {
    return SchemaRegistry.withDefaultDialect(
        SpecificationVersion.DRAFT_2020_12,
        builder ->
            builder.schemaRegistryConfig(
                SchemaRegistryConfig.builder().regularExpressionFactory(patterns).build()));
  }
}
