package io.contextkeep.ontology.sparql;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.Rfc3339;
import io.contextkeep.ontology.Urns;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;

/**
 * A parameter of a named query, with its type. Its value becomes a value of the query, never a part
 * of the text.
 */
public record Parameter(String name, Type type, boolean required) {

  /** The types, each with one form of values. */
  public enum Type {
    PURPOSE(text -> Purpose.parse(text).map(p -> NodeFactory.createURI(p.iri()))),
    CATEGORY(text -> DataCategory.parse(text).map(c -> NodeFactory.createURI(c.iri()))),
    APP(text -> coded(text, "[a-z][a-z0-9-]{1,62}").map(Urns::app).map(NodeFactory::createURI)),
    NOTICE(
        text ->
            coded(text, "[A-Za-z0-9._-]{1,64}")
                .map(reference -> NodeFactory.createURI("urn:contextkeep:notice:" + reference))),
    INSTANT(Type::instant);

    private final Function<String, Optional<Node>> parser;

    Type(Function<String, Optional<Node>> parser) {
      this.parser = parser;
    }

    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static Optional<String> coded(String text, String form) {
      return Optional.of(text).filter(Pattern.compile(form).asMatchPredicate());
    }

    private static Optional<Node> instant(String text) {
      return Rfc3339.parse(text)
          .map(at -> NodeFactory.createLiteralDT(at.toString(), XSDDatatype.XSDdateTime));
    }
  }

  /** Returns the value as the log names it: a term by its CURIE. */
  String coded(String text) {
    return switch (type) {
      case PURPOSE -> Purpose.parse(text).map(Purpose::curie).orElseThrow();
      case CATEGORY -> DataCategory.parse(text).map(DataCategory::curie).orElseThrow();
      case APP, NOTICE, INSTANT -> text;
    };
  }

  /** Returns the value; empty if the text is of another type. */
  Optional<Node> value(String text) {
    return type.parser.apply(text);
  }
}
