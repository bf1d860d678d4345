package io.contextkeep.vault.rights;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.contextkeep.ontology.DataRight;
import io.contextkeep.ontology.Justification;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The rule packs of all supported jurisdictions, by place. */
final class RulePacks {
  private static final List<String> BUILT_IN = List.of("eu-gdpr", "uk-gdpr", "us-ca");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Map<String, RulePack> byPlace = new TreeMap<>();
  private final Map<String, RulePack> byReference = new TreeMap<>();
  private final RulePack usual;

  private RulePacks(Collection<RulePack> packs, String usual) {
    packs.forEach(pack -> byPlace.put(pack.jurisdiction(), pack));
    packs.forEach(pack -> byReference.put(pack.reference(), pack));
    this.usual =
        at(usual)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "rights.jurisdiction must be one of " + byPlace.keySet()));
  }

  /**
   * Loads the built-in packs and those of an operator's directory. Each {@code *.json} file there
   * is a pack, which replaces any earlier one of its jurisdiction. Open cases follow the version
   * that they were opened under, as long as it is there.
   *
   * @throws IllegalArgumentException naming the file and the field that is wrong
   */
  public static RulePacks load(RightsSettings settings) {
    List<RulePack> packs = new ArrayList<>(BUILT_IN.stream().map(RulePacks::builtIn).toList());
    settings.rules().ifPresent(directory -> packs.addAll(of(directory)));
    return new RulePacks(packs, settings.jurisdiction());
  }

  /** Returns the rules of a place. */
  public Optional<RulePack> at(String jurisdiction) {
    return Optional.ofNullable(byPlace.get(jurisdiction));
  }

  /** Returns the rules that a case follows. */
  RulePack of(RightsCase one) {
    RulePack own = byReference.get(one.rules());
    return own == null ? at(one.jurisdiction()).orElse(usual) : own;
  }

  /** Returns the rules for requests that name no place. */
  public RulePack usual() {
    return usual;
  }

  public Set<String> places() {
    return byPlace.keySet();
  }

  private static RulePack builtIn(String id) {
    try (InputStream in =
        Objects.requireNonNull(RulePacks.class.getResourceAsStream(id + ".json"), id)) {
      return read(JSON.readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException("A built-in rule pack cannot be read", e);
    }
  }

  private static List<RulePack> of(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .map(RulePacks::ofFile)
          .toList();
    } catch (IOException e) {
      throw new IllegalArgumentException("rights.rules must be a readable directory", e);
    }
  }

  private static RulePack ofFile(Path file) {
    try {
      return read(JSON.readTree(Files.readAllBytes(file)));
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "rights.rules: " + file.getFileName() + ": " + e.getMessage(), e);
    }
  }

  static RulePack read(JsonNode json) {
    only(
        json,
        "id",
        "version",
        "name",
        "jurisdiction",
        "zone",
        "holidays",
        "sources",
        "keep",
        "rights",
        "delay",
        "action",
        "refuse");
    if (texts(json, "sources").isEmpty()) {
      throw wrong("sources", "a list of the sources of the rules");
    }
    return new RulePack(
        text(json, "id", "[a-z0-9-]{1,40}"),
        number(json, "version"),
        text(json, "name", ".{1,100}"),
        text(json, "jurisdiction", "loc:[A-Z]{2}(-[A-Z0-9]{1,3})?"),
        new LegalCalendar(zone(json), holidays(json)),
        period(json, "keep").orElseThrow(() -> wrong("keep", "a period")),
        rights(json),
        codes(json, "delay"),
        codes(json, "action"),
        codes(json, "refuse"));
  }

  private static Map<Right, RulePack.Rule> rights(JsonNode json) {
    Map<Right, RulePack.Rule> rights = new EnumMap<>(Right.class);
    for (Map.Entry<String, JsonNode> field : json.path("rights").properties()) {
      JsonNode rule = field.getValue();
      only(rule, "term", "confirm", "answer", "extension", "refuse");
      rights.put(
          Right.parse(field.getKey()).orElseThrow(() -> wrong("rights", "names of " + names())),
          new RulePack.Rule(
              term(rule),
              period(rule, "confirm"),
              period(rule, "answer").orElseThrow(() -> wrong("answer", "a period")),
              period(rule, "extension"),
              codes(rule, "refuse")));
    }
    if (rights.isEmpty()) {
      throw wrong("rights", "one or more of " + names());
    }
    return Map.copyOf(rights);
  }

  private static List<String> names() {
    return Right.codes();
  }

  private static String term(JsonNode rule) {
    String term = text(rule, "term", "eu-gdpr:A[0-9-]{1,6}|ck:Right[A-Za-z]{1,64}");
    if (term.startsWith("eu-gdpr:") && DataRight.parse(term).isEmpty()) {
      throw wrong("term", "a right of DPV's GDPR extension, or ck:Right…");
    }
    return term;
  }

  private static ZoneId zone(JsonNode json) {
    try {
      return ZoneId.of(text(json, "zone", "[A-Za-z/_+-]{1,50}"));
    } catch (DateTimeException e) {
      throw wrong("zone", "a time zone such as Europe/Brussels");
    }
  }

  private static Holidays holidays(JsonNode json) {
    if (!json.has("holidays")) {
      return Holidays.NONE;
    }
    String form =
        "a country, or a part of one, that has a calendar of holidays, such as US or US-CA";
    return Optional.ofNullable(json.get("holidays").textValue())
        .filter(place -> place.matches("[A-Z]{2}(-[A-Z0-9]{1,3})?"))
        .flatMap(Holidays::of)
        .orElseThrow(() -> wrong("holidays", form));
  }

  private static Optional<Period> period(JsonNode json, String field) {
    JsonNode period = json.path(field);
    if (period.isMissingNode()) {
      return Optional.empty();
    }
    if (!period.isObject() || period.size() != 1) {
      throw wrong(field, "one of months, calendar_days and business_days");
    }
    String unit = period.fieldNames().next();
    return Optional.of(
        new Period(
            Period.Unit.parse(unit)
                .orElseThrow(() -> wrong(field, "months, calendar_days or business_days")),
            number(period, unit)));
  }

  /** Reads codes of DPV's vocabulary, or of the vault's own. */
  private static Set<String> codes(JsonNode json, String field) {
    TreeSet<String> codes = new TreeSet<>(texts(json, field));
    for (String code : codes) {
      if (!code.matches("ck:[A-Za-z]{1,64}") && Justification.parse(code).isEmpty()) {
        throw wrong(field, "justifications of DPV's GDPR extension, or codes such as ck:NoMatch");
      }
    }
    return codes;
  }

  private static List<String> texts(JsonNode json, String field) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : json.path(field)) {
      if (!item.isTextual()) {
        throw wrong(field, "a list of texts");
      }
      texts.add(item.textValue());
    }
    return texts;
  }

  private static String text(JsonNode json, String field, String form) {
    JsonNode value = json.path(field);
    if (!value.isTextual() || !value.textValue().matches(form)) {
      throw wrong(field, "a text of the form " + form);
    }
    return value.textValue();
  }

  private static int number(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isInt() || value.intValue() < 1) {
      throw wrong(field, "a whole number from 1 on");
    }
    return value.intValue();
  }

  private static void only(JsonNode json, String... known) {
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!Set.of(known).contains(name)) {
                throw wrong(name, "unknown; the fields are " + new TreeSet<>(Set.of(known)));
              }
            });
  }

  private static IllegalArgumentException wrong(String field, String what) {
    return new IllegalArgumentException("'" + field + "' is " + what);
  }
}
