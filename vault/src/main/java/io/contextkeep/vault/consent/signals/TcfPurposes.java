package io.contextkeep.vault.consent.signals;

import io.contextkeep.ontology.Purpose;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The purposes of the Transparency and Consent Framework as purposes of DPV 2.3. A refusal covers
 * narrower purposes too, so each maps to the nearest DPV purpose that includes all of it, even if
 * that includes more. Purpose 1, storage on a device, maps to none: the vault has no device.
 */
final class TcfPurposes {
  private static final int LAST = 11;

  /** The date from which TCF 2.2 was mandatory. */
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

  /**
   * The purposes that may rest on legitimate interest by the framework's policies (since TCF 2.2).
   */
  private static final Set<Integer> ON_INTEREST = Set.of(2, 7, 8, 9, 10, 11);

  private TcfPurposes() {}

  /**
   * Returns the last purpose that a string asked about. Purpose 11 came with TCF 2.2, whose
   * policies have version 4; but some strings still claim version 2, so those made after the
   * mandatory date count as newer.
   */
  static int lastAsked(long policyVersion, Instant updated) {
    return policyVersion < 4 && updated.isBefore(TCF_2_2) ? LAST - 1 : LAST;
  }

  static boolean mayRestOnInterest(int purpose) {
    return ON_INTEREST.contains(purpose);
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
