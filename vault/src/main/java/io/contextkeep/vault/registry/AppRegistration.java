package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.changes.Change;
import io.contextkeep.vault.changes.RegistrationNews;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.identity.AppKey;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.net.Outgoing;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The registrations of apps. */
public final class AppRegistration implements Registration {
  public static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{1,62}");
  private static final Pattern HTTPS = Pattern.compile("(?i)^\\s*https:");
  private static final Set<String> RESERVED = Set.of(Customers.SOURCE);
  private static final Set<String> OPTIONAL =
      Set.of("jwk", "clientId", "noticeUrl", "contact", "links", "identitySource");

  /** Lists that let an app do more the longer they are. */
  private static final Set<String> RIGHTS = Set.of("purposes", "facets", "links");

  private static final int MAX_LINKS = 16;

  /** Ways to sign in: without one, an app can do less. */
  private static final Set<String> CREDENTIALS = Set.of("jwk", "clientId");

  private final Registry registry;
  private final IdentifierKinds kinds;
  private final Outgoing outgoing;
  private final RegistrationNews news;
  private final InstantSource clock;

  AppRegistration(
      Registry registry,
      IdentifierKinds kinds,
      Outgoing outgoing,
      RegistrationNews news,
      InstantSource clock) {
    this.news = news;
    this.kinds = kinds;
    this.outgoing = outgoing;
    this.registry = registry;
    this.clock = clock;
  }

  @Override
  public String path() {
    return "/v1/apps/:name";
  }

  @Override
  public Routes.Guarded readers(Routes routes) {
    return routes.as(Role.OPERATOR, Role.AUDITOR);
  }

  @Override
  public Change.Kind kind() {
    return Change.Kind.APP;
  }

  @Override
  public String target(Request request) {
    return Parameters.named(request, "name", ID);
  }

  @Override
  public Set<String> optional() {
    return OPTIONAL;
  }

  @Override
  public Optional<ObjectNode> current(Connection c, String id) {
    return registry.app(id).map(AppRegistration::document);
  }

  @Override
  public ObjectNode checked(String id, ObjectNode document) {
    App app = app(id, document);
    refuseIfTaken(app);
    return document(app);
  }

  private App app(String id, ObjectNode document) {
    Json.only(
        document,
        Set.of(
            "name",
            "jwk",
            "clientId",
            "purposes",
            "facets",
            "noticeUrl",
            "contact",
            "links",
            "identitySource"));
    boolean identitySource = Json.flag(document, "identitySource", false);
    return new App(
        id,
        Json.text(document, "name", 100),
        jwk(document.path("jwk")).map(AppKey::json).orElse(null),
        Json.optionalText(document, "clientId", 200).orElse(null),
        purposes(document),
        facets(document),
        noticeUrl(document).orElse(null),
        contact(document).orElse(null),
        links(document, identitySource),
        identitySource);
  }

  /** Values that customers state are held under a source name of their own: no app may have it. */
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

  /** What is told to people must not change unseen, so only rights and credentials narrow. */
  @Override
  public boolean narrows(ObjectNode before, ObjectNode after) {
    ObjectNode kept = before.deepCopy();
    for (String right : RIGHTS) {
      if (texts(before.path(right)).containsAll(texts(after.path(right)))) {
        kept.set(right, after.path(right));
      }
    }
    if (!after.path("identitySource").asBoolean()) {
      kept.set("identitySource", after.path("identitySource"));
    }
    for (String credential : CREDENTIALS) {
      if (!after.has(credential)) {
        kept.remove(credential);
      }
    }
    return kept.toString().equals(after.toString());
  }

  private static Set<String> texts(JsonNode list) {
    Set<String> texts = new HashSet<>();
    list.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  @Override
  public void put(Connection c, String id, ObjectNode document, Actor actor) throws SQLException {
    registry.put(c, app(id, document));
    Registrations.add(
        c, Registrations.Kind.APP, id, shown(id, document).toString(), clock.instant(), actor);
  }

  @Override
  public void applied() {
    registry.refresh();
  }

  @Override
  public ObjectNode shown(String id, ObjectNode document) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("id", id);
    json.setAll(document);
    if (document.has("jwk")) {
      json.put("keyThumbprint", AppKey.parse(document.get("jwk").toString()).thumbprint());
    }
    return json;
  }

  private static ObjectNode document(App app) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("name", app.name());
    Json.put(json, "purposes", app.purposes());
    Json.put(json, "facets", app.facets().stream().map(Facet::code).sorted().toList());
    Json.put(json, "links", app.links());
    json.put("identitySource", app.identitySource());
    Optional.ofNullable(app.jwk())
        .ifPresent(jwk -> json.set("jwk", Json.object(jwk.getBytes(StandardCharsets.UTF_8))));
    Optional.ofNullable(app.clientId()).ifPresent(client -> json.put("clientId", client));
    Optional.ofNullable(app.noticeUrl()).ifPresent(url -> json.put("noticeUrl", url));
    Optional.ofNullable(app.contact()).ifPresent(contact -> json.put("contact", contact));
    return json;
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

  /** A mailbox or a text is for people; the vault itself tells only a URL. */
  private Optional<String> contact(JsonNode body) {
    Optional<String> contact = Json.optionalText(body, "contact", 200);
    if (contact.filter(HTTPS.asPredicate()).isPresent() && !outgoing.accepts(contact.get())) {
      throw Problem.badRequest(
          "invalid_field",
          "The field 'contact' is a URL to which the vault sends nothing. Send an https URL of a"
              + " public host, or of one that the setting outgoing.internal.hosts names, without a"
              + " password and without a fragment; or send a mailbox or a text, and tell them"
              + " yourself");
    }
    return contact;
  }

  @Override
  public ObjectNode withContact(ObjectNode json, Change change) {
    news.contact(change).ifPresent(contact -> json.put("contact", contact));
    return json.put("contactIsTold", !news.told(change, change.state()).isEmpty());
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
    Json.texts(body, "facets", 7).forEach(code -> facets.add(AttributeRegistration.facet(code)));
    return facets;
  }

  /** A link to an account gives whoever signs in with it all that is held about the customer. */
  private Set<String> links(JsonNode body, boolean identitySource) {
    if (!body.has("links")) {
      return Set.of();
    }
    Set<String> links = new TreeSet<>(Json.texts(body, "links", MAX_LINKS));
    if (!links.stream().allMatch(Identifier::isKind)) {
      throw Problem.badRequest(
          "invalid_field",
          "The field 'links' holds kinds of identifiers, such as email: lower-case letters, digits"
              + " and underscores");
    }
    links.stream()
        .filter(kind -> !identitySource && kinds.signIn().contains(kind))
        .findFirst()
        .ifPresent(
            kind -> {
              throw Problem.badRequest(
                  "invalid_field",
                  "The field 'links' names '"
                      + kind
                      + "', which customers sign in with: leave it out or send 'identitySource':"
                      + " true");
            });
    return links;
  }

  /**
   * Finds the caller as an operator registered it.
   *
   * @throws Problem 403 where nobody registered it
   */
  public static App ofCaller(Registry registry, Request request) {
    return registry
        .app(request.caller().id())
        .orElseThrow(() -> new Problem(403, "not_registered", "Ask an operator to register you"));
  }
}
