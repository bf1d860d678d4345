package io.contextkeep.vault.simulation;

import io.contextkeep.ontology.Coded;

/** The reason why a recorded decision is not repeated. */
enum MissingReason implements Coded {
  /** The decision was about an unknown customer, which no policy permits. */
  UNKNOWN_CUSTOMER,
  /** The customer was erased, and their recorded questions with them. */
  ERASED,
  /** The decision was made before questions were recorded. */
  UNRECORDED,
  /** The recorded question cannot be opened or parsed. */
  UNREADABLE,
  /** The policy that decided it is in force and decides it otherwise: the record is not exact. */
  INEXACT,
  /** A policy was too busy or too slow to answer. */
  UNDECIDED,
  /** The decision was about a statistic, which concerns a population and not one customer. */
  STATISTIC
}
