package io.contextkeep.vault.http;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Tables by RFC 4180 with a header. A cell that a spreadsheet would run as a formula begins with an
 * apostrophe instead.
 */
final class Csv {
  private static final String FORMULA_STARTS = "=+-@\t\r\n";

  private Csv() {}

  /** Begins a table with its header. */
  static CSVPrinter to(Appendable out, String... columns) throws IOException {
    return new CSVPrinter(out, CSVFormat.RFC4180.builder().setHeader(columns).get());
  }

  /** A row; columns that are not named are empty. */
  static void row(CSVPrinter csv, String[] columns, Map<String, String> cells) throws IOException {
    csv.printRecord(
        Stream.of(columns).map(column -> safe(cells.getOrDefault(column, ""))).toList());
  }

  static String safe(String cell) {
    return !cell.isEmpty() && FORMULA_STARTS.indexOf(cell.charAt(0)) >= 0 ? "'" + cell : cell;
  }
}
