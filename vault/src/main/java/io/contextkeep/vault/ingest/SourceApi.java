package io.contextkeep.vault.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.context.Categories;
import io.contextkeep.vault.context.SourceLine;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.derived.Derivable;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.derived.DerivedJson;
import io.contextkeep.vault.derived.Deriving;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.provenance.Batches;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.AppRegistration;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Facet;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Times;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What sources do: write context, one JSON object or many, a line each. Each line is judged alone;
 * the reply says which were not kept and why. The same key with the same body is done once and
 * answered the same again.
 */
final class SourceApi implements Routes.Api {
  private static final int MAX_LINES = 10_000;
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7E]{1,200}");

  private final Db db;
  private final Registry registry;
  private final Ingest ingest;
  private final Deriving deriving;
  private final Batches batches;
  private final BlindIndex blindIndex;
  private final IdentifierKinds kinds;
  private final AuditLog log;
  private final InstantSource clock;

  SourceApi(
      Db db,
      Registry registry,
      Ingest ingest,
      Deriving deriving,
      Batches batches,
      BlindIndex blindIndex,
      IdentifierKinds kinds,
      AuditLog log,
      InstantSource clock) {
    this.db = db;
    this.registry = registry;
    this.ingest = ingest;
    this.deriving = deriving;
    this.batches = batches;
    this.blindIndex = blindIndex;
    this.kinds = kinds;
    this.log = log;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    Media lines = Media.JSON_BODY.taking(Media.LINES, Media.JSON);
    routes
        .as(Role.SOURCE, Role.APP)
        .on(HttpMethod.POST, "/v1/ingest", lines, this::ingest)
        .get("/v1/ingest/recompute", this::recompute);
  }

  Answer ingest(Request request) {
    request.onlyQuery();
    App source = AppRegistration.ofCaller(registry, request);
    String key =
        request
            .header("Idempotency-Key")
            .filter(text -> KEY.matcher(text).matches())
            .orElseThrow(
                () ->
                    Problem.badRequest(
                        "missing_header",
                        "Send an Idempotency-Key of 1 to 200 visible ASCII characters"));
    byte[] keyHash = blindIndex.of("idempotency/" + source.id(), key);
    byte[] bodyHash = Hashes.sha256().digest(request.body());
    Instant started = clock.instant();
    List<Ingest.Fault> faults = new ArrayList<>();
    List<SourceLine> lines =
        Media.type(request).equals(Optional.of(Media.JSON))
            ? List.of(line(1, Json.object(request.body()), source, new Values()))
            : lines(request.body(), source, faults);
    Optional<Batches.Earlier> earlier = db.inRead(c -> batches.earlier(c, source.id(), keyHash));
    if (earlier.isPresent()) {
      return Answer.text("application/json", again(earlier.get(), bodyHash));
    }
    Derivable derivable = deriving.judge(request.caller(), lines);
    List<SubjectId> fresh = ingest.keysFor(lines);
    String batch = UUID.randomUUID().toString();
    String report =
        db.inWrite(
            c -> {
              Optional<Batches.Earlier> raced = batches.earlier(c, source.id(), keyHash);
              if (raced.isPresent()) {
                return again(raced.get(), bodyHash);
              }
              Ingest.Written written = ingest.write(c, source.id(), batch, lines, fresh, derivable);
              String text = report(batch, written, faults);
              batches.add(
                  c,
                  new Batches.Entry(
                      batch,
                      source.id(),
                      keyHash,
                      bodyHash,
                      started,
                      clock.instant(),
                      kept(written.kept()),
                      text));
              log.stage(c, entry(request, source, batch, written, lines));
              return text;
            });
    return Answer.text("application/json", report);
  }

  /**
   * What to work out anew, because somebody corrected what it was made from. It does not say whose
   * nor how many, and when only by the hour; what fell with a consent is not in it at all.
   */
  Answer recompute(Request request) {
    request.onlyQuery();
    App source = AppRegistration.ofCaller(registry, request);
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode all = body.putArray("recompute");
    db.inRead(c -> Derivations.recompute(c, source.id()))
        .forEach(
            (name, hour) ->
                all.addObject()
                    .put("attribute", name)
                    .put("since", Instant.EPOCH.plus(Duration.ofHours(hour)).toString()));
    return Answer.ok(body);
  }

  private List<SourceLine> lines(byte[] body, App source, List<Ingest.Fault> faults) {
    List<SourceLine> lines = new ArrayList<>();
    Values values = new Values();
    int number = 0;
    int start = 0;
    for (int i = 0; i <= body.length; i++) {
      if (i == body.length || body[i] == '\n') {
        byte[] text = Arrays.copyOfRange(body, start, i);
        start = i + 1;
        if (!new String(text, StandardCharsets.UTF_8).isBlank()) {
          number++;
          try {
            lines.add(line(number, Json.object(text), source, values));
          } catch (Problem problem) {
            faults.add(
                new Ingest.Fault(number, problem.code(), String.valueOf(problem.getMessage())));
          }
        }
      }
    }
    if (number == 0 || number > MAX_LINES) {
      throw Problem.badRequest("line_count", "Send 1 to " + MAX_LINES + " lines of JSON");
    }
    return lines;
  }

  private SourceLine line(int number, JsonNode json, App source, Values values) {
    Json.only(json, Set.of("customer", "attribute", "event", "id", "observed", "value", "derived"));
    Optional<String> valueName = Json.optionalText(json, "attribute", 63);
    Optional<String> eventName = Json.optionalText(json, "event", 63);
    if (valueName.isPresent() == eventName.isPresent()) {
      throw Problem.badRequest("missing_field", "Name either an 'attribute' or an 'event'");
    }
    Attribute.Kind kind = valueName.isPresent() ? Attribute.Kind.VALUE : Attribute.Kind.EVENT;
    Attribute attribute =
        valueName
            .or(() -> eventName)
            .flatMap(registry::attribute)
            .filter(found -> found.kind() == kind)
            .orElseThrow(
                () -> Problem.badRequest("unknown_attribute", "No such attribute is registered"));
    if (!source.facets().contains(attribute.facet())) {
      throw Problem.badRequest(
          "facet_not_allowed",
          "You may write " + source.facets().stream().map(Facet::code).sorted().toList());
    }
    values.check(attribute, json.path("value"));
    return new SourceLine(
        number,
        customer(json.path("customer"), source),
        attribute,
        Json.optionalText(json, "id", 200),
        observed(json),
        json.path("value"),
        DerivedJson.parse(json, attribute, registry));
  }

  private List<Identifier> customer(JsonNode customer, App source) {
    if (!customer.isObject() || customer.isEmpty() || customer.size() > 8) {
      throw Problem.badRequest(
          "invalid_customer", "The field 'customer' is an object of 1 to 8 identifiers");
    }
    List<Identifier> identifiers = new ArrayList<>();
    customer
        .fields()
        .forEachRemaining(
            field ->
                identifiers.add(
                    Identifier.of(field.getKey(), field.getValue().asText(""))
                        .filter(_ -> field.getValue().isTextual())
                        .orElseThrow(
                            () ->
                                Problem.badRequest(
                                    "invalid_customer",
                                    "An identifier is a text of 1 to 256 characters under a name of"
                                        + " lower-case letters: no placeholder such as null, and no"
                                        + " invisible or look-alike characters"))));
    identifierRights(identifiers, source);
    return identifiers;
  }

  /**
   * Refuses what the source may not do by its registration alone, whatever is held: the refusal
   * tells nothing of any customer.
   */
  private void identifierRights(List<Identifier> identifiers, App source) {
    Set<String> named =
        identifiers.stream().map(Identifier::kind).collect(Collectors.toCollection(TreeSet::new));
    if (named.size() > 1 && !source.links().containsAll(named)) {
      throw new Problem(
          403,
          "link_not_allowed",
          "Name the customer by one identifier: several are a link between them, and you may link "
              + source.links());
    }
    if (!source.identitySource() && named.stream().anyMatch(kinds.signIn()::contains)) {
      throw new Problem(
          403,
          "sign_in_kind",
          "Name the customer by another kind of identifier: customers sign in with "
              + kinds.signIn()
              + ", which only identity sources write");
    }
  }

  private long observed(JsonNode json) {
    Instant observed = Times.parse("The field 'observed'", Json.text(json, "observed", 40));
    if (observed.isAfter(clock.instant().plus(Ingest.MAX_AHEAD))) {
      throw Problem.badRequest(
          "invalid_time", "The field 'observed' lies in the future: check the clock");
    }
    return observed.toEpochMilli();
  }

  private static String again(Batches.Earlier earlier, byte[] body) {
    if (!Arrays.equals(earlier.body(), body)) {
      throw new Problem(
          409, "key_reused", "This Idempotency-Key was used with another body; use a new one");
    }
    return earlier.report();
  }

  /** Counts the kept lines of each category. */
  private static SortedMap<DataCategory, Integer> kept(List<SourceLine> lines) {
    SortedMap<DataCategory, Integer> kept = new TreeMap<>();
    lines.forEach(line -> kept.merge(line.attribute().category(), 1, Integer::sum));
    return kept;
  }

  private static List<String> categories(List<SourceLine> lines) {
    TreeSet<String> categories = new TreeSet<>();
    lines.forEach(line -> categories.add(line.attribute().category().curie()));
    return List.copyOf(categories);
  }

  private static AuditEntry entry(
      Request request, App source, String batch, Ingest.Written written, List<SourceLine> lines) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("request", request.id());
    facts.put("actor", source.id());
    facts.put("role", request.caller().role().code());
    facts.put("batch", batch);
    facts.put("kept", written.kept().size());
    if (!written.reasons().isEmpty()) {
      facts.put(
          "notKept",
          written.reasons().entrySet().stream()
              .map(reason -> reason.getKey() + "*" + reason.getValue())
              .toList());
    }
    Categories.put(facts, categories(lines));
    return AuditEntry.of(EntryType.WRITE, facts);
  }

  private static String report(
      String batch, Ingest.Written written, List<Ingest.Fault> unreadable) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("batch", batch);
    report.put("kept", written.kept().size());
    report.put("repeated", written.repeated());
    report.put(
        "refused",
        Stream.concat(unreadable.stream(), written.faults().stream())
            .sorted(Comparator.comparing(Ingest.Fault::line))
            .toList());
    return new String(Answer.ok(report).body(), StandardCharsets.UTF_8);
  }
}
