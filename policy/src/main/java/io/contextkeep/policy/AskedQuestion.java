package io.contextkeep.policy;

import org.jspecify.annotations.Nullable;

/**
 * A question that may be asked again: the policy's input is written once, and what the gate read in
 * the policy's document is kept for as long as the policy gives the same one. Every decision is
 * still made anew.
 */
public final class AskedQuestion {

  /** What the gate read in a document: the terms of a permit. */
  record Reading(PolicyDocument given, Permit.Terms terms) {}

  private final Question question;
  private final String input;
  private volatile @Nullable Reading reading;

  public AskedQuestion(Question question) {
    this.question = question;
    this.input = question.toJson();
  }

  public Question question() {
    return question;
  }

  /** Returns the policy's input. */
  public String input() {
    return input;
  }

  /** Returns the terms that were read in this very document; null if another one was read. */
  Permit.@Nullable Terms terms(PolicyDocument given) {
    Reading last = reading;
    return last != null && last.given() == given ? last.terms() : null;
  }

  void read(PolicyDocument given, Permit.Terms terms) {
    reading = new Reading(given, terms);
  }

  @Override
  public String toString() {
    return "AskedQuestion[redacted]";
  }
}
