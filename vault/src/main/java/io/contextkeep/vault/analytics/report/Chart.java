package io.contextkeep.vault.analytics.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.LegendPosition;

/**
 * A picture of a released histogram or time series: a bar for each value, with an error bar for the
 * interval that holds the value without noise 95 times in a hundred.
 */
public final class Chart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 500;

  private Chart() {}

  /** The release as SVG. */
  public static byte[] svg(JsonNode release) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title(release))
            .xAxisTitle("")
            .yAxisTitle(release.path("unit").asText())
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setXAxisLabelRotation(45);
    for (JsonNode cell : release.path("cells")) {
      add(chart, cell);
    }
    try (ByteArrayOutputStream svg = new ByteArrayOutputStream()) {
      VectorGraphicsEncoder.saveVectorGraphic(chart, svg, VectorGraphicsFormat.SVG);
      return titled(svg.toString(StandardCharsets.UTF_8), release);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The library draws letters as shapes: whoever cannot see the picture reads its title. */
  private static byte[] titled(String svg, JsonNode release) {
    String title =
        (title(release) + ", " + release.path("unit").asText())
            .replace("&", "&amp;")
            .replace("<", "&lt;");
    return svg.replaceFirst(
            "<defs>", Matcher.quoteReplacement("<title>" + title + "</title><defs>"))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String title(JsonNode release) {
    JsonNode column = release.at("/question/column/attribute");
    return release.at("/question/measure").asText() + " of " + column.asText();
  }

  private static void add(CategoryChart chart, JsonNode cell) {
    JsonNode bars = cell.has("bins") ? cell.get("bins") : cell.path("series");
    List<String> places = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    List<Double> errors = new ArrayList<>();
    for (JsonNode bar : bars) {
      places.add(bar.path("from").asText());
      values.add(bar.path("value").doubleValue());
      errors.add(bar.at("/interval/upper").doubleValue() - bar.path("value").doubleValue());
    }
    List<String> name = new ArrayList<>();
    cell.path("key").forEach(key -> name.add(key.asText()));
    chart.addSeries(name.isEmpty() ? "all" : String.join(", ", name), places, values, errors);
  }
}
