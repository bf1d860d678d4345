package io.contextkeep.vault.consent.signals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A TC string of the Transparency and Consent Framework 2.0 to 2.3, or the Canadian one in a GPP
 * string. Only the user's choices about purposes are read, which are at fixed places at the front:
 * a purpose with neither consent nor, where it suffices, legitimate interest is refused. Vendors,
 * publishers' restrictions, special features and the maker of the string are not read: they do not
 * concern the vault's apps.
 */
final class TcString {
  private static final int MAX_PURPOSE = 24;
  private static final Duration DAY = Duration.ofDays(1);

  /** Time zones differ from UTC by multiples of this, from −12:00 to +14:00. */
  private static final Duration ZONE_STEP = Duration.ofMinutes(15);

  /** The core, disclosed vendors, allowed vendors, and the publisher's own purposes. */
  private static final int MAX_SEGMENTS = 4;

  private TcString() {}

  static Signal read(String text) throws UnreadableSignal {
    Bits bits = core("The TC string", text);
    long version = bits.number(6);
    if (version != 2) {
      throw new UnreadableSignal("The TC string must be of version 2, which TCF 2.0 to 2.3 use");
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

  /** Reads the Canadian string, which has express and implied consent to ten purposes. */
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
    if (segments.length > MAX_SEGMENTS) {
      throw new UnreadableSignal(what + " has more than " + MAX_SEGMENTS + " segments");
    }
    for (String segment : segments) {
      Bits.of(what, segment);
    }
    return Bits.of(what, segments[0]);
  }

  /** Skips the creation time and reads the time of the last change, in tenths of seconds. */
  private static Instant updated(Bits bits) throws UnreadableSignal {
    bits.skip(36);
    return Instant.ofEpochMilli(bits.number(36) * 100);
  }

  /** Skips the consent manager and the vendor list, and reads the version of the policies. */
  private static long policyVersion(Bits bits) throws UnreadableSignal {
    bits.skip(12 + 12 + 6 + 12 + 12);
    return bits.number(6);
  }

  /** Reads a bit for each purpose; the numbers begin with 1. */
  private static boolean[] purposes(Bits bits) throws UnreadableSignal {
    boolean[] purposes = new boolean[MAX_PURPOSE + 1];
    for (int purpose = 1; purpose <= MAX_PURPOSE; purpose++) {
      purposes[purpose] = bits.flag();
    }
    return purposes;
  }

  /**
   * Returns the latest instant at which the choice may have been made. Since TCF 2.2 strings hold
   * only the day, as its midnight in UTC or in the user's zone; so a midnight of any zone means any
   * time of the day that begins there.
   */
  private static Instant latest(Instant updated) {
    boolean dayAlone = updated.toEpochMilli() % ZONE_STEP.toMillis() == 0;
    return dayAlone ? updated.plus(DAY).minusMillis(1) : updated;
  }
}
