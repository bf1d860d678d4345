package io.contextkeep.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The vault's report on a write: each line was accepted, repeated a known event, or was refused.
 *
 * @param batch the vault's id of this write, which all its values have
 * @param repeated the number of events that were written before, with the same id, time and value
 */
public record WriteReport(String batch, int kept, int repeated, List<RefusedLine> refused)
    implements Written {

  /**
   * A refused line.
   *
   * @param line its number among the lines sent, from 1
   * @param code such as {@code unknown_attribute}
   * @param detail what to change, without the line's values
   */
  public record RefusedLine(int line, String code, String detail) {}

  public WriteReport {
    refused = List.copyOf(refused);
  }

  /** Reads the report on a number of lines, each of which must be accounted for once. */
  static WriteReport read(JsonNode body, int lines) {
    Json.only(body, Set.of("batch", "kept", "repeated", "refused"));
    List<RefusedLine> refused = new ArrayList<>();
    int last = 0;
    for (JsonNode fault : Json.list(body, "refused")) {
      RefusedLine line = refusedLine(fault, lines);
      Json.check(line.line() > last, "reports on a line twice");
      last = line.line();
      refused.add(line);
    }
    int kept = (int) Json.whole(body, "kept", lines);
    int repeated = (int) Json.whole(body, "repeated", lines);
    Json.check((long) kept + repeated + refused.size() == lines, "does not account for every line");
    return new WriteReport(Json.text(body, "batch", Texts.ID), kept, repeated, refused);
  }

  private static RefusedLine refusedLine(JsonNode fault, int lines) {
    Json.only(fault, Set.of("line", "code", "detail"));
    return new RefusedLine(
        (int) Json.whole(fault, "line", lines),
        Json.text(fault, "code", Texts.PROBLEM),
        Json.message(fault, "detail"));
  }
}
