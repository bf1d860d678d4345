package io.contextkeep.vault.web;

import java.util.List;

/**
 * An HTML page without scripts, images or anything that is fetched, fit for printing and screen
 * readers. All content is escaped text.
 */
public final class Html {
  public static final String TYPE = "text/html";

  /** The page's Content-Security-Policy: nothing is run or fetched. */
  public static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private static final String STYLE =
      "body{font-family:sans-serif;line-height:1.4;max-width:75em;margin:2em auto;padding:0 1em}"
          + "table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:bold}"
          + "th,td{border:1px solid #767676;padding:.3em .5em;text-align:left;vertical-align:top}"
          + "@media print{body{margin:0;max-width:none}section{break-inside:avoid}}";

  private final StringBuilder page = new StringBuilder();

  public Html(String title) {
    page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
        .append(escaped(title))
        .append("</title><style>")
        .append(STYLE)
        .append("</style></head><body><main>\n<h1>")
        .append(escaped(title))
        .append("</h1>\n");
  }

  public Html paragraph(String text) {
    page.append("<p>").append(escaped(text)).append("</p>\n");
    return this;
  }

  /** Begins a section with a heading. */
  public Html section(String heading) {
    page.append("<section><h2>").append(escaped(heading)).append("</h2>\n");
    return this;
  }

  public Html endSection() {
    page.append("</section>\n");
    return this;
  }

  /** Begins a table of names and values; several lines are a list. */
  public Html facts(String caption) {
    page.append("<table><caption>").append(escaped(caption)).append("</caption><tbody>\n");
    return this;
  }

  public Html fact(String name, List<String> lines) {
    page.append("<tr><th scope=\"row\">").append(escaped(name)).append("</th><td>");
    if (lines.size() > 1) {
      page.append("<ul>");
      lines.forEach(line -> page.append("<li>").append(escaped(line)).append("</li>"));
      page.append("</ul>");
    } else {
      page.append(escaped(lines.isEmpty() ? "None" : lines.getFirst()));
    }
    page.append("</td></tr>\n");
    return this;
  }

  public Html endFacts() {
    page.append("</tbody></table>\n");
    return this;
  }

  /** Begins a table with a header; call {@link #row} and then {@link #endFacts}. */
  public Html table(String caption, String... columns) {
    page.append("<table><caption>").append(escaped(caption)).append("</caption><thead><tr>");
    for (String column : columns) {
      page.append("<th scope=\"col\">").append(escaped(column)).append("</th>");
    }
    page.append("</tr></thead><tbody>\n");
    return this;
  }

  public Html row(String... cells) {
    page.append("<tr>");
    for (String cell : cells) {
      page.append("<td>").append(escaped(cell)).append("</td>");
    }
    page.append("</tr>\n");
    return this;
  }

  /** Returns and clears the page so far, so that a long page can be sent in pieces. */
  public String piece() {
    String piece = page.toString();
    page.setLength(0);
    return piece;
  }

  public String end() {
    page.append("</main></body></html>\n");
    return piece();
  }

  static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(c);
              }
            });
    return safe.toString();
  }
}
