package io.contextkeep.vault.rights;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.DataRight;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.records.ProcessingActivity;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.policy.Processing;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What is done with a customer's data, on which legal basis, and which rights she has against it:
 * what DPV says follows from the basis, and of every other right why it does not.
 */
final class RightsApi implements Routes.Api {
  /** The call by which a right is exercised here; others are exercised against the controller. */
  private static final Map<String, String> CALLS =
      Map.of(
          "eu-gdpr:A7-3", "DELETE /v1/me/consents/{purpose}/{app}",
          "eu-gdpr:A15", "GET /v1/me/export",
          "eu-gdpr:A16", "PUT /v1/me/attributes/{name}",
          "eu-gdpr:A17", "DELETE /v1/me",
          "eu-gdpr:A18", "PUT /v1/me/restriction",
          "eu-gdpr:A20", "GET /v1/me/export",
          "eu-gdpr:A21", "PUT /v1/me/objections/{purpose}");

  /** The same as a request, which is a case that is followed. */
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
  private final Supplier<Map<String, Processing>> inForce;

  /**
   * @param inForce what the policy in force lets be done, by purpose
   */
  RightsApi(Registry registry, Supplier<Map<String, Processing>> inForce) {
    this.registry = registry;
    this.inForce = inForce;
  }

  @Override
  public void mount(Routes routes) {
    routes.as(Role.CUSTOMER).get("/v1/me/rights", this::rights);
  }

  Answer rights(Request request) {
    request.onlyQuery();
    Map<String, Processing> processings = inForce.get();
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode all = body.putArray("processings");
    for (App app : registry.apps()) {
      app.purposes().stream()
          .sorted()
          .flatMap(purpose -> Optional.ofNullable(processings.get(purpose)).stream())
          .forEach(processing -> all.add(shown(app, processing)));
    }
    return Answer.ok(body);
  }

  private static ObjectNode shown(App app, Processing processing) {
    LegalBasis basis = processing.basis();
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("app", app.id())
            .put("name", app.name())
            .put("purpose", processing.purpose().curie())
            .put("label", processing.purpose().label())
            .put("basis", basis.curie())
            .put("basisLabel", basis.label());
    ArrayNode categories = node.putArray("categories");
    processing.categories().forEach(category -> categories.add(category.curie()));
    List<DataCategory> special =
        processing.categories().stream().filter(DataCategory::isSpecial).toList();
    if (!special.isEmpty()) {
      ArrayNode needing = node.put("specialBasis", ProcessingActivity.EXPLICIT).putArray("special");
      special.forEach(category -> needing.add(category.curie()));
    }
    ArrayNode rights = node.putArray("rights");
    ArrayNode others = node.putArray("otherRights");
    for (DataRight right : DataRight.all()) {
      List<LegalBasis> giving = LegalBasis.giving(right);
      if (basis.rights().contains(right)) {
        rights.add(had(right, app, processing));
      } else if (!giving.isEmpty()) {
        others.add(named(right).put("why", why(giving, basis)));
      }
    }
    return node;
  }

  private static ObjectNode had(DataRight right, App app, Processing processing) {
    ObjectNode node = named(right);
    Optional.ofNullable(CALLS.get(right.curie()))
        .map(call -> call.replace("{purpose}", processing.purpose().curie()))
        .ifPresent(call -> node.put("call", call.replace("{app}", app.id())));
    Optional.ofNullable(REQUESTS.get(right.curie()))
        .ifPresent(known -> node.set("request", request(known, processing)));
    return node;
  }

  /** What to send; what only she can add to it is left out. */
  private static ObjectNode request(Right right, Processing processing) {
    ObjectNode body = Json.MAPPER.createObjectNode().put("right", right.code());
    if (right.fields().contains("purpose")) {
      body.put("purpose", processing.purpose().curie());
    }
    return body;
  }

  private static ObjectNode named(DataRight right) {
    return Json.MAPPER.createObjectNode().put("right", right.curie()).put("label", right.label());
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
