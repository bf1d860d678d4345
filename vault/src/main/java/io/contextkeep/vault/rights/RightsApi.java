package io.contextkeep.vault.rights;

import static io.vertx.core.http.HttpMethod.GET;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.DataRight;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.records.ProcessingActivity;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.policy.Processing;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The processing of a customer's data, its legal basis, and the customer's rights: those that
 * follow from the basis by DPV, and for every other right the reason why it does not.
 */
final class RightsApi implements Routes.Api {
  /** The calls that exercise rights; other rights are exercised against the controller. */
  private static final Map<String, String> CALLS =
      Map.of(
          "eu-gdpr:A7-3", "DELETE /v1/me/consents/{purpose}/{app}",
          "eu-gdpr:A15", "GET /v1/me/export",
          "eu-gdpr:A16", "PUT /v1/me/attributes/{name}",
          "eu-gdpr:A17", "DELETE /v1/me",
          "eu-gdpr:A18", "PUT /v1/me/restriction",
          "eu-gdpr:A20", "GET /v1/me/export",
          "eu-gdpr:A21", "PUT /v1/me/objections/{purpose}");

  /** The rights that can be exercised by a request, which becomes a case. */
  private static final Map<String, Right> REQUESTS =
      Map.of(
          "eu-gdpr:A15", Right.ACCESS,
          "eu-gdpr:A16", Right.RECTIFICATION,
          "eu-gdpr:A17", Right.ERASURE,
          "eu-gdpr:A18", Right.RESTRICTION,
          "eu-gdpr:A20", Right.PORTABILITY,
          "eu-gdpr:A21", Right.OBJECTION,
          "eu-gdpr:A22", Right.REVIEW);

  private final Registry registry;
  private final Supplier<Map<String, Processing>> allowed;

  /**
   * @param allowed the processing that the policy in force allows for each purpose
   */
  RightsApi(Registry registry, Supplier<Map<String, Processing>> allowed) {
    this.registry = registry;
    this.allowed = allowed;
  }

  private record MyRights(List<Shown> processings) {}

  /**
   * The processing of one app for one purpose.
   *
   * @param specialBasis the basis of the special categories, where there are any
   */
  private record Shown(
      String app,
      String name,
      Purpose purpose,
      String label,
      String basis,
      String basisLabel,
      List<String> categories,
      Optional<String> specialBasis,
      Optional<List<String>> special,
      List<Had> rights,
      List<Other> otherRights) {}

  /** A right that follows from the basis, and how to exercise it. */
  private record Had(String right, String label, Optional<String> call, Optional<ToSend> request) {}

  /** A right that does not follow from the basis. */
  private record Other(String right, String label, String why) {}

  /** The request to send, without the fields that only the customer can add. */
  private record ToSend(Right right, Optional<Purpose> purpose) {}

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/me/rights").as(Role.CUSTOMER).handle(this::rights);
  }

  private Answer rights(Request request) {
    Map<String, Processing> processings = allowed.get();
    return Answer.ok(
        new MyRights(
            registry.apps().stream()
                .flatMap(
                    app ->
                        app.purposes().stream()
                            .sorted()
                            .flatMap(
                                purpose -> Optional.ofNullable(processings.get(purpose)).stream())
                            .map(processing -> shown(app, processing)))
                .toList()));
  }

  private static Shown shown(App app, Processing processing) {
    LegalBasis basis = processing.basis();
    List<String> special =
        processing.categories().stream()
            .filter(DataCategory::isSpecial)
            .map(DataCategory::curie)
            .toList();
    List<Had> rights = new ArrayList<>();
    List<Other> others = new ArrayList<>();
    for (DataRight right : DataRight.all()) {
      List<LegalBasis> giving = LegalBasis.giving(right);
      if (basis.rights().contains(right)) {
        rights.add(had(right, app, processing));
      } else if (!giving.isEmpty()) {
        others.add(new Other(right.curie(), right.label(), why(giving, basis)));
      }
    }
    return new Shown(
        app.id(),
        app.name(),
        processing.purpose(),
        processing.purpose().label(),
        basis.curie(),
        basis.label(),
        processing.categories().stream().map(DataCategory::curie).toList(),
        special.isEmpty() ? Optional.empty() : Optional.of(ProcessingActivity.EXPLICIT),
        special.isEmpty() ? Optional.empty() : Optional.of(special),
        rights,
        others);
  }

  private static Had had(DataRight right, App app, Processing processing) {
    return new Had(
        right.curie(),
        right.label(),
        Optional.ofNullable(CALLS.get(right.curie()))
            .map(call -> call.replace("{purpose}", processing.purpose().curie()))
            .map(call -> call.replace("{app}", app.id())),
        Optional.ofNullable(REQUESTS.get(right.curie())).map(known -> toSend(known, processing)));
  }

  private static ToSend toSend(Right right, Processing processing) {
    return new ToSend(
        right,
        right.fields().contains("purpose") ? Optional.of(processing.purpose()) : Optional.empty());
  }

  private static String why(List<LegalBasis> giving, LegalBasis basis) {
    return "It follows from "
        + giving.stream()
            .map(other -> other.curie() + " (" + other.label() + ")")
            .collect(Collectors.joining(", "))
        + "; this processing rests on "
        + basis.curie()
        + " ("
        + basis.label()
        + ")";
  }
}
