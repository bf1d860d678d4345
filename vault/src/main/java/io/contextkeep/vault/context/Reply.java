package io.contextkeep.vault.context;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.Receipt;
import io.contextkeep.policy.Enforced;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Slot;
import io.contextkeep.vault.web.StepUp;
import io.contextkeep.vault.web.Times;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The reply to a request for context. It is made with a {@link Receipt} only, so there is no reply
 * that the log does not hold.
 */
public final class Reply {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final String NOTHING =
      "Nothing was disclosed: state a purpose that you are registered for and that the customer"
          + " allows";
  private static final String UNDECIDED =
      "Nothing was disclosed: the policy could not be evaluated; try again later";
  private static final String WEAK =
      "Nothing was disclosed: the purpose needs a token of a stronger authentication";

  private final int status;
  private final ObjectNode body;
  private final List<String> stepUp;

  private Reply(int status, ObjectNode body) {
    this(status, body, List.of());
  }

  private Reply(int status, ObjectNode body, List<String> stepUp) {
    this.status = status;
    this.body = body;
    this.stepUp = stepUp;
  }

  static Reply of(Disclosure disclosure, Receipt receipt, ReadRequest ask) {
    var permit = disclosure.permit();
    ObjectNode body = JSON.objectNode();
    body.put("purpose", permit.purpose());
    body.put("basis", permit.basis());
    if (ask.extent().identifiers()) {
      var identifiers = body.putArray("identifiers");
      disclosure
          .identifiers()
          .forEach(i -> identifiers.addObject().put("kind", i.kind()).put("value", i.value()));
    }
    ObjectNode values = body.putObject("values");
    disclosure.values().forEach((name, all) -> values.set(name, value(all)));
    disclosure
        .beside()
        .forEach(
            (name, all) -> {
              if (values.get(name) instanceof ObjectNode inForce) {
                var says = inForce.putArray("sourceSays");
                all.forEach(value -> says.add(one(value)));
              }
            });
    ObjectNode withheld = body.putObject("withheld");
    for (String name : ask.names()) {
      if (!disclosure.values().containsKey(name)) {
        withheld.put(name, reason(disclosure, name));
      }
    }
    cut(disclosure).ifPresent(cut -> body.set("cut", cut));
    disclosure.next().ifPresent(next -> body.put("next", next.text()));
    body.put("keepForSeconds", permit.ttl().toSeconds());
    var obligations = body.putArray("obligations");
    permit.obligations().forEach(obligation -> obligations.add(obligation.name()));
    body.set("receipt", receipt(receipt, permit.id()));
    return new Reply(200, body);
  }

  /** Returns a refusal. Refused and unknown customers are indistinguishable. */
  static Reply of(Refusal refusal, Receipt receipt) {
    Set<String> shown = refusal.shownReasons();
    boolean stepUp = shown.equals(Set.of(Refusal.STEP_UP));
    int status = refusal.isUndecided() ? 503 : stepUp ? 401 : 403;
    ObjectNode body =
        refusal.isUndecided()
            ? problem(status, "not_decided", UNDECIDED)
            : problem(status, "not_permitted", stepUp ? WEAK : NOTHING);
    var reasons = body.putArray("reasons");
    shown.forEach(reasons::add);
    if (stepUp) {
      var acrValues = body.putArray("acrValues");
      refusal.stepUp().forEach(acrValues::add);
    }
    body.set("receipt", receipt(receipt, refusal.id()));
    return new Reply(status, body, stepUp ? refusal.stepUp() : List.of());
  }

  /** Returns the reply to a permitted read whose records do not open because they were altered. */
  static Reply ofDamage(Permit permit, Receipt receipt) {
    ObjectNode body =
        problem(500, "record_damaged", "Nothing was disclosed: a stored record was altered");
    body.set("receipt", receipt(receipt, permit.id()));
    return new Reply(500, body);
  }

  private static ObjectNode problem(int status, String code, String detail) {
    ObjectNode body = JSON.objectNode();
    body.put("type", "urn:contextkeep:problem:" + code);
    body.put("title", code.replace('_', ' '));
    body.put("status", status);
    body.put("code", code);
    body.put("detail", detail);
    return body;
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

  public ObjectNode body() {
    return body;
  }

  /** Returns the answer that carries context or its refusal. */
  public Answer answer() {
    Answer answer =
        disclosed()
            ? Answer.ok(body)
            : Answer.of(status, "application/problem+json", body).at(Slot.ofCustomers(1));
    return stepUp().map(acr -> StepUp.challenging(answer, acr)).orElse(answer);
  }

  @Override
  public String toString() {
    return "Reply[" + status + ", redacted]";
  }

  private static com.fasterxml.jackson.databind.JsonNode value(List<Disclosure.Value> all) {
    boolean isEvent =
        all.getFirst().held().attribute().kind()
            == io.contextkeep.vault.registry.Attribute.Kind.EVENT;
    if (!isEvent) {
      return one(all.getFirst());
    }
    var events = JSON.arrayNode();
    all.forEach(value -> events.add(one(value)));
    return events;
  }

  private static ObjectNode one(Disclosure.Value value) {
    ObjectNode node = JSON.objectNode();
    node.set("value", value.value());
    node.put("observed", Times.write(Instant.ofEpochMilli(value.held().observed())));
    node.put("source", value.held().source());
    node.put("batch", value.held().batch());
    value.mask().ifPresent(mask -> node.put("masked", mask.name()));
    return node;
  }

  /** Returns the reason of an attribute's absence. TOO_OLD would reveal that a value is held. */
  private static String reason(Disclosure disclosure, String name) {
    Enforced less = disclosure.less().get(name);
    String otherwise = less == null ? "NOT_AVAILABLE" : less.name();
    String reason = disclosure.permit().withheld().getOrDefault(name, otherwise);
    return reason.equals("TOO_OLD") ? "NOT_AVAILABLE" : reason;
  }

  /** Returns the reasons of attributes that are disclosed in part. */
  private static Optional<ObjectNode> cut(Disclosure disclosure) {
    ObjectNode cut = JSON.objectNode();
    disclosure
        .less()
        .forEach(
            (name, why) -> {
              if (disclosure.values().containsKey(name)) {
                cut.put(name, why.name());
              }
            });
    return Optional.of(cut).filter(node -> !node.isEmpty());
  }

  private static ObjectNode receipt(Receipt receipt, String decision) {
    ObjectNode node = JSON.objectNode();
    node.put("index", receipt.index());
    node.put("leafHash", receipt.leafHash());
    node.put("decision", decision);
    return node;
  }
}
