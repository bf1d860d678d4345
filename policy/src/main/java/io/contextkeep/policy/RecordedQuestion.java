package io.contextkeep.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.ontology.SubjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A recorded question that can be asked again: the policy's exact input, and the events of its
 * consents.
 *
 * @param events the event of each consent of the input, in order
 */
public record RecordedQuestion(String input, List<Long> events) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public RecordedQuestion {
    events = List.copyOf(events);
  }

  public static RecordedQuestion of(Question question) {
    return of(new AskedQuestion(question));
  }

  public static RecordedQuestion of(AskedQuestion asked) {
    return new RecordedQuestion(
        asked.input(), asked.question().consents().stream().map(Question.Consent::id).toList());
  }

  /**
   * Restores the question.
   *
   * @param subject the customer that it was about
   * @throws IllegalArgumentException if the restored question does not have exactly the recorded
   *     input
   */
  public Question question(Optional<SubjectId> subject) {
    Question question = question(parsed(), subject);
    if (!question.toJson().equals(input)) {
      throw new IllegalArgumentException("The recorded input is not one that this vault writes");
    }
    return question;
  }

  private JsonNode parsed() {
    try {
      return JSON.readTree(input);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("The recorded input is not JSON", e);
    }
  }

  private Question question(JsonNode json, Optional<SubjectId> subject) {
    JsonNode caller = json.path("caller");
    return new Question(
        new Question.Caller(
            caller.path("id").asText(),
            caller.path("role").asText(),
            strings(caller.path("purposes")),
            new Assurance(
                Optional.of(caller.at("/assurance/acr"))
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::textValue),
                strings(caller.at("/assurance/amr")))),
        json.path("purpose").asText(),
        new Question.Subject(
            subject,
            json.at("/subject/state").asText().equals("restricted"),
            json.at("/subject/self").asBoolean()),
        consents(json.path("consents")),
        strings(json.path("objections")),
        attributes(json.path("attributes")),
        json.at("/request/customers").asInt());
  }

  private List<Question.Consent> consents(JsonNode array) {
    if (array.size() != events.size()) {
      throw new IllegalArgumentException("Each consent of a recorded question needs its event");
    }
    List<Question.Consent> consents = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      JsonNode consent = array.get(i);
      consents.add(
          new Question.Consent(
              events.get(i),
              consent.path("purpose").asText(),
              consent.path("recipient").asText(),
              consent.path("status").asText(),
              consent.path("explicit").asBoolean()));
    }
    return consents;
  }

  private static TreeMap<String, Question.Attribute> attributes(JsonNode object) {
    TreeMap<String, Question.Attribute> attributes = new TreeMap<>();
    object
        .properties()
        .forEach(
            entry ->
                attributes.put(
                    entry.getKey(),
                    new Question.Attribute(
                        entry.getValue().path("category").asText(),
                        entry.getValue().path("special").asBoolean(),
                        entry.getValue().path("age_days").asLong())));
    return attributes;
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(item -> strings.add(item.asText()));
    return strings;
  }

  @Override
  public String toString() {
    return "RecordedQuestion[redacted]";
  }
}
