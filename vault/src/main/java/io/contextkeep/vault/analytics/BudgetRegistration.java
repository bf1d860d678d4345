package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.analytics.noise.Rational;
import io.contextkeep.vault.auditlog.Staff;
import io.contextkeep.vault.changes.Change;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.registry.Registration;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.BodyReader;
import io.contextkeep.vault.web.Items;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Members;
import io.contextkeep.vault.web.MergePatch;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Text;
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
  private static final String SHARES = "shares";
  private static final BodyReader<Document> DOCUMENTS = BodyReader.of(Document.class);

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
        .map(Document::of)
        .map(Json::tree);
  }

  @Override
  public ObjectNode checked(String target, ObjectNode document) {
    return Json.tree(Document.of(budget(target, document)));
  }

  /** A budget as its registration is stored: analysts by their pseudonyms. */
  private record Document(
      BigDecimal rho,
      BigDecimal delta,
      Optional<@Items(max = MAX_SHARES) Map<@Text(max = 200) String, BigDecimal>> shares,
      Optional<BigDecimal> rhoPerCustomer) {

    static Document of(Budget budget) {
      SortedMap<String, BigDecimal> shares = new TreeMap<>();
      budget.shares().forEach((analyst, rho) -> shares.put(analyst, Costs.units(rho)));
      return new Document(
          Costs.units(budget.limit().rho()),
          Costs.units(budget.limit().delta()),
          Optional.<Map<String, BigDecimal>>of(shares).filter(some -> !some.isEmpty()),
          budget.each().map(Costs::units));
    }

    Budget budget(String target) {
      SortedMap<String, Long> limits = new TreeMap<>();
      shares.orElse(Map.of()).forEach((analyst, rho) -> limits.put(analyst, rho("shares", rho)));
      return new Budget(
          purpose(target),
          population(target),
          Cost.allowed(amount("rho", rho), amount("delta", delta)),
          limits,
          rhoPerCustomer.map(each -> rho("rhoPerCustomer", each)));
    }

    private static long rho(String field, BigDecimal amount) {
      return Cost.allowed(amount(field, amount), Rational.ZERO).rho();
    }
  }

  /** A budget as it is answered: analysts by their names. */
  private record Shown(
      String purpose, String population, @JsonUnwrapped Members registered, Costs limit) {}

  private static Budget budget(String target, ObjectNode document) {
    return DOCUMENTS.read(document).budget(target);
  }

  private static String purpose(String target) {
    return target.substring(0, target.indexOf('/'));
  }

  private static String population(String target) {
    return target.substring(target.indexOf('/') + 1);
  }

  /** Checks that an amount is at most a thousand, which is far more than any private budget. */
  private static Rational amount(String field, BigDecimal amount) {
    if (amount.signum() < 0
        || amount.scale() > 12
        || amount.compareTo(BigDecimal.valueOf(1_000)) > 0) {
      throw Problem.badRequest(
          "invalid_field",
          "In the field '"
              + field
              + "' amounts are 0 to 1000, with at most 12 digits after the point");
    }
    return Rational.of(amount);
  }

  @Override
  public ObjectNode understood(ObjectNode sent) {
    if (sent.path(SHARES).size() > MAX_SHARES) {
      throw Problem.badRequest(
          "invalid_field", "The field 'shares' must have at most " + MAX_SHARES + " analysts");
    }
    return MergePatch.renamed(sent, SHARES, this::pseudonym);
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

  @Override
  public ObjectNode shown(String target, ObjectNode document) {
    return Json.tree(
        new Shown(
            purpose(target),
            population(target),
            Members.of(MergePatch.renamed(document, SHARES, staff::name)),
            Costs.of(budget(target, document).limit())));
  }
}
