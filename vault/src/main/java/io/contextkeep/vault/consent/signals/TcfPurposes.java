package io.contextkeep.vault.consent.signals;

import io.contextkeep.ontology.Purpose;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The purposes of the Transparency and Consent Framework as purposes of DPV 2.3. A no closes
 * downward, so each leads to the nearest DPV purpose that holds all of it, though that may hold
 * more. Purpose 1, to store on a device, is none: the vault has no device.
 */
final class TcfPurposes {
  private static final int LAST = 11;

  /** From when on all had to follow it. */
  private static final Instant TCF_2_2 = Instant.parse("2023-11-20T00:00:00Z");

  private static final Map<Integer, Purpose> DPV =
      Map.of(
          2, dpv("Advertising"),
          3, dpv("PersonalisedAdvertising"),
          4, dpv("PersonalisedAdvertising"),
          5, dpv("ServicePersonalisation"),
          6, dpv("ServicePersonalisation"),
          7, dpv("ServiceUsageAnalytics"),
          8, dpv("ServiceUsageAnalytics"),
          9, dpv("ServiceUsageAnalytics"),
          10, dpv("ServiceOptimisation"),
          11, dpv("ServicePersonalisation"));

  /** Of the others the framework's policies know no legitimate interest (since TCF 2.2). */
  private static final Set<Integer> INTEREST_WILL_DO = Set.of(2, 7, 8, 9, 10, 11);

  private TcfPurposes() {}

  /**
   * The last that a string asked about. Purpose 11 came with TCF 2.2, whose policies have the
   * version 4; but strings are made to this day that say 2, so after its term they count as newer.
   */
  static int lastAsked(long policyVersion, Instant updated) {
    return policyVersion < 4 && updated.isBefore(TCF_2_2) ? LAST - 1 : LAST;
  }

  static boolean mayRestOnInterest(int purpose) {
    return INTEREST_WILL_DO.contains(purpose);
  }

  static Set<Purpose> denied(List<Integer> purposes) {
    Set<Purpose> denied = new TreeSet<>();
    for (int purpose : purposes) {
      if (DPV.containsKey(purpose)) {
        denied.add(Objects.requireNonNull(DPV.get(purpose)));
      }
    }
    return denied;
  }

  private static Purpose dpv(String name) {
    return Purpose.parse("dpv:" + name).orElseThrow();
  }
}
