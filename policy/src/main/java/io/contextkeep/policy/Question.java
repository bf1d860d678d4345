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
 * The complete input of a decision about one customer. Whatever an app sends reaches the policy
 * only as one of these components, and only this class writes the policy's input.
 *
 * <p>It holds no instants: the vault computes the status of each consent and the age of each value.
 * So equal inputs have equal decisions, and a decision can be remembered by its input.
 *
 * @param customers the number of customers in the request that this question is a part of
 */
public record Question(
    Caller caller,
    String purpose,
    Subject subject,
    List<Consent> consents,
    List<String> objections,
    SortedMap<String, Attribute> attributes,
    int customers) {

  private static final JsonFactory JSON = new JsonFactory();

  /** The caller with their role, registered purposes and authentication. */
  public record Caller(String id, String role, List<String> purposes, Assurance assurance) {
    public Caller(String id, String role, List<String> purposes) {
      this(id, role, purposes, Assurance.NONE);
    }
  }

  /**
   * The customer. Without an id the customer is unknown, and the policy refuses.
   *
   * @param self whether the caller is this customer
   */
  public record Subject(Optional<SubjectId> id, boolean restricted, boolean self) {
    String state() {
      if (id.isEmpty()) {
        return "unknown";
      }
      return restricted ? "restricted" : "known";
    }
  }

  /**
   * The current state of a consent.
   *
   * @param id the event that it depends on; recorded, but not part of the policy's input
   * @param status a name of DPV's consent statuses, such as {@code GIVEN}
   */
  public record Consent(
      long id, String purpose, String recipient, String status, boolean explicit) {}

  /**
   * An attribute without its value.
   *
   * @param ageDays the age of the newest value in days, rounded up
   */
  public record Attribute(String category, boolean special, long ageDays) {}

  public Question {
    purpose = purpose.strip();
    consents = List.copyOf(consents);
    objections = List.copyOf(objections);
    attributes = new TreeMap<>(attributes);
  }

  /** Makes a question of a request about one customer. */
  public Question(
      Caller caller,
      String purpose,
      Subject subject,
      List<Consent> consents,
      List<String> objections,
      SortedMap<String, Attribute> attributes) {
    this(caller, purpose, subject, consents, objections, attributes, 1);
  }

  /** Returns the same question of another caller. */
  Question by(Caller other) {
    return new Question(other, purpose, subject, consents, objections, attributes, customers);
  }

  /** Returns the same question for another purpose. */
  Question stating(String other) {
    return new Question(caller, other, subject, consents, objections, attributes, customers);
  }

  /** Returns the same question with processing restricted or not. */
  Question restricted(boolean restricted) {
    Subject other = new Subject(subject.id(), restricted, subject.self());
    return new Question(caller, purpose, other, consents, objections, attributes, customers);
  }

  /** Returns the same question with other consents and objections. */
  Question said(List<Consent> others, List<String> otherObjections) {
    return new Question(caller, purpose, subject, others, otherObjections, attributes, customers);
  }

  /** Returns the same question about other attributes. */
  Question of(SortedMap<String, Attribute> others) {
    return new Question(caller, purpose, subject, consents, objections, others, customers);
  }

  /** Returns the policy's input. */
  public String toJson() {
    StringWriter text = new StringWriter(1_024);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("purpose", purpose);
    json.writeObjectFieldStart("caller");
    json.writeStringField("id", caller.id());
    json.writeStringField("role", caller.role());
    strings(json, "purposes", caller.purposes());
    write(json, caller.assurance());
    json.writeEndObject();
    json.writeObjectFieldStart("request");
    json.writeNumberField("customers", customers);
    json.writeEndObject();
    json.writeObjectFieldStart("subject");
    json.writeStringField("state", subject.state());
    json.writeBooleanField("self", subject.self());
    json.writeEndObject();
    json.writeArrayFieldStart("consents");
    for (Consent consent : consents) {
      write(json, consent);
    }
    json.writeEndArray();
    strings(json, "objections", objections);
    json.writeObjectFieldStart("attributes");
    for (var attribute : attributes.entrySet()) {
      json.writeObjectFieldStart(attribute.getKey());
      json.writeStringField("category", attribute.getValue().category());
      json.writeBooleanField("special", attribute.getValue().special());
      json.writeNumberField("age_days", attribute.getValue().ageDays());
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  static void write(JsonGenerator json, Assurance assurance) throws IOException {
    json.writeObjectFieldStart("assurance");
    if (assurance.acr().isPresent()) {
      json.writeStringField("acr", assurance.acr().get());
    }
    strings(json, "amr", assurance.amr());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Consent consent) throws IOException {
    json.writeStartObject();
    json.writeStringField("purpose", consent.purpose());
    json.writeStringField("recipient", consent.recipient());
    json.writeStringField("status", consent.status());
    json.writeBooleanField("explicit", consent.explicit());
    json.writeEndObject();
  }

  static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }
}
