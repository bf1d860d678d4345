package io.contextkeep.vault.consent;

import io.contextkeep.ontology.ConsentStatus;
import java.time.Instant;

/**
 * A consent of which everything but its purpose is packed into one whole number by the statement
 * that reads it. A statistic reads a million of them, and a number costs a fraction of the columns
 * that it stands for.
 *
 * @param code the packed columns, below {@link #CODES}
 * @param at the time of the event, in milliseconds
 */
public record PackedConsent(int code, String purpose, long at) {
  private static final int EVERYONE = 1;
  private static final int EXPLICIT = 2;
  private static final int YIELDS = 4;
  private static final int EXPIRED = 8;
  private static final int OTHER_PURPOSE = 16;
  private static final int STATUS = 32;

  private static final ConsentStatus[] STATUSES = ConsentStatus.values();

  /** The number of codes. */
  public static final int CODES = STATUS * (STATUSES.length + 1);

  private static final int BITS = 9;

  /**
   * The column of the time, before {@link #BITS} bits of the code. Its parameters are the purpose
   * that is expected and the present time. Statuses are numbered in their order, from 1: an unknown
   * one is no code.
   */
  static final String COLUMN =
      """
      512 * at + 2 * explicit + 4 * yields
      + CASE WHEN recipient = '*' THEN 1 ELSE 0 END
      + CASE WHEN purpose = ? THEN 0 ELSE 16 END
      + CASE WHEN expires <= ? THEN 8 ELSE 0 END
      + CASE status
          WHEN 'GIVEN' THEN 32 WHEN 'RENEWED' THEN 64 WHEN 'UNKNOWN' THEN 96
          WHEN 'REQUESTED' THEN 128 WHEN 'DEFERRED' THEN 160 WHEN 'REFUSED' THEN 192
          WHEN 'WITHDRAWN' THEN 224 WHEN 'REVOKED' THEN 256 WHEN 'EXPIRED' THEN 288
          WHEN 'INVALIDATED' THEN 320 ELSE 0 END\
      """;

  public PackedConsent {
    if (code < STATUS || code >= CODES) {
      throw new IllegalArgumentException("A consent has an unknown status");
    }
  }

  /**
   * Reads the column.
   *
   * @param purpose the consent's
   */
  static PackedConsent of(long column, String purpose) {
    return new PackedConsent((int) (column & (1 << BITS) - 1), purpose, column >> BITS);
  }

  static boolean isToOther(long column) {
    return (column & OTHER_PURPOSE) != 0;
  }

  /** Returns whether it is a refusal that a later grant overrides. */
  public boolean yields() {
    return (code & YIELDS) != 0;
  }

  /** Returns whether it is to another purpose than the one that was expected. */
  public boolean isToOther() {
    return isToOther(code);
  }

  /**
   * Returns the consent without its event.
   *
   * @param recipient the one that was asked for
   */
  public ConsentRow unpacked(String recipient) {
    return new ConsentRow(
        0,
        purpose,
        (code & EVERYONE) != 0 ? ConsentLedger.EVERYONE : recipient,
        STATUSES[code / STATUS - 1],
        (code & EXPLICIT) != 0,
        (code & EXPIRED) != 0 ? Instant.EPOCH : null,
        at,
        yields());
  }
}
