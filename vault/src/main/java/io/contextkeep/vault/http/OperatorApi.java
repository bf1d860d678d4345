package io.contextkeep.vault.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.AppKey;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.outgoing.Outgoing;
import io.contextkeep.vault.store.Analysable;
import io.contextkeep.vault.store.App;
import io.contextkeep.vault.store.Attribute;
import io.contextkeep.vault.store.Facet;
import io.contextkeep.vault.store.Ingest;
import io.contextkeep.vault.store.Registrations;
import io.contextkeep.vault.store.Registry;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What operators do: register apps and attributes. None of it reads context. */
final class OperatorApi implements Routes.Api {
  private static final Pattern APP_ID = Pattern.compile("[a-z][a-z0-9-]{1,62}");
  private static final Pattern ATTRIBUTE = Pattern.compile("[a-z][a-z0-9_]{0,62}");
  private static final Set<String> RESERVED = Set.of(Ingest.CUSTOMER);
  private static final Set<String> SENSITIVITIES = Set.of("low", "medium", "high");

  private final Db db;
  private final Registry registry;
  private final AuditLog log;
  private final Outgoing outgoing;
  private final InstantSource clock;

  OperatorApi(Db db, Registry registry, AuditLog log, Outgoing outgoing, InstantSource clock) {
    this.outgoing = outgoing;
    this.clock = clock;
    this.db = db;
    this.registry = registry;
    this.log = log;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .put("/v1/apps/:name", this::putApp)
        .get("/v1/apps", this::apps)
        .put("/v1/attributes/:name", this::putAttribute)
        .get("/v1/attributes", this::attributes)
        .get(
            "/v1/apps/:name/versions", request -> versions(request, Registrations.Kind.APP, APP_ID))
        .get(
            "/v1/attributes/:name/versions",
            request -> versions(request, Registrations.Kind.ATTRIBUTE, ATTRIBUTE));
  }

  Answer putApp(Request request) {
    request.as(Role.OPERATOR).onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("name", "jwk", "clientId", "purposes", "facets", "noticeUrl"));
    App app =
        new App(
            name(request, APP_ID),
            Json.text(body, "name", 100),
            jwk(body.path("jwk")).map(AppKey::json).orElse(null),
            Json.optionalText(body, "clientId", 200).orElse(null),
            purposes(body),
            facets(body),
            noticeUrl(body).orElse(null));
    refuseIfTaken(app);
    db.inWrite(
        c -> {
          registry.put(c, app);
          version(c, request, Registrations.Kind.APP, app.id(), json(app));
          return log.stage(c, entry(request, "app.put", app.id()));
        });
    registry.refresh();
    return Answer.ok(json(app));
  }

  private void version(
      Connection c, Request request, Registrations.Kind kind, String name, Map<String, Object> as)
      throws SQLException {
    String json = Json.MAPPER.valueToTree(as).toString();
    Registrations.add(c, kind, name, json, clock.instant(), request.caller().id(), request.id());
  }

  /**
   * What was registered under that name, each time: who could be asked for what, and since when.
   */
  private Answer versions(Request request, Registrations.Kind kind, Pattern pattern) {
    request.as(Role.OPERATOR, Role.AUDITOR).onlyQuery();
    String name = name(request, pattern);
    List<Registrations.Version> versions = db.inRead(c -> Registrations.of(c, kind, name));
    if (versions.isEmpty()) {
      throw new Problem(404, "not_registered", "Nothing was ever registered under this name");
    }
    return Answer.ok(Map.of("versions", versions.stream().map(OperatorApi::json).toList()));
  }

  private static Map<String, Object> json(Registrations.Version version) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", version.version());
    json.put("at", version.at().toString());
    json.put("by", version.by());
    json.put("request", version.request());
    json.put("registered", Json.object(version.json().getBytes(StandardCharsets.UTF_8)));
    return json;
  }

  /** What a customer says herself is held under her own source's name: no app may have it. */
  private void refuseIfTaken(App app) {
    if (RESERVED.contains(app.id())) {
      throw Problem.badRequest("invalid_name", "The vault itself uses this name; take another");
    }
    Optional.ofNullable(app.clientId())
        .flatMap(registry::appByClientId)
        .filter(other -> !other.id().equals(app.id()))
        .ifPresent(
            _ -> {
              throw new Problem(409, "client_id_taken", "Another app has this clientId");
            });
  }

  Answer apps(Request request) {
    request.as(Role.OPERATOR).onlyQuery();
    return Answer.ok(Map.of("apps", registry.apps().stream().map(OperatorApi::json).toList()));
  }

  Answer putAttribute(Request request) {
    request.as(Role.OPERATOR).onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(
        body,
        Set.of("kind", "facet", "category", "sensitivity", "schema", "retentionDays", "analytics"));
    Attribute attribute = attribute(name(request, ATTRIBUTE), body);
    registry
        .attribute(attribute.name())
        .filter(held -> held.kind() != attribute.kind())
        .ifPresent(
            _ -> {
              throw new Problem(409, "kind_is_fixed", "An attribute's kind cannot be changed");
            });
    db.inWrite(
        c -> {
          registry.put(c, attribute);
          version(c, request, Registrations.Kind.ATTRIBUTE, attribute.name(), json(attribute));
          return log.stage(c, entry(request, "attribute.put", attribute.name()));
        });
    registry.refresh();
    return Answer.ok(json(attribute));
  }

  Answer attributes(Request request) {
    request.onlyQuery();
    return Answer.ok(
        Map.of("attributes", registry.attributes().stream().map(OperatorApi::json).toList()));
  }

  /** Notices name people, so nobody on a network may read them. */
  private Optional<String> noticeUrl(JsonNode body) {
    Optional<String> url = Json.optionalText(body, "noticeUrl", 2_000);
    if (url.isPresent() && !outgoing.accepts(url.get())) {
      throw Problem.badRequest(
          "invalid_field",
          "The field 'noticeUrl' is an https URL of a public host, or of one that the setting"
              + " outgoing.internal.hosts names, without a password and without a fragment");
    }
    return url;
  }

  private static Optional<AppKey> jwk(JsonNode jwk) {
    if (jwk.isMissingNode()) {
      return Optional.empty();
    }
    if (!jwk.isObject()) {
      throw Problem.badRequest("invalid_key", "The field 'jwk' is a JSON Web Key, an object");
    }
    try {
      return Optional.of(AppKey.parse(jwk.toString()));
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("invalid_key", String.valueOf(e.getMessage()));
    }
  }

  private static Attribute attribute(String name, JsonNode body) {
    String sensitivity = Json.text(body, "sensitivity", 10);
    if (!SENSITIVITIES.contains(sensitivity)) {
      throw Problem.badRequest("invalid_field", "The field 'sensitivity' is low, medium or high");
    }
    JsonNode schema = body.path("schema");
    JsonNode days = body.path("retentionDays");
    if (!days.canConvertToExactIntegral()
        || !days.canConvertToInt()
        || days.intValue() < 1
        || days.intValue() > 36_500) {
      throw Problem.badRequest("invalid_field", "The field 'retentionDays' is 1 to 36500");
    }
    Attribute.Kind kind = kind(Json.text(body, "kind", 10));
    return new Attribute(
        name,
        kind,
        facet(Json.text(body, "facet", 20)),
        DataCategory.parse(Json.text(body, "category", 200))
            .orElseThrow(
                () -> Problem.badRequest("unknown_category", "The category is no DPV 2.3 term")),
        sensitivity,
        schema.toString(),
        ValueSchema.compiled(schema),
        Duration.ofDays(days.intValue()),
        analytics(body.path("analytics"), kind));
  }

  private static Optional<Analysable> analytics(JsonNode node, Attribute.Kind kind) {
    try {
      return node.isMissingNode()
          ? Optional.empty()
          : Optional.of(Analysable.parse(node, kind == Attribute.Kind.EVENT));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw Problem.badRequest("invalid_field", "The field 'analytics': " + e.getMessage());
    }
  }

  private static Attribute.Kind kind(String code) {
    return switch (code) {
      case "value" -> Attribute.Kind.VALUE;
      case "event" -> Attribute.Kind.EVENT;
      default -> throw Problem.badRequest("invalid_field", "The field 'kind' is value or event");
    };
  }

  private static Facet facet(String code) {
    return Facet.parse(code)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "unknown_facet",
                    "Facets are " + List.of(Facet.values()).stream().map(Facet::code).toList()));
  }

  private static Set<String> purposes(JsonNode body) {
    Set<String> purposes = new TreeSet<>();
    for (String text : Json.texts(body, "purposes", 50)) {
      purposes.add(
          Purpose.parse(text)
              .orElseThrow(
                  () -> Problem.badRequest("unknown_purpose", "A purpose is no DPV 2.3 term"))
              .curie());
    }
    return purposes;
  }

  private static Set<Facet> facets(JsonNode body) {
    Set<Facet> facets = new HashSet<>();
    Json.texts(body, "facets", 7).forEach(code -> facets.add(facet(code)));
    return facets;
  }

  private static String name(Request request, Pattern pattern) {
    String name = request.path("name");
    if (!pattern.matcher(name).matches()) {
      throw Problem.badRequest("invalid_name", "The name must match " + pattern);
    }
    return name;
  }

  private static AuditEntry entry(Request request, String action, String target) {
    return AuditEntry.of(
        EntryType.ADMIN,
        Map.of(
            "request", request.id(),
            "actor", request.caller().id(),
            "role", request.caller().role().code(),
            "action", action,
            "target", target));
  }

  /** The app without its key: the thumbprint (RFC 7638) says which one it is. */
  private static Map<String, Object> json(App app) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", app.id());
    json.put("name", app.name());
    json.put("purposes", new TreeSet<>(app.purposes()));
    json.put("facets", app.facets().stream().map(Facet::code).sorted().toList());
    Optional.ofNullable(app.clientId()).ifPresent(client -> json.put("clientId", client));
    Optional.ofNullable(app.noticeUrl()).ifPresent(url -> json.put("noticeUrl", url));
    Optional.ofNullable(app.jwk())
        .ifPresent(jwk -> json.put("keyThumbprint", AppKey.parse(jwk).thumbprint()));
    return json;
  }

  private static Map<String, Object> json(Attribute attribute) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", attribute.name());
    json.put("kind", attribute.kind().name().toLowerCase(Locale.ROOT));
    json.put("facet", attribute.facet().code());
    json.put("category", attribute.category().curie());
    json.put("special", attribute.category().isSpecial());
    json.put("sensitivity", attribute.sensitivity());
    json.put("retentionDays", attribute.retention().toDays());
    attribute.analytics().ifPresent(analytics -> json.put("analytics", analytics.json()));
    return json;
  }
}
