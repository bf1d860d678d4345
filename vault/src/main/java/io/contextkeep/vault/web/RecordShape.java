package io.contextkeep.vault.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** An object whose fields are exactly the components of a record. */
final class RecordShape implements Shape {
  /** A component with its name in JSON. */
  record Field(String name, boolean optional, Shape shape) {}

  private final Constructor<?> constructor;
  private final Map<String, Field> fields;

  /**
   * @param constructor the canonical one
   * @param fields in the order of the components
   */
  RecordShape(Constructor<?> constructor, Map<String, Field> fields) {
    this.constructor = constructor;
    this.fields = fields;
    constructor.setAccessible(true);
  }

  @Override
  public String expected() {
    return fields.isEmpty()
        ? "an empty object"
        : "an object with the fields " + String.join(", ", fields.keySet());
  }

  @Override
  public Stream<String> names() {
    return Stream.concat(
        fields.keySet().stream(), fields.values().stream().flatMap(field -> field.shape().names()));
  }

  @Override
  public Object read(JsonNode node, String at) {
    if (!node.isObject()) {
      throw wrong(at);
    }
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      checkKnown(names.next(), at);
    }
    List<Object> components = new ArrayList<>();
    for (Field field : fields.values()) {
      components.add(component(field, node.path(field.name()), FieldPath.of(at, field.name())));
    }
    return made(components, at);
  }

  private Problem wrong(String at) {
    return Shape.wrong(at, at.equals(FieldPath.BODY) ? "a JSON object" : expected());
  }

  private void checkKnown(String name, String at) {
    if (!fields.containsKey(name)) {
      throw Problem.badRequest(
          "unknown_field", Nearest.unknown("field", name, at, fields.keySet()));
    }
  }

  private static Object component(Field field, JsonNode value, String at) {
    if (value.isMissingNode() && field.optional()) {
      return Optional.empty();
    }
    if (value.isMissingNode()) {
      throw Problem.badRequest(
          "missing_field", "The field '" + at + "' is missing; send " + field.shape().expected());
    }
    Object read = field.shape().read(value, at);
    return field.optional() ? Optional.of(read) : read;
  }

  private Object made(List<Object> components, String at) {
    try {
      return constructor.newInstance(components.toArray());
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case InvalidField fault -> throw fault.at(at);
        case RuntimeException bug -> throw bug;
        case null, default -> throw new IllegalStateException("A constructor failed", e.getCause());
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("A record cannot be made", e);
    }
  }
}
