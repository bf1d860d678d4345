package io.contextkeep.vault.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * Loads the Online Retail data set through the public ingest API: a purchase event for each line
 * that names a customer, then what follows from them: country, first and last purchase, how many
 * invoices and what was spent.
 */
public final class RetailLoader {
  private static final int BATCH = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The lines read, kept and, by reason, not kept. */
  public record Report(long lines, long kept, Map<String, Long> refused, long cancellations) {}

  /** What is added up for one customer. */
  private static final class Summary {
    String country = "";
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    final Set<String> invoices = new HashSet<>();
    long pence;
  }

  private final Api api;
  private final boolean progress;
  private final List<String> batch = new ArrayList<>();
  private final Map<String, Long> refused = new TreeMap<>();
  private final Map<String, Summary> summaries = new TreeMap<>();
  private long kept;
  private long lines;
  private long cancellations;
  private long batches;

  public RetailLoader(Api api, boolean progress) {
    this.api = api;
    this.progress = progress;
  }

  /**
   * Reads the gzipped CSV and sends it.
   *
   * @param expected how many lines there are, for the progress bar; -1 where it is not known
   */
  public Report load(InputStream gzip, long expected) throws IOException {
    try (BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(gzip), StandardCharsets.UTF_8));
        ProgressBar bar = bar(expected)) {
      CSVFormat csv = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
      for (CSVRecord record : csv.parse(reader)) {
        line(record);
        bar.step();
      }
      summaries.forEach(this::summarise);
      send();
    }
    return new Report(lines, kept, Map.copyOf(refused), cancellations);
  }

  private void line(CSVRecord record) {
    lines++;
    try {
      RetailLine line = RetailLine.parse(record);
      cancellations += line.isCancellation() ? 1 : 0;
      add(line);
      purchase(line);
    } catch (RetailLine.Unusable unusable) {
      refused.merge(String.valueOf(unusable.getMessage()), 1L, Long::sum);
    }
  }

  private void add(RetailLine line) {
    Summary summary = summaries.computeIfAbsent(line.customer(), _ -> new Summary());
    summary.country = line.country();
    summary.first = line.date().isBefore(summary.first) ? line.date() : summary.first;
    summary.last = line.date().isAfter(summary.last) ? line.date() : summary.last;
    summary.invoices.add(line.invoice());
    summary.pence += line.pence() * line.quantity();
  }

  private void purchase(RetailLine line) {
    ObjectNode node = about(line.customer(), line.date());
    node.put("event", "purchase");
    node.put("id", line.invoice() + "-" + line.row());
    node.putObject("value")
        .put("invoice", line.invoice())
        .put("stock", line.stock())
        .put("description", line.description())
        .put("quantity", line.quantity())
        .put("pence", line.pence())
        .put("cancelled", line.isCancellation());
    queue(node);
  }

  private void summarise(String customer, Summary summary) {
    value(customer, "country", TextNode.valueOf(summary.country));
    value(customer, "first_purchase", TextNode.valueOf(summary.first.toString()));
    value(customer, "last_purchase", TextNode.valueOf(summary.last.toString()));
    value(customer, "invoices", IntNode.valueOf(summary.invoices.size()));
    value(customer, "spend_pence", LongNode.valueOf(summary.pence));
  }

  /** What is derived is observed when it is derived, however old the purchases are. */
  private void value(String customer, String attribute, JsonNode value) {
    ObjectNode node = about(customer, Instant.now());
    node.put("attribute", attribute);
    node.set("value", value);
    queue(node);
  }

  private static ObjectNode about(String customer, Instant observed) {
    ObjectNode node = JSON.createObjectNode();
    node.putObject("customer").put("customer_number", customer);
    node.put("observed", observed.toString());
    return node;
  }

  private void queue(ObjectNode node) {
    batch.add(node.toString());
    if (batch.size() >= BATCH) {
      send();
    }
  }

  private void send() {
    if (batch.isEmpty()) {
      return;
    }
    JsonNode report = api.ingest(String.join("\n", batch), "retail-" + batches++);
    kept += report.path("kept").longValue();
    report
        .path("refused")
        .forEach(fault -> refused.merge(fault.path("code").asText(), 1L, Long::sum));
    batch.clear();
  }

  private ProgressBar bar(long expected) {
    return new ProgressBarBuilder()
        .setTaskName("Loading")
        .setInitialMax(expected)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(progress ? 500 : 3_600_000)
        .build();
  }
}
