package io.contextkeep.vault.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Nearest;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The registered apps and attributes. They are read from an immutable copy in memory, which is
 * replaced once a change is durable.
 */
public final class Registry {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private record State(Map<String, App> apps, Map<String, Attribute> attributes) {}

  private final Db db;
  private final List<AppListener> listeners;
  private volatile State state;

  /** A listener to registrations of apps, called in their transaction. */
  @FunctionalInterface
  public interface AppListener {
    void put(Connection c, App app) throws SQLException;
  }

  public Registry(Db db, AppListener... listeners) {
    this.listeners = List.of(listeners);
    this.db = db;
    this.state = load();
  }

  public Optional<App> app(String id) {
    return Optional.ofNullable(state.apps.get(id));
  }

  /**
   * Finds the caller as an operator registered it.
   *
   * @throws Problem 403 where it is not registered
   */
  public App ofCaller(Request request) {
    return app(request.caller().id())
        .orElseThrow(
            () ->
                new Problem(
                    403,
                    "not_registered",
                    "The caller is not registered; ask an operator to register it"));
  }

  public Optional<App> appByClientId(String clientId) {
    return state.apps.values().stream().filter(app -> clientId.equals(app.clientId())).findFirst();
  }

  public List<App> apps() {
    return state.apps.values().stream().sorted(Comparator.comparing(App::id)).toList();
  }

  public Optional<Attribute> attribute(String name) {
    return Optional.ofNullable(state.attributes.get(name));
  }

  /**
   * Returns the attribute of a name.
   *
   * @throws Problem 400 where none is registered under it
   */
  public Attribute needed(String name) {
    return attribute(name)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "unknown_attribute",
                    "An attribute is not registered; GET /v1/attributes lists those that are"
                        + Nearest.hint(name, state.attributes.keySet())));
  }

  public List<Attribute> attributes() {
    return state.attributes.values().stream()
        .sorted(Comparator.comparing(Attribute::name))
        .toList();
  }

  /** Stores the app in the caller's transaction; call {@link #refresh} once it is durable. */
  public void put(Connection c, App app) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO app
          (id, name, jwk, client_id, purposes, facets, notice_url, contact, links, identity_source)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, jwk = excluded.jwk,
          client_id = excluded.client_id, purposes = excluded.purposes, facets = excluded.facets,
          notice_url = excluded.notice_url, contact = excluded.contact, links = excluded.links,
          identity_source = excluded.identity_source\
        """,
        app.id(),
        app.name(),
        app.jwk(),
        app.clientId(),
        text(new TreeSet<>(app.purposes())),
        text(app.facets().stream().map(Facet::code).sorted().toList()),
        app.noticeUrl(),
        app.contact(),
        text(app.links()),
        app.identitySource());
    for (AppListener listener : listeners) {
      listener.put(c, app);
    }
  }

  /** Returns the URL for an app's erasure notices, as the database has it. */
  public static Optional<String> noticeUrl(Connection c, String app) throws SQLException {
    return Sql.one(
        c,
        "SELECT notice_url FROM app WHERE id = ? AND notice_url IS NOT NULL",
        row -> row.getString(1),
        app);
  }

  public void put(Connection c, Attribute attribute) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO attribute (name, kind, facet, category, sensitivity, schema, retention_days, analytics)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET facet = excluded.facet, category = excluded.category,
          sensitivity = excluded.sensitivity, schema = excluded.schema,
          retention_days = excluded.retention_days, analytics = excluded.analytics\
        """,
        attribute.name(),
        attribute.kind().name(),
        attribute.facet().code(),
        attribute.category().curie(),
        attribute.sensitivity(),
        attribute.schemaText(),
        attribute.retention().toDays(),
        attribute
            .analytics()
            .map(AnalysableDocument::of)
            .map(Json::tree)
            .map(ObjectNode::toString)
            .orElse(null));
  }

  public void refresh() {
    state = load();
  }

  private State load() {
    return db.inRead(
        c ->
            new State(
                byName(Sql.query(c, "SELECT * FROM app", Registry::app), App::id),
                byName(
                    Sql.query(c, "SELECT * FROM attribute", Registry::attribute),
                    Attribute::name)));
  }

  private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
    return all.stream().collect(Collectors.toUnmodifiableMap(name, Function.identity()));
  }

  private static App app(ResultSet row) throws SQLException {
    return new App(
        row.getString("id"),
        row.getString("name"),
        nullable(row.getString("jwk")),
        nullable(row.getString("client_id")),
        Set.copyOf(strings(row.getString("purposes"))),
        strings(row.getString("facets")).stream()
            .map(code -> Facet.parse(code).orElseThrow())
            .collect(Collectors.toUnmodifiableSet()),
        nullable(row.getString("notice_url")),
        nullable(row.getString("contact")),
        Set.copyOf(strings(row.getString("links"))),
        row.getBoolean("identity_source"));
  }

  private static Attribute attribute(ResultSet row) throws SQLException {
    String schema = row.getString("schema");
    Attribute.Kind kind = Attribute.Kind.valueOf(row.getString("kind"));
    return new Attribute(
        row.getString("name"),
        kind,
        Facet.parse(row.getString("facet")).orElseThrow(),
        DataCategory.parse(row.getString("category")).orElseThrow(),
        row.getString("sensitivity"),
        schema,
        ValueRule.kept(tree(schema)),
        Duration.ofDays(row.getLong("retention_days")),
        Optional.ofNullable(nullable(row.getString("analytics")))
            .map(text -> Analysable.parse(tree(text), kind == Attribute.Kind.EVENT)));
  }

  private static @Nullable String nullable(@Nullable String text) {
    return text;
  }

  private static List<String> strings(String json) {
    try {
      return JSON.readValue(json, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A list in the registry is not JSON", e);
    }
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A schema in the registry is not JSON", e);
    }
  }

  private static String text(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
