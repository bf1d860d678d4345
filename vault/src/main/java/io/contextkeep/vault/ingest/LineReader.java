package io.contextkeep.vault.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.context.SourceLine;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Facet;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.BodyReader;
import io.contextkeep.vault.web.InvalidField;
import io.contextkeep.vault.web.Items;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Text;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The reader of what one source sends. It checks each line against the registrations of the source
 * and of the attribute, so that a refusal depends on nothing that is held.
 */
final class LineReader {
  private static final int MAX_LINES = 10_000;

  /** The lookups that may suggest a name: each compares it with every registered name. */
  private static final int MAX_HINTS = 100;

  private static final BodyReader<Line> LINES = BodyReader.of(Line.class);

  private final Registry registry;
  private final IdentifierKinds kinds;
  private final InstantSource clock;
  private final App source;
  private final Values values = new Values();

  /** The customers of the lines so far; many lines name the same. */
  private final Map<Map<String, String>, List<Identifier>> known = new HashMap<>();

  private int unknownNames;

  LineReader(Registry registry, IdentifierKinds kinds, InstantSource clock, App source) {
    this.registry = registry;
    this.kinds = kinds;
    this.clock = clock;
    this.source = source;
  }

  /**
   * The lines of a body.
   *
   * @param faults why each other line cannot be kept
   */
  record Result(List<SourceLine> lines, List<Ingest.Fault> faults) {}

  /**
   * A line as it is sent.
   *
   * @param customer identifiers by their kinds
   * @param id the source's own name for an event
   */
  private record Line(
      @Items(min = 1, max = 8)
          Map<@Text(min = 0, max = 256) String, @Text(min = 0, max = 1_000) String> customer,
      Optional<@Text(max = 63) String> attribute,
      Optional<@Text(max = 63) String> event,
      Optional<@Text(max = 200) String> id,
      Instant observed,
      JsonNode value,
      Optional<DerivedLine> derived) {

    Line {
      if (attribute.isPresent() == event.isPresent()) {
        throw InvalidField.missing("attribute", "send either 'attribute' or 'event'");
      }
      if (derived.isPresent() && attribute.isEmpty()) {
        throw InvalidField.of("derived", "describes an 'attribute', never an 'event'");
      }
    }

    Attribute.Kind kind() {
      return attribute.isPresent() ? Attribute.Kind.VALUE : Attribute.Kind.EVENT;
    }

    String name() {
      return attribute.or(() -> event).orElseThrow();
    }

    @Override
    public String toString() {
      return "Line[redacted]";
    }
  }

  /**
   * Reads a body that is one line.
   *
   * @throws Problem where the line cannot be kept
   */
  Result one(byte[] body) {
    return new Result(List.of(line(1, body)), List.of());
  }

  /**
   * Reads a body of newline-delimited JSON.
   *
   * @throws Problem where it has no lines or too many; the fault of a line is not thrown
   */
  Result many(byte[] body) {
    List<SourceLine> lines = new ArrayList<>();
    List<Ingest.Fault> faults = new ArrayList<>();
    int number = 0;
    int start = 0;
    for (int i = 0; i <= body.length; i++) {
      if (i == body.length || body[i] == '\n') {
        byte[] text = Arrays.copyOfRange(body, start, i);
        start = i + 1;
        if (!isBlank(text)) {
          number++;
          try {
            lines.add(line(number, text));
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
    return new Result(lines, faults);
  }

  private static boolean isBlank(byte[] text) {
    boolean visible = text.length > 0 && text[0] > ' ';
    return !visible && new String(text, StandardCharsets.UTF_8).isBlank();
  }

  private SourceLine line(int number, byte[] text) {
    Line line = LINES.read(text);
    Attribute attribute = attribute(line.name());
    if (attribute.kind() != line.kind()) {
      throw Problem.badRequest(
          "unknown_attribute",
          line.kind() == Attribute.Kind.VALUE
              ? "The field 'attribute' names a registered event; send it as 'event'"
              : "The field 'event' names a registered value; send it as 'attribute'");
    }
    if (!source.facets().contains(attribute.facet())) {
      throw Problem.badRequest(
          "facet_not_allowed",
          "The attribute belongs to another facet than you may write, which are "
              + source.facets().stream().map(Facet::code).sorted().toList());
    }
    String json = values.check(attribute, line.value());
    return new SourceLine(
        number,
        known.computeIfAbsent(line.customer(), this::identifiers),
        attribute,
        line.id(),
        observed(line),
        line.value(),
        json,
        line.derived().map(derived -> derived.of(attribute, this::attribute)));
  }

  private Attribute attribute(String name) {
    Optional<Attribute> known = registry.attribute(name);
    if (known.isEmpty() && ++unknownNames > MAX_HINTS) {
      throw Problem.badRequest("unknown_attribute", "An attribute is not registered");
    }
    return known.orElseGet(() -> registry.needed(name));
  }

  private List<Identifier> identifiers(Map<String, String> customer) {
    List<Identifier> identifiers = new ArrayList<>();
    customer.forEach(
        (kind, value) ->
            identifiers.add(
                Identifier.of(kind, value)
                    .orElseThrow(
                        () ->
                            Problem.badRequest(
                                "invalid_customer",
                                "An identifier is a text of 1 to 256 characters under a name of"
                                    + " lower-case letters: no placeholder such as null, and no"
                                    + " invisible or look-alike characters"))));
    checkRights(identifiers);
    return identifiers;
  }

  /** Refuses identifiers that the source may not write or link by its registration. */
  private void checkRights(List<Identifier> identifiers) {
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

  private long observed(Line line) {
    if (line.observed().isAfter(clock.instant().plus(Ingest.MAX_AHEAD))) {
      throw Problem.badRequest(
          "invalid_time", "The field 'observed' is in the future; check the source's clock");
    }
    return line.observed().toEpochMilli();
  }
}
