package io.contextkeep.ontology.sparql;

import java.util.Set;
import java.util.stream.Stream;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.apache.jena.graph.Node;
import org.apache.jena.sparql.algebra.Op;
import org.apache.jena.sparql.algebra.op.Op1;
import org.apache.jena.sparql.algebra.op.Op2;
import org.apache.jena.sparql.algebra.op.OpBGP;
import org.apache.jena.sparql.algebra.op.OpExtend;
import org.apache.jena.sparql.algebra.op.OpFilter;
import org.apache.jena.sparql.algebra.op.OpGroup;
import org.apache.jena.sparql.algebra.op.OpLeftJoin;
import org.apache.jena.sparql.algebra.op.OpN;
import org.apache.jena.sparql.algebra.op.OpOrder;
import org.apache.jena.sparql.algebra.op.OpTriple;
import org.apache.jena.sparql.expr.E_Add;
import org.apache.jena.sparql.expr.Expr;
import org.apache.jena.sparql.expr.ExprAggregator;
import org.apache.jena.sparql.expr.ExprFunction;
import org.apache.jena.sparql.expr.ExprFunctionOp;
import org.apache.jena.sparql.expr.ExprList;
import org.apache.jena.sparql.expr.ExprVar;
import org.apache.jena.sparql.expr.NodeValue;
import org.jspecify.annotations.Nullable;

/**
 * The check of a query against lists of what is allowed, so that new operators and functions of
 * later versions of Jena are refused until they have been reviewed.
 *
 * <p>Nothing on the lists contacts another machine, loads a class, reads a file or runs a script.
 * Nothing backtracks (regular expressions), and nothing makes values longer than its arguments
 * (concatenation, multiplication), as a few dozen such steps could fill the memory between two
 * checks of the time limit.
 */
final class QueryCheck {
  private static final Set<String> OPERATORS =
      Set.of(
          "OpBGP",
          "OpDistinct",
          "OpExtend",
          "OpFilter",
          "OpGraph",
          "OpGroup",
          "OpJoin",
          "OpLeftJoin",
          "OpMinus",
          "OpNull",
          "OpOrder",
          "OpPath",
          "OpProject",
          "OpReduced",
          "OpSequence",
          "OpSlice",
          "OpTable",
          "OpTriple",
          "OpUnion");

  private static final Set<String> FUNCTIONS =
      Set.of(
          "E_Bound",
          "E_Coalesce",
          "E_Datatype",
          "E_DateTimeDay",
          "E_DateTimeHours",
          "E_DateTimeMinutes",
          "E_DateTimeMonth",
          "E_DateTimeSeconds",
          "E_DateTimeTZ",
          "E_DateTimeTimezone",
          "E_DateTimeYear",
          "E_Divide",
          "E_Equals",
          "E_Exists",
          "E_GreaterThan",
          "E_GreaterThanOrEqual",
          "E_IRI",
          "E_If",
          "E_IsBlank",
          "E_IsIRI",
          "E_IsLiteral",
          "E_IsNumeric",
          "E_IsURI",
          "E_Lang",
          "E_LangMatches",
          "E_LessThan",
          "E_LessThanOrEqual",
          "E_LogicalAnd",
          "E_LogicalNot",
          "E_LogicalOr",
          "E_NotEquals",
          "E_NotExists",
          "E_NotOneOf",
          "E_Now",
          "E_NumAbs",
          "E_NumCeiling",
          "E_NumFloor",
          "E_NumRound",
          "E_OneOf",
          "E_SHA256",
          "E_SHA384",
          "E_SHA512",
          "E_SameTerm",
          "E_Str",
          "E_StrAfter",
          "E_StrBefore",
          "E_StrContains",
          "E_StrDatatype",
          "E_StrEndsWith",
          "E_StrLang",
          "E_StrLength",
          "E_StrLowerCase",
          "E_StrStartsWith",
          "E_StrSubstring",
          "E_StrUpperCase",
          "E_Subtract",
          "E_URI",
          "E_UnaryMinus",
          "E_UnaryPlus");

  private static final Set<String> AGGREGATORS =
      Set.of(
          "AggAvg",
          "AggAvgDistinct",
          "AggCount",
          "AggCountDistinct",
          "AggCountVar",
          "AggCountVarDistinct",
          "AggMax",
          "AggMaxDistinct",
          "AggMin",
          "AggMinDistinct",
          "AggSample",
          "AggSampleDistinct",
          "AggSum",
          "AggSumDistinct");

  /** The functions that are called by name: the casts of SPARQL. */
  private static final Set<String> CASTS =
      Set.of(
          XSDDatatype.XSDboolean.getURI(),
          XSDDatatype.XSDdate.getURI(),
          XSDDatatype.XSDdateTime.getURI(),
          XSDDatatype.XSDdecimal.getURI(),
          XSDDatatype.XSDdouble.getURI(),
          XSDDatatype.XSDfloat.getURI(),
          XSDDatatype.XSDinteger.getURI(),
          XSDDatatype.XSDstring.getURI());

  private QueryCheck() {}

  private static final class Forbidden extends RuntimeException {
    private static final long serialVersionUID = 1;

    Forbidden(String what) {
      super(what, null, false, false);
    }
  }

  static void check(Op op) throws SparqlRefused {
    try {
      operator(op);
    } catch (Forbidden forbidden) {
      throw new SparqlRefused(
          "query_not_allowed", forbidden.getMessage() + " is not allowed in a query here");
    }
  }

  private static void operator(Op op) {
    known(op, OPERATORS, "The operator " + op.getName());
    switch (op) {
      case OpBGP bgp -> bgp.getPattern().forEach(triple -> predicate(triple.getPredicate()));
      case OpTriple one -> predicate(one.getTriple().getPredicate());
      case OpFilter filter -> expressions(filter.getExprs());
      case OpExtend extend ->
          extend.getVarExprList().getExprs().values().forEach(QueryCheck::expression);
      case OpLeftJoin optional -> expressions(optional.getExprs());
      case OpOrder order ->
          order.getConditions().forEach(condition -> expression(condition.getExpression()));
      case OpGroup group -> {
        group.getGroupVars().getExprs().values().forEach(QueryCheck::expression);
        group.getAggregators().forEach(QueryCheck::expression);
      }
      default -> {}
    }
    under(op).forEach(QueryCheck::operator);
  }

  private static Stream<Op> under(Op op) {
    return switch (op) {
      case Op1 one -> Stream.of(one.getSubOp());
      case Op2 two -> Stream.of(two.getLeft(), two.getRight());
      case OpN many -> many.getElements().stream();
      default -> Stream.empty();
    };
  }

  private static void expressions(@Nullable ExprList list) {
    if (list != null) {
      list.forEach(QueryCheck::expression);
    }
  }

  private static void expression(Expr expression) {
    switch (expression) {
      case ExprFunctionOp exists -> {
        known(exists, FUNCTIONS, "A function over a pattern");
        operator(exists.getGraphPattern());
      }
      case ExprFunction function -> {
        function(function);
        function.getArgs().forEach(QueryCheck::expression);
      }
      case ExprAggregator aggregate -> {
        known(aggregate.getAggregator(), AGGREGATORS, aggregate.getAggregator().getName());
        expressions(aggregate.getAggregator().getExprList());
      }
      case ExprVar _, NodeValue _ -> {}
      default -> throw new Forbidden("An expression of a kind that is not known");
    }
  }

  private static void function(ExprFunction function) {
    String iri = function.getFunctionIRI();
    if (iri != null) {
      if (!CASTS.contains(iri)) {
        throw new Forbidden("A function by name that is not a cast");
      }
    } else if (function instanceof E_Add add) {
      oneIsANumber(add);
    } else {
      known(function, FUNCTIONS, "The function " + function.getFunctionPrintName(null));
    }
  }

  /** Allows addition only with a literal number, as Jena's plus also concatenates texts. */
  private static void oneIsANumber(E_Add add) {
    boolean number =
        Stream.of(add.getArg1(), add.getArg2())
            .anyMatch(
                arg -> arg instanceof NodeValue value && (value.isNumber() || value.isDuration()));
    if (!number) {
      throw new Forbidden("An addition without a literal number or duration");
    }
  }

  private static void known(Object part, Set<String> names, String what) {
    Class<?> type = part.getClass();
    boolean jenas = type.getPackageName().startsWith("org.apache.jena.sparql.");
    if (!jenas || !names.contains(type.getSimpleName())) {
      throw new Forbidden(what);
    }
  }

  /** The namespaces where ARQ looks for property functions, some of which load classes. */
  private static void predicate(Node predicate) {
    if (predicate.isURI()
        && Stream.of("java:", "http://jena.apache.org/", "http://jena.hpl.hp.com/")
            .anyMatch(predicate.getURI()::startsWith)) {
      throw new Forbidden("A property that is a function");
    }
  }
}
