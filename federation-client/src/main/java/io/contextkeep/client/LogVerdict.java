package io.contextkeep.client;

/** The result of checking the vault's audit log. Only {@link Holds} is a success. */
public sealed interface LogVerdict
    permits LogVerdict.Holds, LogVerdict.Broken, LogVerdict.Fork, Unavailable {

  /**
   * The entry is in the log, and the log continues the one seen before.
   *
   * @param kept the evidence to keep: for a receipt a C2SP tlog-proof, which is verifiable offline
   *     forever; for the log its checkpoint
   * @param size the number of entries of the log
   */
  record Holds(String kept, long size) implements LogVerdict {}

  /** The vault did not prove it, so it must not be trusted. */
  record Broken(String why) implements LogVerdict {}

  /**
   * The log signed two histories. The two checkpoints prove that to anyone with the log's key; show
   * them to the auditors.
   *
   * @param seen the checkpoint seen before
   * @param shown the checkpoint shown now
   */
  record Fork(String seen, String shown) implements LogVerdict {}
}
