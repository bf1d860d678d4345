package io.contextkeep.vault.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Purpose;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The shapes of the Java types that a request record may have. */
final class Shapes {
  private static final int MAX_TERM = 200;

  private static final Shape FLAG =
      new Simple("true or false", node -> some(node.isBoolean(), node::booleanValue));
  private static final Shape NUMBER =
      new Simple("a number", node -> some(node.isNumber(), node::decimalValue));
  private static final Shape ANYTHING = new Simple("a JSON value", Optional::of);
  private static final Shape OBJECT =
      new Simple("a JSON object", node -> some(node.isObject(), () -> node));

  private static final Shape TIME = new Term("invalid_time", Times.EXPECTED, Times::read, List::of);
  private static final Shape PURPOSE =
      new Term(
          "unknown_purpose",
          "a purpose of DPV 2.3, such as dpv:ServicePersonalisation",
          Purpose::parse,
          () -> Purpose.all().stream().map(Purpose::curie).toList());
  private static final Shape CATEGORY =
      new Term(
          "invalid_field",
          "a category of DPV 2.3, such as pd:EmailAddress",
          DataCategory::parse,
          List::of);

  private Shapes() {}

  /** A value that is read by itself; empty where it does not fit. */
  private record Simple(String expected, Function<JsonNode, Optional<?>> reading) implements Shape {
    @Override
    public Object read(JsonNode node, String at) {
      return reading.apply(node).orElseThrow(() -> Shape.wrong(at, expected));
    }
  }

  /**
   * A text that must name a known term.
   *
   * @param code the problem's code for an unknown one
   * @param known the names to suggest
   */
  private record Term(
      String code,
      String expected,
      Function<String, Optional<?>> reading,
      Supplier<Collection<String>> known)
      implements Shape {
    @Override
    public Object read(JsonNode node, String at) {
      if (!node.isTextual() || node.textValue().length() > MAX_TERM) {
        throw Shape.wrong(at, expected);
      }
      String text = node.textValue();
      return reading
          .apply(text)
          .orElseThrow(
              () ->
                  Problem.badRequest(
                      code,
                      "The field '"
                          + at
                          + "' must be "
                          + expected
                          + Nearest.hint(text, known.get())));
    }
  }

  private record ListOf(Items bounds, Shape item) implements Shape {
    @Override
    public String expected() {
      return "a list of " + counted(bounds) + ", each " + item.expected();
    }

    @Override
    public Stream<String> names() {
      return item.names();
    }

    @Override
    public Object read(JsonNode node, String at) {
      if (!node.isArray() || !fits(bounds, node.size())) {
        throw Shape.wrong(at, expected());
      }
      List<Object> items = new ArrayList<>();
      for (JsonNode one : node) {
        items.add(item.read(one, FieldPath.of(at, items.size())));
      }
      return List.copyOf(items);
    }
  }

  private record MapOf(Items bounds, Shape name, Shape value) implements Shape {
    @Override
    public String expected() {
      return "an object of " + counted(bounds) + ", each " + value.expected();
    }

    @Override
    public Stream<String> names() {
      return value.names();
    }

    @Override
    public Object read(JsonNode node, String at) {
      if (!node.isObject() || !fits(bounds, node.size())) {
        throw Shape.wrong(at, expected());
      }
      Map<Object, Object> all = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> one : node.properties()) {
        String there = FieldPath.of(at, FieldPath.HIDDEN);
        Object key = name.read(TextNode.valueOf(one.getKey()), there);
        all.put(key, value.read(one.getValue(), there));
      }
      return Collections.unmodifiableMap(all);
    }
  }

  /** Returns the shape of a whole body. */
  static Shape ofBody(Class<?> type) {
    if (type.isRecord()) {
      return ofRecord(type);
    }
    if (type == JsonNode.class || type == ObjectNode.class) {
      return OBJECT;
    }
    throw new IllegalArgumentException("A body is a record or a JsonNode, not a " + type);
  }

  private static Shape ofRecord(Class<?> type) {
    Map<String, RecordShape.Field> fields = new LinkedHashMap<>();
    RecordComponent[] components = type.getRecordComponents();
    for (RecordComponent component : components) {
      String where = type.getSimpleName() + "." + component.getName();
      JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
      String name = named == null ? component.getName() : named.value();
      fields.put(name, field(name, component.getAnnotatedType(), where));
    }
    Class<?>[] parameters =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> canonical = type.getDeclaredConstructor(parameters);
      return new RecordShape(canonical, fields);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("Every record has a canonical constructor", e);
    }
  }

  private static RecordShape.Field field(String name, AnnotatedType type, String where) {
    return raw(type) == Optional.class
        ? new RecordShape.Field(name, true, of(argument(type, 0), where))
        : new RecordShape.Field(name, false, of(type, where));
  }

  /**
   * @param where the component, for the message
   */
  private static Shape of(AnnotatedType type, String where) {
    Class<?> raw = raw(type);
    if (raw.isRecord()) {
      return ofRecord(raw);
    }
    if (raw.isEnum()) {
      return ofEnum(raw);
    }
    return switch (raw.getName()) {
      case "java.lang.String" -> text(bounds(type, Text.class, where));
      case "java.util.List" ->
          new ListOf(bounds(type, Items.class, where), of(argument(type, 0), where));
      case "java.util.Map" ->
          new MapOf(
              bounds(type, Items.class, where),
              of(argument(type, 0), where),
              of(argument(type, 1), where));
      case "boolean", "java.lang.Boolean" -> FLAG;
      case "int", "java.lang.Integer" ->
          whole(type, Integer.MIN_VALUE, Integer.MAX_VALUE, JsonNode::intValue);
      case "long", "java.lang.Long" ->
          whole(type, Long.MIN_VALUE, Long.MAX_VALUE, JsonNode::longValue);
      default -> ofClass(raw, where);
    };
  }

  private static Shape ofClass(Class<?> raw, String where) {
    Map<Class<?>, Shape> shapes =
        Map.of(
            BigDecimal.class, NUMBER,
            Instant.class, TIME,
            Purpose.class, PURPOSE,
            DataCategory.class, CATEGORY,
            JsonNode.class, ANYTHING,
            ObjectNode.class, OBJECT);
    Shape shape = shapes.get(raw);
    if (shape == null) {
      throw new IllegalArgumentException(where + " has a type that requests cannot have: " + raw);
    }
    return shape;
  }

  private static Shape text(Text bounds) {
    Optional<Pattern> pattern =
        Optional.of(bounds.pattern()).filter(text -> !text.isEmpty()).map(Pattern::compile);
    String expected =
        bounds.expected().isEmpty()
            ? "a text of " + bounds.min() + " to " + bounds.max() + " characters"
            : bounds.expected();
    return new Simple(
        expected,
        node ->
            some(node.isTextual(), node::textValue)
                .filter(text -> fits(bounds, text))
                .filter(text -> pattern.isEmpty() || pattern.get().matcher(text).matches()));
  }

  private static boolean fits(Text bounds, String text) {
    int length = Json.length(text);
    return length >= bounds.min()
        && length <= bounds.max()
        && (bounds.min() == 0 || !text.isBlank());
  }

  private static boolean fits(Items bounds, int size) {
    return size >= bounds.min() && size <= bounds.max();
  }

  private static String counted(Items bounds) {
    return (bounds.min() == 0 ? "at most " : bounds.min() + " to ") + bounds.max() + " items";
  }

  private static Shape whole(
      AnnotatedType type, long least, long most, Function<JsonNode, Object> reading) {
    Range range = type.getAnnotation(Range.class);
    long min = range == null ? least : Math.max(least, range.min());
    long max = range == null ? most : Math.min(most, range.max());
    String expected =
        "a whole number"
            + (min > Integer.MIN_VALUE ? " from " + min : "")
            + (max < Integer.MAX_VALUE
                ? (min > Integer.MIN_VALUE ? "" : " up") + " to " + max
                : "");
    return new Simple(
        expected,
        node -> {
          boolean fits =
              node.isIntegralNumber()
                  && node.canConvertToLong()
                  && node.longValue() >= min
                  && node.longValue() <= max;
          return some(fits, () -> reading.apply(node));
        });
  }

  private static Shape ofEnum(Class<?> type) {
    Map<String, Object> constants = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      constants.put(Parameters.code((Enum<?>) constant), constant);
    }
    return new Term(
        "invalid_field",
        "one of " + String.join(", ", constants.keySet()),
        code -> Optional.ofNullable(constants.get(code)),
        constants::keySet);
  }

  private static <A extends Annotation> A bounds(AnnotatedType type, Class<A> kind, String where) {
    A bounds = type.getAnnotation(kind);
    if (bounds == null) {
      throw new IllegalArgumentException(where + " has no bounds: add @" + kind.getSimpleName());
    }
    return bounds;
  }

  private static Class<?> raw(AnnotatedType type) {
    return type.getType() instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : (Class<?>) type.getType();
  }

  private static AnnotatedType argument(AnnotatedType type, int index) {
    return ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[index];
  }

  private static <T> Optional<T> some(boolean fits, Supplier<T> value) {
    return fits ? Optional.of(value.get()) : Optional.empty();
  }
}
