package io.contextkeep.vault.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

final class ChartTest {

  private static Document drawn(String cells) throws Exception {
    String release =
        """
        {"unit": "customers", "question": {"measure": "histogram", "column": {"attribute": "spend"}},
         "cells": %s}\
        """
            .formatted(cells);
    byte[] svg = Chart.svg(new ObjectMapper().readTree(release));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg));
  }

  private static String bar(double from, double value, double upper) {
    return "{\"from\": %s, \"value\": %s, \"interval\": {\"upper\": %s}}"
        .formatted(from, value, upper);
  }

  @Test
  void eachValue_isABarWithItsError_andNegativeOnesHangBelowTheLine() throws Exception {
    Document svg = drawn("[{\"bins\": [" + bar(0, 40, 44) + "," + bar(10, -2, 2) + "]}]");

    // The page, two bars and the legend's.
    assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(4);
    assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("histogram of spend, customers");
    double zero = y(svg, 1) + height(svg, 1);
    assertThat(y(svg, 2)).isCloseTo(zero, offset(0.2));
    assertThat(height(svg, 1)).isCloseTo(20 * height(svg, 2), offset(2.0));
  }

  @Test
  void names_areEscaped() throws Exception {
    Document svg = drawn("[{\"key\": [\"<script>&\\\"\"], \"series\": [" + bar(1, 2, 3) + "]}]");

    assertThat(svg.getElementsByTagName("script").getLength()).isZero();
    assertThat(svg.getDocumentElement().getTextContent()).contains("<script>&\"");
  }

  @Test
  void anEmptyRelease_isStillAPicture() throws Exception {
    for (String cells :
        new String[] {"[]", "[{\"bins\": []}]", "[{\"bins\": [" + bar(0, 0, 0) + "]}]"}) {
      assertThat(drawn(cells).getDocumentElement().getTagName()).isEqualTo("svg");
    }
  }

  private static double y(Document svg, int rectangle) {
    return number(svg, rectangle, "y");
  }

  private static double height(Document svg, int rectangle) {
    return number(svg, rectangle, "height");
  }

  private static double number(Document svg, int rectangle, String name) {
    return Double.parseDouble(
        svg.getElementsByTagName("rect")
            .item(rectangle)
            .getAttributes()
            .getNamedItem(name)
            .getNodeValue());
  }
}
