package io.contextkeep.vault.web;

import gg.jte.Content;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import gg.jte.output.StringOutput;
import gg.jte.output.WriterOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * A page for people: one file without scripts, images or other fetched parts, which prints and can
 * be read aloud. It is written by the templates in {@code src/main/jte}, which escape every text
 * that is put in.
 *
 * @param tables written before the sections, row by row
 * @param sections evaluated after the tables, so that they can summarise them
 */
public record HtmlPage(
    String title, List<String> paragraphs, List<Table> tables, Supplier<List<Section>> sections) {
  public static final String TYPE = "text/html";

  /** The content security policy of a page: nothing runs in it and nothing is fetched. */
  public static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  /** A long table, whose rows are written as they are found. */
  public record Table(String caption, List<String> columns, Content rows) {
    public static Table of(String caption, List<String> columns, Rows rows) {
      return new Table(caption, columns, output -> write(rows, output));
    }
  }

  /** A section with a heading: facts by their names, each of any number of lines. */
  public record Section(String heading, String caption, SequencedMap<String, List<String>> facts) {}

  /** The source of a table's rows. */
  @FunctionalInterface
  public interface Rows {
    void writeTo(Sink sink) throws IOException;
  }

  /** A consumer of a table's rows. */
  @FunctionalInterface
  public interface Sink {
    void row(List<String> cells) throws IOException;
  }

  /** Loaded by the first page. */
  private static final class Templates {
    static final TemplateEngine ENGINE =
        TemplateEngine.createPrecompiled(
            null, ContentType.Html, HtmlPage.class.getClassLoader(), "pages");
  }

  private static void write(Rows rows, TemplateOutput output) {
    try {
      rows.writeTo(cells -> Templates.ENGINE.render("row.jte", Map.of("cells", cells), output));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the page as a text. */
  public String text() {
    StringOutput output = new StringOutput();
    Templates.ENGINE.render("page.jte", Map.of("page", this), output);
    return output.toString();
  }

  /** Writes the page in pieces, which suits a long table. */
  public void writeTo(OutputStream out) throws IOException {
    Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    try {
      Templates.ENGINE.render("page.jte", Map.of("page", this), new WriterOutput(writer));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    writer.flush();
  }
}
