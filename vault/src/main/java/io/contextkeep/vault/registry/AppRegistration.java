package io.contextkeep.vault.registry;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.changes.Change;
import io.contextkeep.vault.changes.Difference;
import io.contextkeep.vault.changes.RegistrationNews;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.identity.AppKey;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.net.Outgoing;
import io.contextkeep.vault.web.BodyReader;
import io.contextkeep.vault.web.Items;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Members;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Text;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The registration of apps. */
final class AppRegistration implements Registration {
  private static final Pattern HTTPS = Pattern.compile("(?i)^\\s*https:");
  private static final Set<String> RESERVED = Set.of(Customers.SOURCE);
  private static final Set<String> OPTIONAL =
      Set.of("jwk", "clientId", "noticeUrl", "contact", "links", "identitySource");

  private static final BodyReader<Document> DOCUMENTS = BodyReader.of(Document.class);

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
  public Routes.Declared readers(Routes.Begun route) {
    return route.as(Role.OPERATOR, Role.AUDITOR);
  }

  @Override
  public Change.Kind kind() {
    return Change.Kind.APP;
  }

  @Override
  public String target(Request request) {
    return Parameters.named(request, "name", App.ID);
  }

  @Override
  public Set<String> optional() {
    return OPTIONAL;
  }

  @Override
  public Optional<ObjectNode> current(Connection c, String id) {
    return registry.app(id).map(Registered::of).map(Json::tree);
  }

  @Override
  public ObjectNode checked(String id, ObjectNode document) {
    App app = app(id, document);
    refuseIfTaken(app);
    return Json.tree(Registered.of(app));
  }

  /** An app as operators register it. */
  private record Document(
      @Text(max = 100) String name,
      Optional<JsonNode> jwk,
      Optional<@Text(max = 200) String> clientId,
      @Items(max = 50) List<Purpose> purposes,
      @Items(max = 7) List<@Text(max = 20) String> facets,
      Optional<@Text(max = 2_000) String> noticeUrl,
      Optional<@Text(max = 200) String> contact,
      Optional<@Items(max = 16) List<@Text(max = 32) String>> links,
      Optional<Boolean> identitySource) {
    boolean isIdentitySource() {
      return identitySource.orElse(false);
    }
  }

  /** An app as its registration is stored. */
  private record Registered(
      String name,
      Set<String> purposes,
      List<String> facets,
      Set<String> links,
      boolean identitySource,
      Optional<JsonNode> jwk,
      Optional<String> clientId,
      Optional<String> noticeUrl,
      Optional<String> contact) {
    static Registered of(App app) {
      return new Registered(
          app.name(),
          app.purposes(),
          app.facets().stream().map(Facet::code).sorted().toList(),
          app.links(),
          app.identitySource(),
          Optional.ofNullable(app.jwk())
              .map(jwk -> Json.object(jwk.getBytes(StandardCharsets.UTF_8))),
          Optional.ofNullable(app.clientId()),
          Optional.ofNullable(app.noticeUrl()),
          Optional.ofNullable(app.contact()));
    }
  }

  /** An app as it is answered. */
  private record Shown(
      String id, @JsonUnwrapped Members registered, Optional<String> keyThumbprint) {}

  private App app(String id, ObjectNode json) {
    Document document = DOCUMENTS.read(json);
    document.noticeUrl().ifPresent(this::checkNoticeUrl);
    document.contact().ifPresent(this::checkContact);
    return new App(
        id,
        document.name(),
        document.jwk().map(AppRegistration::key).map(AppKey::json).orElse(null),
        document.clientId().orElse(null),
        document.purposes().stream().map(Purpose::curie).collect(Collectors.toSet()),
        document.facets().stream().map(Facet::needed).collect(Collectors.toSet()),
        document.noticeUrl().orElse(null),
        document.contact().orElse(null),
        links(document),
        document.isIdentitySource());
  }

  /** Refuses the name under which the vault holds customers' own values, and a taken clientId. */
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

  /**
   * Returns whether the change only removes rights or credentials; other fields, such as the name,
   * are for people.
   */
  @Override
  public boolean narrows(ObjectNode before, ObjectNode after) {
    return Difference.changedMembers(before, after).stream()
        .allMatch(name -> narrows(name, before.path(name), after.path(name)));
  }

  private static boolean narrows(String name, JsonNode before, JsonNode after) {
    return switch (name) {
      case "purposes", "facets", "links" -> texts(before).containsAll(texts(after));
      case "identitySource" -> !after.asBoolean();
      case "jwk", "clientId" -> after.isMissingNode();
      default -> false;
    };
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
    return Json.tree(
        new Shown(
            id,
            Members.of(document),
            document.optional("jwk").map(jwk -> AppKey.parse(jwk.toString()).thumbprint())));
  }

  /** Accepts only https: notices name people. */
  private void checkNoticeUrl(String url) {
    if (!outgoing.accepts(url)) {
      throw Problem.badRequest(
          "invalid_field",
          "The field 'noticeUrl' must be an https URL of a public host, or of one that the setting"
              + " outgoing.internal.hosts names, without a password and without a fragment");
    }
  }

  /** Accepts a mailbox or any text for people to use; the vault itself sends only to a URL. */
  private void checkContact(String contact) {
    if (HTTPS.matcher(contact).find() && !outgoing.accepts(contact)) {
      throw Problem.badRequest(
          "invalid_field",
          "The field 'contact' is a URL to which the vault sends nothing. Send an https URL of a"
              + " public host, or of one that the setting outgoing.internal.hosts names, without a"
              + " password and without a fragment; or send a mailbox or a text, and tell them"
              + " yourself");
    }
  }

  @Override
  public Contact contact(Change change) {
    return new Contact(
        news.contact(change), Optional.of(!news.told(change, change.state()).isEmpty()));
  }

  private static AppKey key(JsonNode jwk) {
    if (!jwk.isObject()) {
      throw Problem.badRequest("invalid_key", "The field 'jwk' must be a JSON Web Key, an object");
    }
    try {
      return AppKey.parse(jwk.toString());
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("invalid_key", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns the kinds of identifiers that the app may link. Only an identity source may link the
   * kinds that customers sign in with: such a link lets its holder see all of a customer's data.
   */
  private Set<String> links(Document document) {
    Set<String> links = new TreeSet<>(document.links().orElse(List.of()));
    if (!links.stream().allMatch(Identifier::isKind)) {
      throw Problem.badRequest(
          "invalid_field",
          "The field 'links' must hold kinds of identifiers, such as email: lower-case letters,"
              + " digits and underscores");
    }
    links.stream()
        .filter(kind -> !document.isIdentitySource() && kinds.signIn().contains(kind))
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
}
