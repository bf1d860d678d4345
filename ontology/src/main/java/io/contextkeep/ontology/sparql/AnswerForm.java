package io.contextkeep.ontology.sparql;

import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFFormat;
import org.apache.jena.riot.resultset.ResultSetLang;

/** The formats of answers: tables (SELECT, ASK) and graphs (CONSTRUCT, DESCRIBE). */
public enum AnswerForm {
  JSON("application/sparql-results+json", ResultSetLang.RS_JSON, RDFFormat.NTRIPLES),
  CSV("text/csv", ResultSetLang.RS_CSV, RDFFormat.NTRIPLES),
  TSV("text/tab-separated-values", ResultSetLang.RS_TSV, RDFFormat.NTRIPLES),
  TURTLE("text/turtle", Lang.TURTLE, RDFFormat.TURTLE_PRETTY),
  JSON_LD("application/ld+json", Lang.JSONLD11, RDFFormat.JSONLD11_PRETTY);

  private final String mediaType;
  final Lang table;
  final RDFFormat graph;

  AnswerForm(String mediaType, Lang table, RDFFormat graph) {
    this.mediaType = mediaType;
    this.table = table;
    this.graph = graph;
  }

  public String mediaType() {
    return mediaType;
  }

  /** Returns whether it is for spreadsheets, which evaluate texts that begin like formulas. */
  boolean isForSpreadsheets() {
    return this == CSV || this == TSV;
  }

  public boolean isGraph() {
    return this == TURTLE || this == JSON_LD;
  }
}
