package io.contextkeep.vault.consent.signals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A TC string of the Transparency and Consent Framework 2.0 to 2.3, or the Canadian one in a GPP
 * string. Only what the user said of purposes is read, which lies at fixed places at the front: a
 * purpose for which there is neither consent nor, where that will do, legitimate interest is a no.
 * Vendors, publishers' restrictions, special features and who made the string are not looked at:
 * they allow or forbid others than the vault's apps.
 */
final class TcString {
  private static final int PURPOSES = 24;
  private static final Duration DAY = Duration.ofDays(1);

  /** Zones differ from UTC by quarters of an hour, from −12:00 to +14:00: more than a day. */
  private static final Duration MIDNIGHTS = Duration.ofMinutes(15);

  /** The core, disclosed and allowed vendors, and the publisher's own purposes. */
  private static final int SEGMENTS = 4;

  private TcString() {}

  static Signal read(String text) throws UnreadableSignal {
    Bits bits = core("The TC string", text);
    long version = bits.number(6);
    if (version != 2) {
      throw new UnreadableSignal(
          "TC strings of version 2 are read, which TCF 2.0 to 2.3 have; this one has another");
    }
    Instant updated = updated(bits);
    long policy = policyVersion(bits);
    bits.skip(1 + 1 + 12);
    boolean[] consent = purposes(bits);
    boolean[] interest = purposes(bits);
    bits.skip(1 + 12);
    List<Integer> denied = new ArrayList<>();
    for (int purpose = 1; purpose <= TcfPurposes.lastAsked(policy, updated); purpose++) {
      boolean resting = TcfPurposes.mayRestOnInterest(purpose) && interest[purpose];
      if (!consent[purpose] && !resting) {
        denied.add(purpose);
      }
    }
    return signal("tcf-purpose-", denied, updated);
  }

  /** The Canadian string, whose consent is express or implied, and which has ten purposes. */
  static Signal readCanadian(String text) throws UnreadableSignal {
    Bits bits = core("The section tcfcav1", text);
    long version = bits.number(6);
    if (version != 1) {
      return new Signal(List.of(), List.of(), List.of("tcfcav1-version-" + version));
    }
    Instant updated = updated(bits);
    policyVersion(bits);
    bits.skip(1 + 12);
    boolean[] express = purposes(bits);
    boolean[] implied = purposes(bits);
    List<Integer> denied = new ArrayList<>();
    for (int purpose = 1; purpose <= 10; purpose++) {
      if (!express[purpose] && !implied[purpose]) {
        denied.add(purpose);
      }
    }
    return signal("tcfcav1-purpose-", denied, updated);
  }

  private static Signal signal(String prefix, List<Integer> denied, Instant updated) {
    var purposes = TcfPurposes.denied(denied);
    return new Signal(
        purposes.isEmpty() ? List.of() : List.of(new OptOut.ToPurposes(purposes, latest(updated))),
        denied.stream().map(purpose -> prefix + purpose).toList(),
        List.of());
  }

  private static Bits core(String what, String text) throws UnreadableSignal {
    String[] segments = text.split("\\.", -1);
    if (segments.length > SEGMENTS) {
      throw new UnreadableSignal(what + " has more than " + SEGMENTS + " segments");
    }
    for (String segment : segments) {
      Bits.of(what, segment);
    }
    return Bits.of(what, segments[0]);
  }

  /** Reads over when it was made to when the user's choices last changed, in tenths of seconds. */
  private static Instant updated(Bits bits) throws UnreadableSignal {
    bits.skip(36);
    return Instant.ofEpochMilli(bits.number(36) * 100);
  }

  /** Reads over who asked and with which list of vendors. */
  private static long policyVersion(Bits bits) throws UnreadableSignal {
    bits.skip(12 + 12 + 6 + 12 + 12);
    return bits.number(6);
  }

  /** From 1 on. */
  private static boolean[] purposes(Bits bits) throws UnreadableSignal {
    boolean[] purposes = new boolean[PURPOSES + 1];
    for (int purpose = 1; purpose <= PURPOSES; purpose++) {
      purposes[purpose] = bits.flag();
    }
    return purposes;
  }

  /**
   * The latest instant at which it may have been said. Since TCF 2.2 strings tell the day alone, as
   * its midnight in UTC or in the user's zone; so whatever is midnight somewhere means any time of
   * the day that begins there.
   */
  private static Instant latest(Instant updated) {
    boolean dayAlone = updated.toEpochMilli() % MIDNIGHTS.toMillis() == 0;
    return dayAlone ? updated.plus(DAY).minusMillis(1) : updated;
  }
}
