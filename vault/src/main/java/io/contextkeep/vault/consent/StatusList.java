package io.contextkeep.vault.consent;

import io.contextkeep.audit.Jcs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * A Token Status List (draft-ietf-oauth-status-list) of one bit for each receipt: 0 is VALID, the
 * receipt is current; 1 is INVALID, a consent in it changed since, the customer was erased, or it
 * was never issued. It is public: it holds numbers only, and a request does not reveal which one is
 * of interest.
 */
final class StatusList {
  /**
   * The number of receipts in one list, so large that a request for a list reveals nothing about a
   * receipt.
   */
  static final int SIZE = 1 << 17;

  static final String TYPE = "statuslist+jwt";
  private static final Duration LIFE = Duration.ofHours(12);
  private static final Duration TTL = Duration.ofMinutes(5);

  private StatusList() {}

  static byte[] claims(String uri, String issuer, BitSet valid, Instant at) {
    TreeMap<String, Object> claims = new TreeMap<>();
    claims.put("iss", issuer);
    claims.put("sub", uri);
    claims.put("iat", at.getEpochSecond());
    claims.put("exp", at.plus(LIFE).getEpochSecond());
    claims.put("ttl", TTL.toSeconds());
    claims.put("status_list", Map.of("bits", 1, "lst", compressed(valid)));
    return Jcs.bytes(claims);
  }

  /** Compresses the bits, from the least significant bit of each byte on, in the ZLIB format. */
  private static String compressed(BitSet valid) {
    BitSet invalid = (BitSet) valid.clone();
    invalid.flip(0, SIZE);
    byte[] bits = new byte[SIZE / 8];
    byte[] set = invalid.toByteArray();
    System.arraycopy(set, 0, bits, 0, set.length);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
      out.write(bits);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deflater.end();
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }
}
