package io.contextkeep.vault.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A reply as bytes with its status, its content type and what headers it has beside these.
 *
 * @param stream what makes the body while it is sent, where it may be too long to be held
 * @param slot when it may leave, so that the time does not tell what was done for it
 */
public record Answer(
    int status,
    String contentType,
    byte[] body,
    Map<String, String> headers,
    Optional<Stream> stream,
    Slot slot) {

  /** A body that is made while it is sent, on the request's own thread. */
  public interface Stream {
    /** Writes all of it; returns or fails when the client has it, or has gone. */
    void writeTo(OutputStream out) throws IOException;

    /** Called once at the end, however it ended, also where nothing was written. */
    default void end() {}
  }

  public Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
    this(status, contentType, body, headers, Optional.empty(), Slot.NONE);
  }

  public static Answer streamed(String contentType, Map<String, String> headers, Stream stream) {
    return new Answer(200, contentType, new byte[0], headers, Optional.of(stream), Slot.NONE);
  }

  public Answer(int status, String contentType, byte[] body) {
    this(status, contentType, body, Map.of());
  }

  /** The same with more headers; each takes the place of the vault's own of that name. */
  public Answer with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(headers);
    all.putAll(more);
    return new Answer(status, contentType, body, all, stream, slot);
  }

  /** The same, leaving at a time that does not tell what was done for it. */
  public Answer at(Slot other) {
    return new Answer(status, contentType, body, headers, stream, other);
  }

  public static Answer json(int status, Object body) {
    return of(status, "application/json", body);
  }

  /** Returns 200 with a record; one that is a page of a list has a link to the next page. */
  public static Answer ok(Object body) {
    Answer answer = json(200, body);
    return body instanceof Paged page
        ? page.next().map(next -> answer.with(Map.of("Link", Paged.link(next)))).orElse(answer)
        : answer;
  }

  /**
   * Returns 201 with what was made.
   *
   * @param location the path of it
   */
  public static Answer created(String location, Object body) {
    return json(201, body).with(Map.of("Location", location));
  }

  public static Answer problem(Problem problem) {
    return of(problem.status(), "application/problem+json", problem.body()).with(problem.headers());
  }

  public static Answer text(String contentType, String body) {
    return new Answer(200, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  public static Answer of(int status, String contentType, Object body) {
    try {
      return new Answer(status, contentType, Json.MAPPER.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A reply is not JSON", e);
    }
  }
}
