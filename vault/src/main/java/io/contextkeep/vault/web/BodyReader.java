package io.contextkeep.vault.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The strict reader of one type of request body: a record whose components are the JSON fields.
 *
 * <p>An {@code Optional} component may be left out, any other is needed, and nothing may be null or
 * unknown. Numbers are not taken for texts, nor texts for numbers, nor fractions for whole numbers.
 * Texts carry {@link Text} and lists and maps {@link Items}; times are {@code Instant}s; an enum's
 * constants are sent by their codes ({@link io.contextkeep.ontology.Coded}). A rule that joins
 * several fields is checked in the compact constructor, which throws {@link InvalidField}. {@code
 * JsonNode} is for the places where the shape itself is data, such as an attribute's value.
 *
 * <p>A reader is made when its route is declared, so a record with an unbounded component stops the
 * start and not the first request.
 */
public final class BodyReader<T> {
  private final Class<T> type;
  private final Shape shape;
  private final Set<String> names;

  private BodyReader(Class<T> type, Shape shape) {
    this.type = type;
    this.shape = shape;
    this.names = shape.names().collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Makes the reader of a record, or of a {@code JsonNode} that must be an object.
   *
   * @throws IllegalArgumentException if the record has a component that cannot be read or is not
   *     bounded
   */
  public static <T> BodyReader<T> of(Class<T> type) {
    return new BodyReader<>(type, Shapes.ofBody(type));
  }

  /**
   * Reads a body.
   *
   * @throws Problem 400 that names the first field at fault by its path
   */
  public T read(byte[] body) {
    return read(Json.parse(body, names));
  }

  /** Reads a body that was parsed before. */
  public T read(JsonNode body) {
    return type.cast(shape.read(body, FieldPath.BODY));
  }
}
