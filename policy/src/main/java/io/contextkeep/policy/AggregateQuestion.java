package io.contextkeep.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.contextkeep.ontology.SubjectId;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The input of a decision about a statistic: the caller, the question, the population and the
 * privacy cost. It holds nothing about any customer, so the decision depends on none.
 *
 * @param population the app whose customers are counted, with its registered purposes
 * @param rho the cost of the answer, in trillionths of ρ
 * @param delta the cost of the answer, in trillionths of δ
 */
public record AggregateQuestion(
    Question.Caller caller,
    String purpose,
    Question.Caller population,
    String measure,
    SortedMap<String, Question.Attribute> attributes,
    long rho,
    long delta) {
  private static final JsonFactory JSON = new JsonFactory();

  public AggregateQuestion {
    attributes = new TreeMap<>(attributes);
  }

  /**
   * Returns the question about a fully consenting customer: known, with explicit consent to exactly
   * this, without objections, with values of today. An attribute that the policy withholds from
   * this question is withheld for every customer.
   */
  Question ofFullyConsenting() {
    return new Question(
        population,
        purpose,
        new Question.Subject(Optional.of(new SubjectId(1)), false, false),
        List.of(new Question.Consent(1, purpose, population.id(), "GIVEN", true)),
        List.of(),
        attributes);
  }

  /** Returns the policy's input. */
  String toJson() {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeObjectFieldStart("aggregate");
      json.writeStringField("measure", measure);
      json.writeNumberField("rho", rho);
      json.writeNumberField("delta", delta);
      json.writeEndObject();
      json.writeStringField("purpose", purpose);
      json.writeObjectFieldStart("caller");
      json.writeStringField("id", caller.id());
      json.writeStringField("role", caller.role());
      Question.write(json, caller.assurance());
      json.writeEndObject();
      json.writeObjectFieldStart("population");
      json.writeStringField("id", population.id());
      Question.strings(json, "purposes", population.purposes());
      json.writeEndObject();
      json.writeObjectFieldStart("attributes");
      for (var attribute : attributes.entrySet()) {
        json.writeObjectFieldStart(attribute.getKey());
        json.writeStringField("category", attribute.getValue().category());
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
