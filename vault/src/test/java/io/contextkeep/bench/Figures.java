package io.contextkeep.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The measurements: samples by name, shown by their median, least and greatest. */
final class Figures {

  /** The samples of one name, in the order in which they were taken. */
  record Figure(String name, String unit, List<Double> samples) {
    double median() {
      List<Double> sorted = samples.stream().sorted().toList();
      int middle = sorted.size() / 2;
      return sorted.size() % 2 == 1
          ? sorted.get(middle)
          : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double min() {
      return Collections.min(samples);
    }

    double max() {
      return Collections.max(samples);
    }
  }

  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  void add(String name, String unit, double sample) {
    figures.computeIfAbsent(name, n -> new Figure(n, unit, new ArrayList<>())).samples.add(sample);
  }

  /** Returns the median of the samples of one name, of which there is one at least. */
  double median(String name) {
    return Objects.requireNonNull(figures.get(name)).median();
  }

  /** A benchmark that broke a guarantee. */
  void fail(String benchmark, String why) {
    failures.add(benchmark + ": " + why);
  }

  List<String> failures() {
    return failures;
  }

  String table() {
    String row = "%-36s %14s %14s %14s  %-11s %4s%n";
    StringBuilder table =
        new StringBuilder(row.formatted("figure", "median", "min", "max", "unit", "runs"));
    for (Figure figure : figures.values()) {
      table.append(
          row.formatted(
              figure.name(),
              number(figure.median()),
              number(figure.min()),
              number(figure.max()),
              figure.unit(),
              figure.samples().size()));
    }
    failures.forEach(failure -> table.append("FAILED  ").append(failure).append('\n'));
    return table.toString();
  }

  void write(Path file, Settings settings) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    json.putObject("machine")
        .put("cores", Runtime.getRuntime().availableProcessors())
        .put("java", Runtime.version().toString())
        .put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    json.putObject("settings")
        .put("seconds", settings.step().toSeconds())
        .put("rounds", settings.rounds())
        .put("flags", String.join(" ", Program.FLAGS));
    var all = json.putArray("figures");
    for (Figure figure : figures.values()) {
      all.addObject()
          .put("name", figure.name())
          .put("unit", figure.unit())
          .put("median", figure.median())
          .put("min", figure.min())
          .put("max", figure.max())
          .put("runs", figure.samples().size());
    }
    var failed = json.putArray("failures");
    failures.forEach(failed::add);
    Files.writeString(
        file, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }

  private static String number(double value) {
    String format = value >= 1_000 ? "%,.0f" : value >= 10 ? "%.1f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }
}
