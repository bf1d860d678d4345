package io.contextkeep.vault.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.ontology.SubjectId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AeadTest {
  private static final SubjectId ANN = new SubjectId(1);
  private static final HexFormat HEX = HexFormat.of();

  @TempDir Path dir;

  /** Test case 16 of McGrew and Viega, The Galois/Counter Mode of Operation, appendix B. */
  @Test
  void thePublishedVector_opens() {
    byte[] key = HEX.parseHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    byte[] sealed =
        HEX.parseHex(
            "cafebabefacedbaddecaf888"
                + "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b");
    byte[] data = HEX.parseHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    assertThat(Aead.open(SealingKey.of(new SecretKeySpec(key, "AES")), sealed, data))
        .asHexString()
        .isEqualToIgnoringCase(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  }

  /**
   * Checks two clones of a machine, which draw the same bytes and then write different messages.
   */
  @Test
  void clonesThatDrawTheSameBytes_neverUseANonceTwice() throws Exception {
    List<String> written = List.of("a", "b", "ab", "", "aa");
    Set<String> nonces = new HashSet<>();
    SecureRandom stuck = new StuckRandom();
    RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
    try (SubjectKeys keys = new SubjectKeys(dir.resolve("keys.db"), root, stuck, Thread::new)) {
      keys.create(List.of(ANN));
    }
    Files.copy(dir.resolve("keys.db"), dir.resolve("clone.db"));
    int messages = 0;
    for (String file : List.of("keys.db", "clone.db")) {
      try (SubjectKeys keys = new SubjectKeys(dir.resolve(file), root, stuck, Thread::new)) {
        SubjectKey ann = keys.find(ANN).orElseThrow();
        for (String text : written) {
          byte[] value = (file + text).getBytes(UTF_8);
          for (int version = 0; version < 10; version++) {
            byte[] sealed = ann.seal("value/email", version, value);
            nonces.add("records " + nonce(sealed));
            assertThat(ann.opener().open("value/email", version, sealed)).isEqualTo(value);
            nonces.add("records " + nonce(ann.seal("value/name", version, value)));
            nonces.add("audit " + nonce(ann.seal(value, new byte[version])));
            messages += 3;
          }
        }
      }
    }
    assertThat(nonces).hasSize(messages);
  }

  @Test
  void theBoundaryBetweenAssociatedDataAndPlaintext_isAuthenticated() {
    SealingKey key = SealingKey.of(new SecretKeySpec(new byte[32], "AES"));
    SecureRandom stuck = new StuckRandom();
    byte[] one = Aead.seal(key, stuck, new byte[] {1, 2}, new byte[] {3});
    byte[] other = Aead.seal(key, stuck, new byte[] {2}, new byte[] {3, 1});
    assertThat(nonce(one)).isNotEqualTo(nonce(other));
  }

  @Test
  void theSameMessageTwice_isSealedDifferently_withRealRandomness() {
    SealingKey key = SealingKey.of(new SecretKeySpec(new byte[32], "AES"));
    SecureRandom random = new SecureRandom();
    byte[] message = {1, 2, 3};
    assertThat(Aead.seal(key, random, message, message))
        .isNotEqualTo(Aead.seal(key, random, message, message));
  }

  private static String nonce(byte[] sealed) {
    return HEX.formatHex(Arrays.copyOf(sealed, 12));
  }

  /** A generator of a cloned machine: its twin draws the same bytes. */
  private static final class StuckRandom extends SecureRandom {
    private static final long serialVersionUID = 1;

    @Override
    public void nextBytes(byte[] bytes) {
      Arrays.fill(bytes, (byte) 7);
    }
  }
}
