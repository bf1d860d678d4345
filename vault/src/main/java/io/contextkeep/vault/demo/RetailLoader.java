package io.contextkeep.vault.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * The loader of the Online Retail data set through the public ingest API. It sends a purchase event
 * for each line that names a customer, then values of each customer: country, first and last
 * purchase, number of invoices and sum spent.
 */
public final class RetailLoader {
  private static final int BATCH = 1_000;

  /** The batches under way at once: the vault reads one while it writes another. */
  private static final int MOST_UNDER_WAY = 3;

  private static final ObjectWriter LINES =
      new ObjectMapper().writer().withRootValueSeparator("\n");

  /** The number of lines read, kept, and refused by reason. */
  public record Report(long lines, long kept, Map<String, Long> refused, long cancellations) {}

  private record SentEvent(
      Map<String, String> customer, String observed, String event, String id, Purchase value) {}

  private record Purchase(
      String invoice,
      String stock,
      String description,
      int quantity,
      long pence,
      boolean cancelled) {}

  private record SentValue(
      Map<String, String> customer, String observed, String attribute, Object value) {}

  /** The sums of one customer. */
  private static final class Summary {
    String country = "";
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    final Set<String> invoices = new HashSet<>();
    long pence;
  }

  private final Api api;
  private final boolean progress;
  private final ByteArrayOutputStream batch = new ByteArrayOutputStream();
  private SequenceWriter writer;
  private int waiting;
  private final Queue<CompletableFuture<JsonNode>> underWay = new ArrayDeque<>();
  private final Map<String, Long> refused = new TreeMap<>();
  private final Map<String, Summary> summaries = new TreeMap<>();
  private long kept;
  private long lines;
  private long cancellations;
  private long batches;

  public RetailLoader(Api api, boolean progress) throws IOException {
    this.api = api;
    this.progress = progress;
    this.writer = LINES.writeValues(batch);
  }

  /**
   * Reads the gzipped CSV and sends it.
   *
   * @param expected the number of lines, for the progress bar; -1 if unknown
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
      for (Map.Entry<String, Summary> customer : summaries.entrySet()) {
        summarise(customer.getKey(), customer.getValue());
      }
      send();
      while (!underWay.isEmpty()) {
        awaitOldest();
      }
    }
    return new Report(lines, kept, Map.copyOf(refused), cancellations);
  }

  private void line(CSVRecord record) throws IOException {
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

  private void purchase(RetailLine line) throws IOException {
    queue(
        new SentEvent(
            customer(line.customer()),
            line.date().toString(),
            "purchase",
            line.invoice() + "-" + line.row(),
            new Purchase(
                line.invoice(),
                line.stock(),
                line.description(),
                line.quantity(),
                line.pence(),
                line.isCancellation())));
  }

  private void summarise(String customer, Summary summary) throws IOException {
    value(customer, "country", summary.country);
    value(customer, "first_purchase", summary.first.toString());
    value(customer, "last_purchase", summary.last.toString());
    value(customer, "invoices", summary.invoices.size());
    value(customer, "spend_pence", summary.pence);
  }

  /** Adds a value that is computed from purchases; it is observed now, when it is computed. */
  private void value(String customer, String attribute, Object value) throws IOException {
    queue(new SentValue(customer(customer), Instant.now().toString(), attribute, value));
  }

  private static Map<String, String> customer(String number) {
    return Map.of("customer_number", number);
  }

  private void queue(Object line) throws IOException {
    writer.write(line);
    if (++waiting >= BATCH) {
      send();
    }
  }

  /** Sends the batch. It waits only for the oldest one, if as many as are allowed are under way. */
  private void send() throws IOException {
    if (waiting == 0) {
      return;
    }
    if (underWay.size() == MOST_UNDER_WAY) {
      awaitOldest();
    }
    writer.close();
    underWay.add(api.ingest(batch.toByteArray(), "retail-" + batches++));
    batch.reset();
    writer = LINES.writeValues(batch);
    waiting = 0;
  }

  private void awaitOldest() {
    JsonNode report = underWay.remove().join();
    kept += report.path("kept").longValue();
    report
        .path("refused")
        .forEach(fault -> refused.merge(fault.path("code").asText(), 1L, Long::sum));
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
