package io.contextkeep.vault.context;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.EntryType;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.identity.TokenGrant;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Limits;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Slot;
import io.contextkeep.vault.web.StepUp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What apps do: ask for context with a stated purpose, for one customer or for many. */
public final class AppApi implements Routes.Api {
  private static final int MAX_CUSTOMERS = 100;
  private static final int MAX_ATTRIBUTES = 64;

  private final Registry registry;
  private final ReadPath readPath;
  private final Limits limits;

  AppApi(Registry registry, ReadPath readPath, Limits limits) {
    this.registry = registry;
    this.readPath = readPath;
    this.limits = limits;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.APP)
        .together("/v1/customers/:customer/context", this::ask, this::answers)
        .post("/v1/context", this::contexts);
  }

  /** The ask of one customer's context that the request is. */
  ReadRequest ask(Request request) {
    request.onlyQuery("purpose", "attributes", "reason");
    String attributes = needed(request, "attributes");
    limits.asking(request.caller());
    return new ReadRequest(
        request.id(),
        request.caller(),
        asked(request.path("customer")),
        purpose(request, request.query("purpose")),
        attributes(request, List.of(attributes.split(",", -1))),
        request.query("reason").map(AppApi::shortened));
  }

  List<Answer> answers(List<ReadRequest> asks) {
    return read(asks).stream().map(AppApi::answer).toList();
  }

  private List<Reply> read(List<ReadRequest> asks) {
    List<Reply> replies = readPath.read(asks, EntryType.READ);
    for (int i = 0; i < replies.size(); i++) {
      boolean disclosed = replies.get(i).disclosed();
      limits.asked(asks.get(i).caller(), disclosed ? 0 : 1, disclosed ? 1 : 0);
    }
    return replies;
  }

  /**
   * Each customer is decided, recorded and answered alone; one who is named twice is asked about
   * once, and the answer stands in both places.
   */
  Answer contexts(Request request) {
    request.onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("purpose", "attributes", "customers", "reason"));
    String purpose = purpose(request, Json.optionalText(body, "purpose", 200));
    List<Attribute> attributes =
        attributes(request, Json.texts(body, "attributes", MAX_ATTRIBUTES));
    Optional<String> reason = Json.optionalText(body, "reason", 200);
    List<Identifier> customers = new ArrayList<>();
    for (String customer : Json.texts(body, "customers", MAX_CUSTOMERS)) {
      customers.add(asked(customer));
    }
    limits.asking(request.caller());
    Map<String, Identifier> once = new LinkedHashMap<>();
    customers.forEach(customer -> once.putIfAbsent(normal(customer), customer));
    List<ReadRequest> asks =
        once.values().stream()
            .map(
                customer ->
                    new ReadRequest(
                            request.id(), request.caller(), customer, purpose, attributes, reason)
                        .oneOf(once.size()))
            .toList();
    Iterator<Reply> replies = read(asks).iterator();
    Map<String, Reply> answered = new HashMap<>();
    once.keySet().forEach(customer -> answered.put(customer, replies.next()));
    ObjectNode all = Json.MAPPER.createObjectNode();
    ArrayNode answers = all.putArray("answers");
    Optional<List<String>> stepUp = Optional.empty();
    Slot slot = Slot.NONE;
    for (Identifier customer : customers) {
      Reply reply = Objects.requireNonNull(answered.get(normal(customer)), "each was asked about");
      stepUp = stepUp.or(reply::stepUp);
      ObjectNode answer = answers.addObject();
      answer.put("customer", customer.kind() + ":" + customer.value());
      if (reply.disclosed()) {
        answer.setAll(reply.body());
      } else {
        answer.set("problem", reply.body());
        slot = Slot.ofCustomers(once.size());
      }
    }
    Answer answer = Answer.ok(all).at(slot);
    return stepUp.map(acr -> StepUp.challenging(answer, acr)).orElse(answer);
  }

  private static String normal(Identifier customer) {
    return customer.kind() + ":" + BlindIndex.normalise(customer.kind(), customer.value());
  }

  /** As the request states it, or else as the token that was made for one. */
  private static String purpose(Request request, Optional<String> stated) {
    return stated
        .filter(purpose -> Json.length(purpose) <= 4_096)
        .or(() -> request.caller().stated().map(TokenGrant::purpose))
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "missing_parameter",
                    "State the purpose, as the parameter or field 'purpose' or in the token"));
  }

  private List<Attribute> attributes(Request request, List<String> names) {
    if (names.isEmpty() || names.size() > MAX_ATTRIBUTES) {
      throw Problem.badRequest(
          "attribute_count", "Name the 1 to " + MAX_ATTRIBUTES + " attributes that you need");
    }
    List<Attribute> attributes = new ArrayList<>();
    for (String name : new LinkedHashSet<>(names)) {
      attributes.add(
          registry
              .attribute(name)
              .orElseThrow(
                  () ->
                      Problem.badRequest(
                          "unknown_attribute",
                          "An attribute is not registered; see /v1/attributes")));
    }
    Set<String> granted = request.caller().stated().map(TokenGrant::categories).orElse(Set.of());
    if (!granted.isEmpty()
        && !attributes.stream().allMatch(a -> granted.contains(a.category().curie()))) {
      throw new Problem(
          403,
          "not_granted",
          "The token was made for other data categories than these attributes'");
    }
    return attributes;
  }

  /** By an identifier, or by the pseudonym under which an auditor's list has the customer. */
  private static Identifier asked(String text) {
    return Identifier.parseAsked(text).orElseThrow(CustomerSession::invalidCustomer);
  }

  private static String needed(Request request, String name) {
    return request
        .query(name)
        .filter(value -> Json.length(value) <= 4_096)
        .orElseThrow(
            () ->
                Problem.badRequest("missing_parameter", "The parameter '" + name + "' is needed"));
  }

  private static String shortened(String reason) {
    if (Json.length(reason) > 200) {
      throw Problem.badRequest("invalid_parameter", "A reason has at most 200 characters");
    }
    return reason;
  }

  /** Context, or the refusal of it. */
  public static Answer answer(Reply reply) {
    Answer answer =
        reply.disclosed()
            ? Answer.ok(reply.body())
            : Answer.of(reply.status(), "application/problem+json", reply.body())
                .at(Slot.ofCustomers(1));
    return reply.stepUp().map(acr -> StepUp.challenging(answer, acr)).orElse(answer);
  }
}
