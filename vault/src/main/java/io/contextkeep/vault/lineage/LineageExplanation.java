package io.contextkeep.vault.lineage;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A lineage in short English sentences, made only of its coded facts. */
final class LineageExplanation {
  private LineageExplanation() {}

  static List<String> of(Lineage lineage, Uses uses) {
    List<String> sentences = new ArrayList<>();
    switch (lineage) {
      case Lineage.OfValue value -> {
        value(value, sentences);
        sentences.add("It is kept until " + value.keptUntil() + ".");
      }
      case Lineage.OfEvents events -> events(events, sentences);
    }
    uses.uses().forEach(use -> sentences.add(use(use)));
    if (uses.uses().isEmpty()) {
      sentences.add("The log shows no read of it.");
    }
    uses.prunedTo()
        .ifPresent(
            number ->
                sentences.add(
                    "Your entries up to number "
                        + number
                        + " are no longer in the log, so earlier reads are not known"
                        + " here."));
    if (uses.more()) {
      sentences.add("There are older entries; see /v1/me/accesses.");
    }
    return sentences;
  }

  private static void value(Lineage.OfValue value, List<String> sentences) {
    String name = value.attribute().name();
    String source = source(value.source());
    sentences.add(
        switch (value.origin()) {
          case COLLECTED -> "You gave \"" + name + "\" yourself, at " + value.observed() + ".";
          case OBSERVED -> source + " observed \"" + name + "\" at " + value.observed() + ".";
          case DERIVED, INFERRED ->
              source + " derived \"" + name + "\" at " + value.observed() + ".";
        });
    value
        .writing()
        .ended()
        .ifPresent(
            ended ->
                sentences.add(
                    "It was written in batch " + value.writing().id() + ", at " + ended + "."));
    value.derivation().ifPresent(derivation -> derivation(value, derivation, sentences));
  }

  private static void derivation(
      Lineage.OfValue value, Lineage.Derivation derivation, List<String> sentences) {
    if (value.origin() == Origin.INFERRED) {
      sentences.add("It is inferred about you.");
    }
    String direct =
        derivation.inputs().stream()
            .filter(input -> input.used().isPresent())
            .map(input -> "\"" + input.attribute() + "\"")
            .collect(Collectors.joining(", "));
    sentences.add("It was derived from " + direct + " by the rule " + derivation.rule() + ".");
    for (List<Lineage.Ground> clause : derivation.clauses()) {
      sentences.add(
          "It may be kept as long as this holds: "
              + clause.stream().map(LineageExplanation::ground).collect(Collectors.joining("; or "))
              + ".");
    }
    derivation.inputs().stream()
        .flatMap(input -> input.lineage().stream())
        .forEach(input -> value(input, sentences));
  }

  private static String ground(Lineage.Ground ground) {
    String use = source(ground.app()) + " for " + ground.label();
    return ground
        .consent()
        .map(
            consent ->
                "your consent to "
                    + use
                    + " of "
                    + consent.at()
                    + (consent.notice().equals("unversioned")
                        ? ""
                        : ", to notice " + consent.notice()))
        .orElse("the use by " + use + " rests on " + ground.basis());
  }

  private static void events(Lineage.OfEvents events, List<String> sentences) {
    for (Lineage.SourceSummary summary : events.sources()) {
      sentences.add(
          source(summary.source())
              + " wrote "
              + counted(summary.count(), "event")
              + " \""
              + events.attribute().name()
              + "\", from "
              + summary.first()
              + " to "
              + summary.last()
              + ".");
    }
    sentences.add("Each is kept for " + events.attribute().retention().toDays() + " days.");
  }

  private static String use(Uses.Use use) {
    String reader = use.app().isCustomer() ? "You yourself" : source(use.app());
    String when =
        use.count() == 1
            ? ", at " + use.first()
            : ", first at " + use.first() + " and last at " + use.last();
    return reader
        + " read it "
        + counted(use.count(), "time")
        + " for "
        + use.purpose()
        + when
        + ".";
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static String source(Lineage.Source source) {
    return source.name().equals(source.id())
        ? source.id()
        : source.name() + " (" + source.id() + ")";
  }
}
