package io.contextkeep.vault.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** HMAC-SHA256 by the vectors of RFC 4231. */
final class KeyedMacTest {
  private static final HexFormat HEX = HexFormat.of();

  private static KeyedMac mac(byte[] key) {
    return new KeyedMac(new SecretKeySpec(key, "HmacSHA256"));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void testCases1And2_haveTheirMacs_alsoInParts() {
    assertThat(HEX.formatHex(mac(HEX.parseHex("0b".repeat(20))).of(text("Hi There"))))
        .isEqualTo("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assertThat(HEX.formatHex(mac(text("Jefe")).of(text("what do ya want "), text("for nothing?"))))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }

  @Test
  void threadsThatShareIt_getTheMacsOfTheirOwnParts() throws Exception {
    KeyedMac shared = mac(text("Jefe"));
    List<Future<byte[]>> macs = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 2_000; i++) {
        byte[] part = text("part " + i);
        macs.add(threads.submit(() -> shared.of(part)));
      }
    }
    for (int i = 0; i < macs.size(); i++) {
      assertThat(macs.get(i).get()).isEqualTo(mac(text("Jefe")).of(text("part " + i)));
    }
  }
}
