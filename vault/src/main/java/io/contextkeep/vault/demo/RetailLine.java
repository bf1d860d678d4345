package io.contextkeep.vault.demo;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.commons.csv.CSVRecord;

/** A line of an invoice. A cancellation is a line with a negative quantity. */
record RetailLine(
    long row,
    String invoice,
    String stock,
    String description,
    int quantity,
    Instant date,
    long pence,
    String customer,
    String country) {
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  /** The reason that a line is not loaded. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String code) {
      super(code, null, false, false);
    }
  }

  static RetailLine parse(CSVRecord csv) throws Unusable {
    String customer = csv.get("CustomerID").strip();
    if (customer.isEmpty()) {
      throw new Unusable("no_customer");
    }
    try {
      return new RetailLine(
          csv.getRecordNumber(),
          csv.get("InvoiceNo"),
          csv.get("StockCode"),
          csv.get("Description").strip(),
          Integer.parseInt(csv.get("Quantity")),
          LocalDateTime.parse(csv.get("InvoiceDate"), DATE).toInstant(ZoneOffset.UTC),
          new BigDecimal(csv.get("UnitPrice")).movePointRight(2).longValue(),
          new BigDecimal(customer).toBigIntegerExact().toString(),
          csv.get("Country"));
    } catch (ArithmeticException | IllegalArgumentException | java.time.DateTimeException e) {
      throw new Unusable("malformed");
    }
  }

  boolean isCancellation() {
    return invoice.startsWith("C");
  }
}
