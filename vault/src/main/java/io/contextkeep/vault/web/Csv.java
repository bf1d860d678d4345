package io.contextkeep.vault.web;

import io.contextkeep.ontology.SpreadsheetCell;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Writes tables by RFC 4180 with a header, whose cells are {@link SpreadsheetCell}s. */
public final class Csv {
  private Csv() {}

  /** Begins a table with its header. */
  public static CSVPrinter to(Appendable out, String... columns) throws IOException {
    return new CSVPrinter(out, CSVFormat.RFC4180.builder().setHeader(columns).get());
  }

  /** Writes a row; columns that are not named are empty. */
  public static void row(CSVPrinter csv, String[] columns, Map<String, String> cells)
      throws IOException {
    csv.printRecord(
        Stream.of(columns)
            .map(column -> SpreadsheetCell.safe(cells.getOrDefault(column, "")))
            .toList());
  }
}
