package io.contextkeep.vault.context;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.contextkeep.audit.EntryType;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Arrivals;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.identity.TokenGrant;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Items;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Limits;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Slot;
import io.contextkeep.vault.web.StepUp;
import io.contextkeep.vault.web.Text;
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

/** The reads of apps: the context of one customer or of several, for a stated purpose. */
final class AppApi implements Routes.Api {
  private static final int MAX_CUSTOMERS = 100;
  private static final int MAX_ATTRIBUTES = 64;

  private final Registry registry;
  private final ReadPath readPath;
  private final Limits limits;
  private final Arrivals arrivals;

  AppApi(Registry registry, ReadPath readPath, Limits limits, Arrivals arrivals) {
    this.registry = registry;
    this.readPath = readPath;
    this.limits = limits;
    this.arrivals = arrivals;
  }

  /**
   * A request for the context of several customers.
   *
   * @param purpose the purpose; needed unless the token states one
   * @param reason a code or short text for the log
   */
  private record Batch(
      Optional<@Text(max = 200) String> purpose,
      @Items(max = MAX_ATTRIBUTES) List<@Text(max = 63) String> attributes,
      @Items(max = MAX_CUSTOMERS) List<@Text(min = 0, max = 1_000) String> customers,
      Optional<@Text(max = 200) String> reason) {
    @Override
    public String toString() {
      return "Batch[redacted]";
    }
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/v1/customers/:customer/context")
        .as(Role.APP)
        .query("purpose", "attributes", "reason")
        .together(arrivals, this::readRequest, this::answers);
    routes.route(POST, "/v1/context").as(Role.APP).body(Batch.class).handle(this::contexts);
  }

  private ReadRequest readRequest(Request request) {
    String attributes = needed(request, "attributes");
    limits.asking(request.caller());
    return new ReadRequest(
        request.id(),
        request.caller(),
        identifier(request.path("customer")),
        purpose(request, request.query("purpose")),
        attributes(request, List.of(attributes.split(",", -1))),
        request.query("reason").map(AppApi::checkedReason));
  }

  List<Answer> answers(List<ReadRequest> asks) {
    return read(asks).stream().map(Reply::answer).toList();
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
   * Answers for several customers. Each is decided, recorded and answered separately; a customer
   * who is named twice is read once, and both places have the same answer.
   */
  private Answer contexts(Request request, Batch batch) {
    String purpose = purpose(request, batch.purpose());
    List<Attribute> attributes = attributes(request, batch.attributes());
    List<Identifier> customers = batch.customers().stream().map(AppApi::identifier).toList();
    limits.asking(request.caller());
    Map<String, Identifier> distinct = new LinkedHashMap<>();
    customers.forEach(customer -> distinct.putIfAbsent(normal(customer), customer));
    List<ReadRequest> asks =
        distinct.values().stream()
            .map(
                customer ->
                    new ReadRequest(
                            request.id(),
                            request.caller(),
                            customer,
                            purpose,
                            attributes,
                            batch.reason())
                        .oneOf(distinct.size()))
            .toList();
    Iterator<Reply> replies = read(asks).iterator();
    Map<String, Reply> byCustomer = new HashMap<>();
    distinct.keySet().forEach(customer -> byCustomer.put(customer, replies.next()));
    return answer(customers, byCustomer);
  }

  private static Answer answer(List<Identifier> customers, Map<String, Reply> byCustomer) {
    List<Reply.Place> places = new ArrayList<>(customers.size());
    Optional<List<String>> stepUp = Optional.empty();
    Slot slot = Slot.NONE;
    for (Identifier customer : customers) {
      Reply reply = Objects.requireNonNull(byCustomer.get(normal(customer)), "each was read");
      stepUp = stepUp.or(reply::stepUp);
      places.add(new Reply.Place(customer.kind() + ":" + customer.value(), reply));
      if (!reply.disclosed()) {
        slot = Slot.ofCustomers(byCustomer.size());
      }
    }
    Answer answer = new Answer(200, "application/json", Reply.bytes(places)).at(slot);
    return stepUp.map(acr -> StepUp.challenging(answer, acr)).orElse(answer);
  }

  private static String normal(Identifier customer) {
    return customer.kind() + ":" + BlindIndex.normalise(customer.kind(), customer.value());
  }

  /** Returns the purpose that the request states, or else the one that the token was made for. */
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
      attributes.add(registry.needed(name));
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

  /** Parses an identifier, or the pseudonym of a customer in an auditor's list. */
  private static Identifier identifier(String text) {
    return Identifier.parseAsked(text).orElseThrow(CustomerSession::invalidCustomer);
  }

  private static String needed(Request request, String name) {
    return request
        .query(name)
        .filter(value -> Json.length(value) <= 4_096)
        .orElseThrow(
            () ->
                Problem.badRequest("missing_parameter", "The parameter '" + name + "' is missing"));
  }

  private static String checkedReason(String reason) {
    if (Json.length(reason) > 200) {
      throw Problem.badRequest(
          "invalid_parameter", "The parameter 'reason' must be a text of at most 200 characters");
    }
    return reason;
  }
}
