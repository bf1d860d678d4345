package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A picture of a released histogram or time series: a bar for each value, with an error bar for its
 * 95 % confidence interval.
 */
final class Chart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 500;
  private static final int LEFT = 90;
  private static final int TOP = 50;
  private static final int RIGHT = WIDTH - 20;
  private static final int BOTTOM = HEIGHT - 130;
  private static final int LINES = 5;

  /** Colours that people with colour blindness can distinguish (Okabe and Ito 2008). */
  private static final List<String> COLOURS =
      List.of("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442");

  private record Bar(String place, double value, double error) {}

  private record Series(String name, List<Bar> bars) {}

  private final StringBuilder svg = new StringBuilder();
  private final List<Series> all;
  private final double least;
  private final double most;

  private Chart(List<Series> all) {
    this.all = all;
    this.least = bars().mapToDouble(bar -> bar.value() - bar.error()).reduce(0, Math::min);
    double highest = bars().mapToDouble(bar -> bar.value() + bar.error()).reduce(0, Math::max);
    this.most = highest > least ? highest : least + 1;
  }

  private Stream<Bar> bars() {
    return all.stream().flatMap(series -> series.bars().stream());
  }

  /** Returns a release as SVG. */
  public static byte[] svg(JsonNode release) {
    List<Series> all = new ArrayList<>();
    release.path("cells").forEach(cell -> all.add(series(cell)));
    return new Chart(all)
        .drawn(title(release), release.path("unit").asText())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String title(JsonNode release) {
    JsonNode column = release.at("/question/column/attribute");
    return release.at("/question/measure").asText() + " of " + column.asText();
  }

  private static Series series(JsonNode cell) {
    List<Bar> bars = new ArrayList<>();
    for (JsonNode bar : cell.has("bins") ? cell.get("bins") : cell.path("series")) {
      double value = bar.path("value").doubleValue();
      double error = bar.at("/interval/upper").doubleValue() - value;
      bars.add(new Bar(bar.path("from").asText(), value, error));
    }
    List<String> name = new ArrayList<>();
    cell.path("key").forEach(key -> name.add(key.asText()));
    return new Series(name.isEmpty() ? "all" : String.join(", ", name), bars);
  }

  private String drawn(String title, String unit) {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" role=\"img\""
            + " font-family=\"sans-serif\" font-size=\"12\">",
        WIDTH, HEIGHT);
    add("<title>%s</title>", escaped(title + ", " + unit));
    add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
    text(WIDTH / 2.0, TOP - 20, "text-anchor=\"middle\" font-size=\"16\"", title);
    text(10, TOP - 20, "", unit);
    lines();
    places();
    for (int i = 0; i < all.size(); i++) {
      draw(i);
    }
    return svg.append("</svg>\n").toString();
  }

  /** Draws grid lines. */
  private void lines() {
    for (int i = 0; i <= LINES; i++) {
      double value = least + (most - least) * i / LINES;
      line(LEFT, y(value), RIGHT, y(value), "#cccccc");
      text(LEFT - 8, y(value) + 4, "text-anchor=\"end\"", number(value));
    }
    line(LEFT, y(0), RIGHT, y(0), "black");
  }

  private void places() {
    List<Bar> first = all.isEmpty() ? List.of() : all.getFirst().bars();
    for (int i = 0; i < first.size(); i++) {
      double x = LEFT + width() * (i + 0.5);
      String turned =
          String.format(
              Locale.ROOT, "text-anchor=\"end\" transform=\"rotate(-45 %.1f %d)\"", x, BOTTOM + 16);
      text(x, BOTTOM + 16, turned, first.get(i).place());
    }
  }

  private void draw(int number) {
    Series series = all.get(number);
    String colour = COLOURS.get(number % COLOURS.size());
    double each = width() * 0.8 / all.size();
    for (int i = 0; i < series.bars().size(); i++) {
      Bar bar = series.bars().get(i);
      double x = LEFT + width() * (i + 0.1) + each * number;
      double top = Math.min(y(bar.value()), y(0));
      add(
          "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
          x, top, each, Math.abs(y(bar.value()) - y(0)), colour);
      line(
          x + each / 2,
          y(bar.value() - bar.error()),
          x + each / 2,
          y(bar.value() + bar.error()),
          "black");
    }
    int row = HEIGHT - 14 - 16 * (number / 6 % 2);
    int column = LEFT + 130 * (number % 6);
    add(
        "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>",
        column, row - 9, colour);
    text(column + 14, row, "", series.name());
  }

  /** Returns the width of a group of bars, one of each series. */
  private double width() {
    int places = all.stream().mapToInt(series -> series.bars().size()).max().orElse(1);
    return (RIGHT - LEFT) / (double) Math.max(1, places);
  }

  private double y(double value) {
    return BOTTOM - (value - least) / (most - least) * (BOTTOM - TOP);
  }

  private void line(double x1, double y1, double x2, double y2, String colour) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>",
        x1, y1, x2, y2, colour);
  }

  private void text(double x, double y, String attributes, String text) {
    add("<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>", x, y, attributes, escaped(text));
  }

  private void add(String form, Object... values) {
    svg.append(String.format(Locale.ROOT, form, values)).append('\n');
  }

  private static String number(double value) {
    return Math.abs(value) >= 10
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
