package io.contextkeep.policy.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.bundle.BundleRejected.Step;
import io.contextkeep.policy.rego.Opa;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verification of bundles: trusted signers, and the signed bytes as the ones that run. */
final class BundleReaderTest {

  @Test
  void aSignedBundle_isReadFromItsVerifiedBytes() throws Exception {
    TestBundle bundle = new TestBundle("7-abc");
    Bundle read = BundleReader.read(bundle.signed(), bundle.trust());
    assertThat(read.identity().revision()).isEqualTo("7-abc");
    assertThat(read.identity().codeDigest()).isEqualTo(Bundle.builtIn().identity().codeDigest());
    assertThat(read.data()).isEqualTo(Bundle.builtIn().data());
    assertThat(BundleReader.number("7-abc")).hasValue(7);
  }

  @Test
  void dataIsSignedInCanonicalForm_soItsSpacesDoNotMatter() throws Exception {
    TestBundle bundle = new TestBundle("7");
    bundle.afterSigning.add(
        Map.entry("data.json", ("  " + Bundle.builtIn().data()).getBytes(StandardCharsets.UTF_8)));
    assertThat(BundleReader.read(bundle.signed(), bundle.trust()).data()).startsWith("  {");
  }

  @Test
  void anUnsignedBundle_isRefused_unlessUnsignedBundlesAreAccepted() throws Exception {
    TestBundle bundle = new TestBundle("7");
    byte[] unsigned = TestBundle.archive(bundle.files);
    assertRejected(Step.SIGNATURE, unsigned, bundle.trust());
    assertThat(BundleReader.read(unsigned, new Trust.Anybody()).identity().revision())
        .isEqualTo("7");
  }

  @Test
  void aSignatureWithNoKey_twoKeysOrAnotherKey_isRefused() throws Exception {
    TestBundle none = new TestBundle("7");
    none.payload.remove("keyid");
    assertRejected(Step.SIGNATURE, none.signed(), none.trust());
    TestBundle two = new TestBundle("7");
    two.header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("other").build();
    assertRejected(Step.SIGNATURE, two.signed(), two.trust());
    TestBundle another = new TestBundle("7");
    another.payload.put("keyid", "other");
    assertRejected(Step.SIGNATURE, another.signed(), another.trust());
  }

  @Test
  void aKeyIdInTheHeader_isAcceptedLikeOneInThePayload() throws Exception {
    TestBundle bundle = new TestBundle("7");
    bundle.payload.remove("keyid");
    bundle.header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(TestBundle.KEY_ID).build();
    assertThat(BundleReader.read(bundle.signed(), bundle.trust())).isNotNull();
  }

  @Test
  void anotherKeysSignature_isRefused() throws Exception {
    TestBundle bundle = new TestBundle("7");
    Trust others = Trust.signedBy(List.of(TestBundle.key(TestBundle.pair())), Optional.empty());
    assertRejected(Step.SIGNATURE, bundle.signed(), others);
  }

  @Test
  void thePublicKeyAsHmacSecret_andTheAlgorithmNone_areRefused() throws Exception {
    TestBundle bundle = new TestBundle("7");
    bundle.header = new JWSHeader(JWSAlgorithm.HS256);
    bundle.signer =
        Optional.of(new MACSigner(TestBundle.pem(bundle.pair).getBytes(StandardCharsets.UTF_8)));
    assertRejected(Step.SIGNATURE, bundle.signed(), bundle.trust());
    TestBundle bare = new TestBundle("7");
    bare.signatures =
        all -> {
          String payload = all.at("/signatures/0").asText().split("\\.", -1)[1];
          String header =
              Base64.getUrlEncoder()
                  .withoutPadding()
                  .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
          all.putArray("signatures").add(header + "." + payload + ".");
          return all;
        };
    assertRejected(Step.SIGNATURE, bare.signed(), bare.trust());
  }

  @Test
  void aBundleWithNoneOrTwoSignatures_isRefused() throws Exception {
    TestBundle twice = new TestBundle("7");
    twice.signatures =
        all -> {
          all.withArray("signatures").add(all.at("/signatures/0").asText());
          return all;
        };
    assertRejected(Step.SIGNATURE, twice.signed(), twice.trust());
    TestBundle none = new TestBundle("7");
    none.signatures =
        all -> {
          all.putArray("signatures");
          return all;
        };
    assertRejected(Step.SIGNATURE, none.signed(), none.trust());
  }

  @Test
  void aFileChangedAddedOrRemovedAfterSigning_isRefused() throws Exception {
    TestBundle changed = new TestBundle("7");
    byte[] other = Bundle.builtIn().wasm();
    other[other.length - 1] ^= 1;
    changed.afterSigning.add(Map.entry("policy.wasm", other));
    assertRejected(Step.FILES, changed.signed(), changed.trust());
    TestBundle added = new TestBundle("7");
    added.afterSigning.add(Map.entry("more.rego", "package more".getBytes(StandardCharsets.UTF_8)));
    assertRejected(Step.FILES, added.signed(), added.trust());
    TestBundle manifest = new TestBundle("7");
    manifest.afterSigning.add(
        Map.entry(".manifest", "{\"revision\":\"9\"}".getBytes(StandardCharsets.UTF_8)));
    assertRejected(Step.FILES, manifest.signed(), manifest.trust());
    TestBundle less = new TestBundle("7");
    less.put("old.rego", "package old");
    byte[] whole = less.signed();
    less.files.removeIf(file -> file.getKey().equals("old.rego"));
    assertThat(BundleReader.read(whole, less.trust())).isNotNull();
    less.afterSigning.add(Map.entry(Signatures.FILE, signatureIn(whole)));
    assertRejected(Step.FILES, less.signed(), less.trust());
  }

  @Test
  void aSignatureWithAnotherScope_isRefused_inBothDirections() throws Exception {
    TestBundle bundle = new TestBundle("7");
    bundle.payload.put("scope", "read");
    assertRejected(Step.SIGNATURE, bundle.signed(), bundle.trust());
    Trust reads = Trust.signedBy(List.of(TestBundle.key(bundle.pair)), Optional.of("read"));
    assertThat(BundleReader.read(bundle.signed(), reads)).isNotNull();
    assertRejected(
        Step.SIGNATURE, new TestBundle("7", Bundle.builtIn(), bundle.pair).signed(), reads);
  }

  @Test
  void duplicateNames_linksAndEscapingNames_areRefused() throws Exception {
    TestBundle bundle = new TestBundle("7");
    bundle.files.add(Map.entry("data.json", "{}".getBytes(StandardCharsets.UTF_8)));
    assertRejected(Step.ARCHIVE, bundle.signed(), bundle.trust());
    TestBundle away = new TestBundle("7");
    away.files.add(Map.entry("../more.rego", new byte[0]));
    assertRejected(Step.ARCHIVE, away.signed(), away.trust());
    assertRejected(Step.ARCHIVE, link(), bundle.trust());
  }

  @Test
  void anOversizedArchive_isRefused_beforeItIsInMemory() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      TarArchiveEntry entry = new TarArchiveEntry("/data.json", true);
      entry.setSize(64 << 20);
      tar.putArchiveEntry(entry);
      byte[] block = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        tar.write(block);
      }
      tar.closeArchiveEntry();
    }
    assertRejected(Step.ARCHIVE, bytes.toByteArray(), new Trust.Anybody());
  }

  /** Headers that a library would read into memory before any check. */
  @Test
  void extendedHeaders_areRefused_ifTheyAreLongOrRename() throws Exception {
    for (byte kind : new byte[] {'x', 'g', 'L', 'K', 'S', '1', '3', '4', '6', '7'}) {
      assertRejected(Step.ARCHIVE, headed(kind, "9 a=bcde\n".repeat(70_000)), new Trust.Anybody());
    }
    for (String record :
        List.of("20 path=policy.wasm\n", "10 size=1\n", "22 GNU.sparse.major=1\n")) {
      assertRejected(Step.ARCHIVE, headed((byte) 'x', record), new Trust.Anybody());
      assertRejected(Step.ARCHIVE, headed((byte) 'g', record), new Trust.Anybody());
    }
    assertThat(Archive.read(headed((byte) 'x', "30 mtime=1350244992.023960108\n")))
        .containsOnlyKeys("data.json");
  }

  @Test
  void tooManyHeaders_areRefused() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (int i = 0; i < 600; i++) {
        tar.putArchiveEntry(new TarArchiveEntry("d" + i + "/"));
        tar.closeArchiveEntry();
      }
    }
    assertRejected(Step.ARCHIVE, bytes.toByteArray(), new Trust.Anybody());
  }

  private static byte[] headed(byte kind, String records) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      TarArchiveEntry header = new TarArchiveEntry("header");
      header.setSize(records.length());
      tar.putArchiveEntry(header);
      tar.write(records.getBytes(StandardCharsets.UTF_8));
      tar.closeArchiveEntry();
      TarArchiveEntry file = new TarArchiveEntry("data.json");
      file.setSize(2);
      tar.putArchiveEntry(file);
      tar.write("{}".getBytes(StandardCharsets.UTF_8));
      tar.closeArchiveEntry();
    }
    byte[] archive = bytes.toByteArray();
    archive[156] = kind;
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(archive);
    }
    return zipped.toByteArray();
  }

  @Test
  void malformedOrTruncatedArchives_areRefused() throws Exception {
    TestBundle bundle = new TestBundle("7");
    byte[] signed = bundle.signed();
    assertRejected(Step.ARCHIVE, "garbage".getBytes(StandardCharsets.UTF_8), bundle.trust());
    assertRejected(Step.ARCHIVE, Arrays.copyOf(signed, signed.length / 2), bundle.trust());
    assertRejected(Step.ARCHIVE, new byte[0], bundle.trust());
  }

  @Test
  void duplicateMembers_fractionsAndAmbiguousText_areRefused() throws Exception {
    for (String data : List.of("{\"a\":1,\"a\":2}", "{\"a\":1.0}", "{\"a\":\"\u00e9\"}", "{} {}")) {
      TestBundle bundle = new TestBundle("7");
      bundle.afterSigning.add(Map.entry("data.json", data.getBytes(StandardCharsets.UTF_8)));
      assertThatThrownBy(() -> BundleReader.read(bundle.signed(), bundle.trust()))
          .isInstanceOf(BundleRejected.class);
    }
  }

  @Test
  void aRevisionWithoutANumber_isRefused() throws Exception {
    for (String revision : List.of("", "abc", "-7", "7 ", "07x")) {
      TestBundle bundle = new TestBundle(revision);
      assertRejected(Step.REVISION, bundle.signed(), bundle.trust());
    }
  }

  @Test
  void aBundleForOpaServers_isRefused_andTheMissingFileNamed() throws Exception {
    TestBundle bundle = new TestBundle("7");
    bundle.files.removeIf(file -> file.getKey().equals("policy.wasm"));
    bundle.put("contextkeep/gate.rego", "package contextkeep.gate");
    assertRejected(Step.FILES, bundle.signed(), bundle.trust());
  }

  @Test
  void keysOfAnotherAlgorithm_areRefused() {
    KeyPair pair = TestBundle.pair();
    for (String algorithm : List.of("HS256", "none", "RS256", "ES384", "EdDSA")) {
      assertThatThrownBy(() -> BundleKey.of("ops", algorithm, TestBundle.pem(pair)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Trust.signedBy(List.of(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBundleBuiltAndSignedByOpa_isAccepted(@TempDir Path work) throws Exception {
    Opa.orSkip();
    KeyPair pair = TestBundle.pair();
    Path key = work.resolve("key.pem");
    Files.writeString(
        key,
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
    Path script = Opa.MODULE.resolve("build-bundle");
    Process build =
        new ProcessBuilder(
                script.toString(), "--release", "12", work.toString(), key.toString(), "ops")
            .redirectErrorStream(true)
            .start();
    String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(build.waitFor()).as(output).isZero();
    Trust trust = Trust.signedBy(List.of(TestBundle.key(pair)), Optional.empty());
    Bundle read = BundleReader.read(Files.readAllBytes(work.resolve("wasm.tar.gz")), trust);
    assertThat(read.identity().codeDigest()).isEqualTo(Bundle.builtIn().identity().codeDigest());
    assertThat(BundleReader.number(read.identity().revision())).hasValue(12);
    assertRejected(Step.FILES, Files.readAllBytes(work.resolve("rego.tar.gz")), trust);
  }

  private static byte[] signatureIn(byte[] archive) throws BundleRejected {
    return Objects.requireNonNull(Archive.read(archive).get(Signatures.FILE));
  }

  private static byte[] link() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      TarArchiveEntry entry = new TarArchiveEntry("data.json", TarConstants.LF_SYMLINK);
      entry.setLinkName("policy.wasm");
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private static void assertRejected(Step step, byte[] archive, Trust trust) {
    BundleRejected rejected =
        catchThrowableOfType(BundleRejected.class, () -> BundleReader.read(archive, trust));
    assertThat(rejected).isNotNull();
    assertThat(rejected.step()).as(rejected.getMessage()).isEqualTo(step);
  }
}
