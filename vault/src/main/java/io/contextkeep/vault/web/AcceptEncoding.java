package io.contextkeep.vault.web;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The content codings that a client accepts: its Accept-Encoding header (RFC 9110, 12.5.3). */
final class AcceptEncoding {
  private AcceptEncoding() {}

  /**
   * Returns whether gzip is acceptable and weighted no lower than identity.
   *
   * @param header the header's value, several of them joined by commas; empty if there is none
   */
  static boolean prefersGzip(String header) {
    Map<String, BigDecimal> weights = weights(header);
    BigDecimal others = weights.getOrDefault("*", BigDecimal.ZERO);
    BigDecimal gzip = weights.getOrDefault("gzip", weights.getOrDefault("x-gzip", others));
    BigDecimal identity = weights.getOrDefault("identity", BigDecimal.ZERO);
    return gzip.signum() > 0 && gzip.compareTo(identity) >= 0;
  }

  private static Map<String, BigDecimal> weights(String header) {
    Map<String, BigDecimal> weights = new HashMap<>();
    for (String element : Accept.split(header, ',')) {
      List<String> parts = Accept.split(element, ';');
      String coding = parts.getFirst().strip().toLowerCase(Locale.ROOT);
      Accept.weight(String.join(";", parts.subList(1, parts.size())))
          .ifPresent(weight -> weights.put(coding, weight));
    }
    return weights;
  }
}
