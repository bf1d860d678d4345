package io.contextkeep.vault.context;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import io.contextkeep.audit.Receipt;
import io.contextkeep.policy.Enforced;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Slot;
import io.contextkeep.vault.web.StepUp;
import io.contextkeep.vault.web.Times;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The reply to a request for context. It is made with a {@link Receipt} only, so there is no reply
 * that the log does not hold. It is written straight to bytes, since it is made for every read.
 */
public final class Reply {
  private static final String NOTHING =
      "Nothing was disclosed: state a purpose that you are registered for and that the customer"
          + " allows";
  private static final String UNDECIDED =
      "Nothing was disclosed: the policy could not be evaluated; try again later";
  private static final String WEAK =
      "Nothing was disclosed: the purpose needs a token of a stronger authentication";

  /** Writes values into a document without flushing it after each. */
  private static final ObjectWriter VALUES =
      Json.MAPPER.writer().without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);

  /** Writes the members of a JSON object. */
  private interface Members {
    void write(JsonGenerator json) throws IOException;
  }

  private final int status;
  private final Members members;
  private final List<String> stepUp;

  private Reply(int status, List<String> stepUp, Members members) {
    this.status = status;
    this.stepUp = stepUp;
    this.members = members;
  }

  static Reply of(Disclosure disclosure, Receipt receipt, ReadRequest ask) {
    return new Reply(200, List.of(), json -> write(json, disclosure, receipt, ask));
  }

  /** Returns a refusal. Refused and unknown customers are indistinguishable. */
  static Reply of(Refusal refusal, Receipt receipt) {
    Set<String> shown = refusal.shownReasons();
    boolean stepUp = shown.equals(Set.of(Refusal.STEP_UP));
    int status = refusal.isUndecided() ? 503 : stepUp ? 401 : 403;
    return new Reply(
        status,
        stepUp ? refusal.stepUp() : List.of(),
        json -> {
          if (refusal.isUndecided()) {
            problem(json, status, "not_decided", UNDECIDED);
          } else {
            problem(json, status, "not_permitted", stepUp ? WEAK : NOTHING);
          }
          strings(json, "reasons", shown);
          if (stepUp) {
            strings(json, "acrValues", refusal.stepUp());
          }
          receipt(json, receipt, refusal.id());
        });
  }

  /** Returns the reply to a permitted read whose records do not open because they were altered. */
  static Reply ofDamage(Permit permit, Receipt receipt) {
    return new Reply(
        500,
        List.of(),
        json -> {
          problem(
              json, 500, "record_damaged", "Nothing was disclosed: a stored record was altered");
          receipt(json, receipt, permit.id());
        });
  }

  public int status() {
    return status;
  }

  /** Returns whether it has context; otherwise it is a problem document. */
  public boolean disclosed() {
    return status == 200;
  }

  /** Returns the {@code acr} values of sufficient tokens, if only the token's is insufficient. */
  public Optional<List<String>> stepUp() {
    return status == 401 ? Optional.of(stepUp) : Optional.empty();
  }

  /** Returns the answer that carries context or its refusal. */
  public Answer answer() {
    Answer answer =
        disclosed()
            ? new Answer(status, "application/json", bytes())
            : new Answer(status, "application/problem+json", bytes()).at(Slot.ofCustomers(1));
    return stepUp().map(acr -> StepUp.challenging(answer, acr)).orElse(answer);
  }

  private byte[] bytes() {
    return document(this::write);
  }

  /** Returns the document as a tree, to be completed by the caller. */
  public ObjectNode tree() {
    try (TokenBuffer document = new TokenBuffer(Json.MAPPER, false)) {
      document.writeStartObject();
      members.write(document);
      document.writeEndObject();
      return Json.MAPPER.readTree(document.asParser());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the members of the document into an object that was begun. */
  void write(JsonGenerator json) throws IOException {
    members.write(json);
  }

  /** A place of a batch: the customer as the request names them, and their reply. */
  record Place(String customer, Reply reply) {}

  /** Returns the document with the replies of a batch. */
  static byte[] bytes(List<Place> places) {
    return document(
        json -> {
          json.writeArrayFieldStart("answers");
          for (Place place : places) {
            json.writeStartObject();
            json.writeStringField("customer", place.customer());
            if (place.reply().disclosed()) {
              place.reply().write(json);
            } else {
              json.writeObjectFieldStart("problem");
              place.reply().write(json);
              json.writeEndObject();
            }
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static byte[] document(Members members) {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder(1_024);
        JsonGenerator json = Json.MAPPER.createGenerator(bytes)) {
      json.writeStartObject();
      members.write(json);
      json.writeEndObject();
      json.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(
      JsonGenerator json, Disclosure disclosure, Receipt receipt, ReadRequest ask)
      throws IOException {
    Permit permit = disclosure.permit();
    json.writeStringField("purpose", permit.purpose());
    json.writeStringField("basis", permit.basis());
    if (ask.extent().identifiers()) {
      identifiers(json, disclosure);
    }
    json.writeObjectFieldStart("values");
    for (Map.Entry<String, List<Disclosure.Value>> one : disclosure.values().entrySet()) {
      json.writeFieldName(one.getKey());
      values(json, one.getValue(), disclosure.beside().getOrDefault(one.getKey(), List.of()));
    }
    json.writeEndObject();
    json.writeObjectFieldStart("withheld");
    for (String name : ask.names()) {
      if (!disclosure.values().containsKey(name)) {
        json.writeStringField(name, reason(disclosure, name));
      }
    }
    json.writeEndObject();
    cut(json, disclosure);
    if (disclosure.next().isPresent()) {
      json.writeStringField("next", disclosure.next().get().text());
    }
    json.writeNumberField("keepForSeconds", permit.ttl().toSeconds());
    strings(json, "obligations", permit.obligations().stream().map(Enum::name).toList());
    receipt(json, receipt, permit.id());
  }

  private static void identifiers(JsonGenerator json, Disclosure disclosure) throws IOException {
    json.writeArrayFieldStart("identifiers");
    for (var identifier : disclosure.identifiers()) {
      json.writeStartObject();
      json.writeStringField("kind", identifier.kind());
      json.writeStringField("value", identifier.value());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Writes a value, with what other sources say, or a list of events. */
  private static void values(
      JsonGenerator json, List<Disclosure.Value> all, List<Disclosure.Value> beside)
      throws IOException {
    if (all.getFirst().held().attribute().kind() == Attribute.Kind.EVENT) {
      json.writeStartArray();
      for (Disclosure.Value event : all) {
        json.writeStartObject();
        value(json, event);
        json.writeEndObject();
      }
      json.writeEndArray();
      return;
    }
    json.writeStartObject();
    value(json, all.getFirst());
    if (!beside.isEmpty()) {
      json.writeArrayFieldStart("sourceSays");
      for (Disclosure.Value other : beside) {
        json.writeStartObject();
        value(json, other);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void value(JsonGenerator json, Disclosure.Value value) throws IOException {
    json.writeFieldName("value");
    VALUES.writeValue(json, value.value());
    json.writeStringField("observed", Times.write(Instant.ofEpochMilli(value.held().observed())));
    json.writeStringField("source", value.held().source());
    json.writeStringField("batch", value.held().batch());
    if (value.mask().isPresent()) {
      json.writeStringField("masked", value.mask().get().name());
    }
  }

  /** Returns the reason of an attribute's absence. TOO_OLD would reveal that a value is held. */
  private static String reason(Disclosure disclosure, String name) {
    Enforced less = disclosure.less().get(name);
    String otherwise = less == null ? "NOT_AVAILABLE" : less.name();
    String reason = disclosure.permit().withheld().getOrDefault(name, otherwise);
    return reason.equals("TOO_OLD") ? "NOT_AVAILABLE" : reason;
  }

  /** Writes the reasons of attributes that are disclosed in part, if there are such. */
  private static void cut(JsonGenerator json, Disclosure disclosure) throws IOException {
    Map<String, Enforced> cut = new TreeMap<>(disclosure.less());
    cut.keySet().retainAll(disclosure.values().keySet());
    if (cut.isEmpty()) {
      return;
    }
    json.writeObjectFieldStart("cut");
    for (Map.Entry<String, Enforced> less : cut.entrySet()) {
      json.writeStringField(less.getKey(), less.getValue().name());
    }
    json.writeEndObject();
  }

  private static void problem(JsonGenerator json, int status, String code, String detail)
      throws IOException {
    json.writeStringField("type", "urn:contextkeep:problem:" + code);
    json.writeStringField("title", code.replace('_', ' '));
    json.writeNumberField("status", status);
    json.writeStringField("code", code);
    json.writeStringField("detail", detail);
  }

  private static void strings(JsonGenerator json, String name, Iterable<String> all)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String one : all) {
      json.writeString(one);
    }
    json.writeEndArray();
  }

  private static void receipt(JsonGenerator json, Receipt receipt, String decision)
      throws IOException {
    json.writeObjectFieldStart("receipt");
    json.writeNumberField("index", receipt.index());
    json.writeStringField("leafHash", receipt.leafHash());
    json.writeStringField("decision", decision);
    json.writeEndObject();
  }

  @Override
  public String toString() {
    return "Reply[" + status + ", redacted]";
  }
}
