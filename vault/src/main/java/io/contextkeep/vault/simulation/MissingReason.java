package io.contextkeep.vault.simulation;

/** Why a decision of the log is not asked again. */
public enum MissingReason {
  /** It was about nobody: no policy makes the gate permit that. */
  NOBODY,
  /** The customer was erased, and her questions with her. */
  ERASED,
  /** It was made before questions were recorded. */
  UNRECORDED,
  /** What was recorded does not open, or is no question of this vault's. */
  UNREADABLE,
  /** The policy that decided it is in force and decides it otherwise: the record is not exact. */
  INEXACT,
  /** A policy was too busy or too slow to answer. */
  UNDECIDED,
  /** It was about a statistic, which concerns a population and not one customer. */
  STATISTIC
}
