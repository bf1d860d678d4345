package io.contextkeep.client;

/** What came of checking the vault's audit log. Only {@link Holds} is a yes. */
public sealed interface LogVerdict
    permits LogVerdict.Holds, LogVerdict.Broken, LogVerdict.Fork, Unavailable {

  /**
   * It is in the log, and the log is the one that was seen before.
   *
   * @param kept what to keep as evidence: of a receipt a C2SP tlog-proof, which proves it offline
   *     for ever; of the log its checkpoint
   * @param size how many entries the log has by that
   */
  record Holds(String kept, long size) implements LogVerdict {}

  /** The vault did not prove it. A vault that cannot is not to be believed. */
  record Broken(String why) implements LogVerdict {}

  /**
   * The log signed two histories. The two checkpoints convince everybody who has the log's key:
   * show them to the auditors.
   *
   * @param seen what it signed before
   * @param shown what it signed now
   */
  record Fork(String seen, String shown) implements LogVerdict {}
}
