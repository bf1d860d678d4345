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
 * All that a decision depends on. It is a closed record: what an app sends reaches the policy only
 * as far as the host has understood it, and the policy's input is written here, nowhere else.
 *
 * <p>It holds no instants. The host has said where each consent stands now and how old each value
 * is, so equal inputs have equal answers and an answer may be remembered by its input.
 *
 * @param customers how many the request is about that this question is a part of
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

  /**
   * Who asks, in which role, the purposes that caller is registered for, and how surely it is them.
   */
  public record Caller(String id, String role, List<String> purposes, Assurance assurance) {
    public Caller(String id, String role, List<String> purposes) {
      this(id, role, purposes, Assurance.NONE);
    }
  }

  /**
   * Whose data. Without an id there is nobody to decide about, and the policy refuses.
   *
   * @param self whether the caller is this very customer
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
   * A consent as it stands now.
   *
   * @param id the event that it rests on: for the record, not for the policy
   * @param status a name of DPV's consent statuses, such as {@code GIVEN}
   */
  public record Consent(
      long id, String purpose, String recipient, String status, boolean explicit) {}

  /**
   * What is known of an attribute without its value.
   *
   * @param ageDays since the newest value was observed, a begun day counting whole
   */
  public record Attribute(String category, boolean special, long ageDays) {}

  public Question {
    purpose = purpose.strip();
    consents = List.copyOf(consents);
    objections = List.copyOf(objections);
    attributes = new TreeMap<>(attributes);
  }

  /** Of a request about one customer. */
  public Question(
      Caller caller,
      String purpose,
      Subject subject,
      List<Consent> consents,
      List<String> objections,
      SortedMap<String, Attribute> attributes) {
    this(caller, purpose, subject, consents, objections, attributes, 1);
  }

  /** The same of another caller. */
  Question by(Caller other) {
    return new Question(other, purpose, subject, consents, objections, attributes, customers);
  }

  /** The same for another purpose. */
  Question stating(String other) {
    return new Question(caller, other, subject, consents, objections, attributes, customers);
  }

  /** The same, restricted or not. */
  Question restricted(boolean restricted) {
    Subject other = new Subject(subject.id(), restricted, subject.self());
    return new Question(caller, purpose, other, consents, objections, attributes, customers);
  }

  /** The same of somebody who said other things. */
  Question said(List<Consent> others, List<String> otherObjections) {
    return new Question(caller, purpose, subject, others, otherObjections, attributes, customers);
  }

  /** The same about other attributes. */
  Question of(SortedMap<String, Attribute> others) {
    return new Question(caller, purpose, subject, consents, objections, others, customers);
  }

  /** The policy's input. */
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
