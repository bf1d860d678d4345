package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.analytics.noise.Rational;
import io.contextkeep.vault.auditlog.Staff;
import io.contextkeep.vault.changes.Change;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.registry.Registration;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The registration of budgets. Operators name analysts by their names; stored documents have their
 * pseudonyms, so that a deleted name remains in no document.
 */
final class BudgetRegistration implements Registration {
  private static final int MAX_SHARES = 1_000;

  private final Analytics analytics;
  private final Registry registry;
  private final Staff staff;

  BudgetRegistration(Analytics analytics, Registry registry, Staff staff) {
    this.analytics = analytics;
    this.registry = registry;
    this.staff = staff;
  }

  @Override
  public String path() {
    return "/v1/analytics/budgets/:purpose/:population";
  }

  @Override
  public Change.Kind kind() {
    return Change.Kind.BUDGET;
  }

  /** Returns the purpose and the population, separated by a slash. */
  @Override
  public String target(Request request) {
    String population = request.path("population");
    if (registry.app(population).isEmpty()) {
      throw Problem.badRequest("unknown_population", "The population must be a registered app");
    }
    return Parameters.purpose(request).curie() + "/" + population;
  }

  @Override
  public Set<String> optional() {
    return Set.of("shares", "rhoPerCustomer");
  }

  @Override
  public Optional<ObjectNode> current(Connection c, String target) throws SQLException {
    return analytics
        .budget(c, purpose(target), population(target))
        .map(BudgetRegistration::document);
  }

  @Override
  public ObjectNode checked(String target, ObjectNode document) {
    return document(budget(target, document));
  }

  private static Budget budget(String target, ObjectNode document) {
    Json.only(document, Set.of("rho", "delta", "shares", "rhoPerCustomer"));
    return new Budget(
        purpose(target),
        population(target),
        Cost.allowed(amount("rho", document.path("rho")), amount("delta", document.path("delta"))),
        shares(document.path("shares")),
        document.has("rhoPerCustomer")
            ? Optional.of(
                Cost.allowed(
                        amount("rhoPerCustomer", document.path("rhoPerCustomer")), Rational.ZERO)
                    .rho())
            : Optional.empty());
  }

  private static String purpose(String target) {
    return target.substring(0, target.indexOf('/'));
  }

  private static String population(String target) {
    return target.substring(target.indexOf('/') + 1);
  }

  private static SortedMap<String, Long> shares(JsonNode node) {
    SortedMap<String, Long> shares = new TreeMap<>();
    checkShares(node);
    node.fieldNames()
        .forEachRemaining(
            analyst ->
                shares.put(
                    analyst,
                    Cost.allowed(amount("shares", node.path(analyst)), Rational.ZERO).rho()));
    return shares;
  }

  private static void checkShares(JsonNode node) {
    if (!node.isMissingNode() && !node.isObject() || node.size() > MAX_SHARES) {
      throw Problem.badRequest(
          "invalid_field", "The field 'shares' must be an object with an amount for each analyst");
    }
  }

  /** Reads an amount of at most a thousand, which is far more than any private budget. */
  private static Rational amount(String field, JsonNode node) {
    if (!node.isNumber()
        || node.decimalValue().signum() < 0
        || node.decimalValue().scale() > 12
        || node.decimalValue().compareTo(BigDecimal.valueOf(1_000)) > 0) {
      throw Problem.badRequest(
          "invalid_field",
          "In the field '"
              + field
              + "' amounts are 0 to 1000, with at most 12 digits after the point");
    }
    return Rational.of(node.decimalValue());
  }

  @Override
  public ObjectNode understood(ObjectNode sent) {
    if (!sent.has("shares") || sent.get("shares").isNull()) {
      return sent;
    }
    checkShares(sent.path("shares"));
    ObjectNode named = sent.deepCopy();
    ObjectNode shares = named.putObject("shares");
    sent.get("shares")
        .properties()
        .forEach(share -> shares.set(pseudonym(share.getKey()), share.getValue()));
    return named;
  }

  private String pseudonym(String name) {
    return staff
        .pseudonym(name)
        .orElseThrow(
            () ->
                new Problem(
                    404,
                    "no_such_analyst",
                    "The field 'shares' names an analyst who has never signed in; name analysts"
                        + " as their tokens do, with the issuer's name and a colon before it where"
                        + " that is not this vault"));
  }

  /** Returns whether no analyst can spend more, neither in all nor of one customer's budget. */
  @Override
  public boolean narrows(ObjectNode before, ObjectNode after) {
    Budget held = budget("/", before);
    Budget wanted = budget("/", after);
    Set<String> analysts = new TreeSet<>(held.shares().keySet());
    analysts.addAll(wanted.shares().keySet());
    return wanted.limit().fitsIn(held.limit())
        && analysts.stream().allMatch(a -> wanted.limitOf(a).fitsIn(held.limitOf(a)))
        && (held.each().isEmpty()
            || wanted.each().filter(each -> each <= held.each().get()).isPresent());
  }

  @Override
  public void put(Connection c, String target, ObjectNode document, Actor actor)
      throws SQLException {
    analytics.put(c, budget(target, document));
  }

  @Override
  public Map<String, Object> facts(String target, ObjectNode document) {
    Cost limit = budget(target, document).limit();
    return Map.of("purpose", purpose(target), "rho", limit.rho(), "delta", limit.delta());
  }

  private static ObjectNode document(Budget budget) {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("rho", Costs.units(budget.limit().rho()))
            .put("delta", Costs.units(budget.limit().delta()));
    if (!budget.shares().isEmpty()) {
      ObjectNode shares = json.putObject("shares");
      budget.shares().forEach((analyst, rho) -> shares.put(analyst, Costs.units(rho)));
    }
    budget.each().ifPresent(each -> json.put("rhoPerCustomer", Costs.units(each)));
    return json;
  }

  @Override
  public ObjectNode shown(String target, ObjectNode document) {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("purpose", purpose(target))
            .put("population", population(target));
    json.setAll(document);
    if (document.has("shares")) {
      ObjectNode shares = json.putObject("shares");
      document
          .get("shares")
          .properties()
          .forEach(share -> shares.set(staff.name(share.getKey()), share.getValue()));
    }
    json.set("limit", Json.MAPPER.valueToTree(Costs.of(budget(target, document).limit())));
    return json;
  }
}
