package io.contextkeep.vault.context;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.policy.RecordedQuestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The recorded question in the details of a log entry: sealed with the customer's key, committed to
 * by the entry, and deleted with either.
 */
public final class QuestionRecord {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INPUT = "question";
  private static final String EVENTS = "said";

  /** The field of a read's details that holds the requested identifier, {@code kind:value}. */
  public static final String ASKED_AS = "as";

  /** The fields of the details that the customer is not shown. */
  public static final List<String> NAMES = List.of(INPUT, EVENTS, ASKED_AS);

  private QuestionRecord() {}

  /**
   * @param packed the recorded question, compressed
   */
  static void put(Map<String, Object> details, String packed, List<Long> events) {
    details.put(INPUT, packed);
    details.put(EVENTS, events);
  }

  /**
   * Returns the question in an entry's private part; empty if none was recorded.
   *
   * @throws IllegalArgumentException if the text is no private part
   */
  public static Optional<RecordedQuestion> of(String privatePart) {
    try {
      JsonNode details = JSON.readTree(privatePart).path("details");
      List<Long> events = new ArrayList<>();
      details.path(EVENTS).forEach(event -> events.add(event.asLong()));
      return details.path(INPUT).isTextual()
          ? Optional.of(
              new RecordedQuestion(QuestionCodec.decode(details.path(INPUT).textValue()), events))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("A private part is not JSON", e);
    }
  }
}
