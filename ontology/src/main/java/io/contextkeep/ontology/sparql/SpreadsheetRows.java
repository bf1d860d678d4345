package io.contextkeep.ontology.sparql;

import io.contextkeep.ontology.SpreadsheetCell;
import java.util.List;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.sparql.core.Var;
import org.apache.jena.sparql.engine.binding.Binding;
import org.apache.jena.sparql.engine.binding.BindingBuilder;
import org.apache.jena.sparql.exec.RowSet;

/** Rows whose texts a spreadsheet does not evaluate. */
final class SpreadsheetRows implements RowSet {
  private final RowSet rows;

  SpreadsheetRows(RowSet rows) {
    this.rows = rows;
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public Binding next() {
    BindingBuilder safe = Binding.builder();
    rows.next().forEach((variable, node) -> safe.add(variable, safe(node)));
    return safe.build();
  }

  private static Node safe(Node node) {
    if (!node.isLiteral()) {
      return node;
    }
    String text = node.getLiteralLexicalForm();
    String safe = SpreadsheetCell.safe(text);
    return safe.equals(text) ? node : NodeFactory.createLiteralString(safe);
  }

  @Override
  public List<Var> getResultVars() {
    return rows.getResultVars();
  }

  @Override
  public long getRowNumber() {
    return rows.getRowNumber();
  }

  @Override
  public void close() {
    rows.close();
  }
}
