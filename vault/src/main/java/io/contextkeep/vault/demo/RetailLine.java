package io.contextkeep.vault.demo;

import io.contextkeep.ontology.Rfc3339;
import java.math.BigDecimal;
import java.time.Instant;
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
          date(csv.get("InvoiceDate")),
          new BigDecimal(csv.get("UnitPrice")).movePointRight(2).longValue(),
          new BigDecimal(customer).toBigIntegerExact().toString(),
          csv.get("Country"));
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new Unusable("malformed");
    }
  }

  /** Reads a time such as 2010-12-01 08:26:00, which is in UTC. */
  private static Instant date(String text) throws Unusable {
    return Rfc3339.parse(text.replace(' ', 'T') + "Z").orElseThrow(() -> new Unusable("malformed"));
  }

  boolean isCancellation() {
    return invoice.startsWith("C");
  }
}
