package io.contextkeep.audit.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NoteTest {
  private static final InstantSource CLOCK = () -> Instant.ofEpochSecond(1_800_000_000);
  private static final SignerKey LOG = SignerKey.ed25519("vault.example/audit", seed(1));
  private static final SignerKey WITNESS =
      SignerKey.ed25519Cosigner("witness.example/w1", seed(2), CLOCK);
  private static final SignerKey LOG_PQ =
      SignerKey.mlDsa44Cosigner("vault.example/audit", seed(3), CLOCK);
  private static final Checkpoint CHECKPOINT =
      new Checkpoint("vault.example/audit", 70_000, new byte[32]);

  @Test
  void aNoteSignedByTheGoLibraries_verifiesWithEachOfItsKeys() throws IOException {
    String[] parts = resource("go-note.txt").split("\n\n", 2);
    List<VerifierKey> keys = parts[0].lines().map(VerifierKey::parse).toList();
    Note note = Note.parse(parts[1]);
    assertThat(note.verify(keys))
        .isEqualTo(new Note.Verdict.Signed(List.of(keys.get(0), keys.get(2), keys.get(1))));
    assertThat(keys.getFirst()).isEqualTo(LOG.verifier());
    assertThat(keys.get(1)).isEqualTo(WITNESS.verifier());
    assertThat(keys.get(2)).isEqualTo(LOG_PQ.verifier());
    assertThat(LOG.sign(note.text()))
        .as("Ed25519 has one signature for one text")
        .isEqualTo(note.signatures().getFirst());
    assertThat(Checkpoint.parse(note.text()).size()).isEqualTo(70_000);
    assertThat(note.toString()).isEqualTo(parts[1]);
  }

  @ParameterizedTest
  @MethodSource("signers")
  void aKey_verifiesOnlyItsOwnSignatures(SignerKey signer) {
    Note note = Note.sign(CHECKPOINT.text(), List.of(signer));
    assertThat(Note.parse(note.toString())).isEqualTo(note);
    assertThat(note.verify(List.of(signer.verifier())))
        .isEqualTo(new Note.Verdict.Signed(List.of(signer.verifier())));
    Note other =
        new Note(
            new Checkpoint("vault.example/audit", 70_001, new byte[32]).text(), note.signatures());
    assertThat(other.verify(List.of(signer.verifier()))).isInstanceOf(Note.Verdict.Rejected.class);
  }

  static Stream<SignerKey> signers() {
    return Stream.of(LOG, WITNESS, LOG_PQ);
  }

  @Test
  void anUnknownKey_isIgnored_evenIfItSharesTheNameOrTheId() {
    Note note = Note.sign(CHECKPOINT.text(), List.of(LOG, WITNESS));
    NoteSignature mine = note.signatures().getFirst();
    Note noisy =
        note.with(
            List.of(
                new NoteSignature(mine.name(), mine.keyId() + 1, new byte[64]),
                new NoteSignature("someone.else", mine.keyId(), new byte[64])));
    assertThat(noisy.verify(List.of(LOG.verifier())))
        .isEqualTo(new Note.Verdict.Signed(List.of(LOG.verifier())));
    assertThat(note.verify(List.of(LOG_PQ.verifier())))
        .isEqualTo(new Note.Verdict.Rejected("no known key signed it"));
    assertThat(note.verify(List.of())).isInstanceOf(Note.Verdict.Rejected.class);
  }

  @Test
  void oneFalseSignatureOfAKnownKey_invalidatesTheNote_evenBesideAValidOne() {
    Note good = Note.sign(CHECKPOINT.text(), List.of(LOG, WITNESS));
    byte[] flipped = good.signatures().get(1).signature();
    flipped[20] ^= 1;
    NoteSignature bad = new NoteSignature("witness.example/w1", WITNESS.verifier().id(), flipped);
    Note note = new Note(good.text(), List.of(good.signatures().getFirst(), bad));
    assertThat(note.verify(List.of(LOG.verifier(), WITNESS.verifier())))
        .isEqualTo(new Note.Verdict.Rejected("the signature of witness.example/w1 is false"));
    assertThat(good.with(List.of(bad)).verify(List.of(LOG.verifier(), WITNESS.verifier())))
        .as("nor does a good one of the same key before it help")
        .isInstanceOf(Note.Verdict.Rejected.class);
  }

  @Test
  void aChangedTime_falsifiesACosignature() {
    for (SignerKey signer : List.of(WITNESS, LOG_PQ)) {
      NoteSignature signature = signer.sign(CHECKPOINT.text());
      assertThat(signer.verifier().time(signature)).contains(1_800_000_000L);
      byte[] later = signature.signature();
      later[7]++;
      assertThat(
              signer
                  .verifier()
                  .verifies(
                      CHECKPOINT.text(),
                      new NoteSignature(signature.name(), signature.keyId(), later)))
          .isFalse();
      later[0] = (byte) 0x80;
      assertThat(
              signer
                  .verifier()
                  .verifies(
                      CHECKPOINT.text(),
                      new NoteSignature(signature.name(), signature.keyId(), later)))
          .isFalse();
    }
  }

  @Test
  void anMlDsaCosignature_isBoundToTheSignersName() {
    SignerKey renamed = SignerKey.mlDsa44Cosigner("other.example", seed(3), CLOCK);
    NoteSignature signature = LOG_PQ.sign(CHECKPOINT.text());
    assertThat(
            renamed
                .verifier()
                .verifies(
                    CHECKPOINT.text(),
                    new NoteSignature(
                        "other.example", renamed.verifier().id(), signature.signature())))
        .isFalse();
  }

  @Test
  void cosigners_signCheckpointsOnly() {
    assertThatThrownBy(() -> WITNESS.sign("anything\n")).isInstanceOf(MalformedNote.class);
    assertThatThrownBy(() -> LOG_PQ.sign("anything\n")).isInstanceOf(MalformedNote.class);
    assertThat(Note.sign("anything\n", List.of(LOG)).verify(List.of(LOG.verifier())))
        .isInstanceOf(Note.Verdict.Signed.class);
  }

  @Test
  void sixteenSignatures_areAccepted_andAHundredAndOneAreNot() {
    List<SignerKey> many = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      many.add(SignerKey.ed25519("signer" + i, seed(i)));
    }
    Note note = Note.sign("text\n", many.subList(0, 16));
    assertThat(Note.parse(note.toString()).signatures()).hasSize(16);
    assertThat(note.verify(List.of(many.get(15).verifier())))
        .isInstanceOf(Note.Verdict.Signed.class);
    assertThatThrownBy(() -> Note.sign("text\n", many)).isInstanceOf(MalformedNote.class);
  }

  @Test
  void theTextMayHoldEmptyLines_andIsSplitAtTheLastOne() {
    Note note = Note.sign("one\n\ntwo\n\n\nthree\n", List.of(LOG));
    assertThat(Note.parse(note.toString()).text()).isEqualTo("one\n\ntwo\n\n\nthree\n");
    Note blank = Note.sign("one\n\n", List.of(LOG));
    assertThat(Note.parse(blank.toString())).isEqualTo(blank);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n— name \n",
        "text\n\n— name AAAA\n",
        "text\n\n— name AAAAAA\n",
        "text\n\n— name AAAAAA==",
        "text\n\n— name AAAAAAA=\n— name\n",
        "text\n\n- name AAAAAAA=\n",
        "text\n\n—name AAAAAAA=\n",
        "text\n\n—  AAAAAAA=\n",
        "text\n\n— na+me AAAAAAA=\n",
        "text\n\n— na\u00a0me AAAAAAA=\n",
        "text\n\n— na\u2003me AAAAAAA=\n",
        "text\n\n— name AAAAAAA= \n",
        "text\n\n— name AAAAAAB=\n",
        "text\n\n— name AAAAAAA\n",
        "text\n\n— name AAAA-_A=\n",
        "text\n— name AAAAAAA=\n",
        "te\txt\n\n— name AAAAAAA=\n",
        "text\r\n\r\n— name AAAAAAA=\r\n",
        "te\u0000xt\n\n— name AAAAAAA=\n",
        "te\ud800xt\n\n— name AAAAAAA=\n",
      })
  void aMalformedNote_isRefused(String note) {
    assertThatThrownBy(() -> Note.parse(note)).isInstanceOf(MalformedNote.class);
  }

  @Test
  void bytesThatAreNotUtf8_areRefused() {
    byte[] bytes = "text\n\n— name AAAAAAA=\n".getBytes(StandardCharsets.UTF_8);
    assertThat(Note.parse(bytes).text()).isEqualTo("text\n");
    bytes[1] = (byte) 0xff;
    assertThatThrownBy(() -> Note.parse(bytes)).isInstanceOf(MalformedNote.class);
    assertThatThrownBy(() -> Note.parse(new byte[1_000_001])).isInstanceOf(MalformedNote.class);
  }

  @Test
  void verifierKeys_areReadBack_evenIfTheirBase64HasPlusSigns() {
    int withPlus = 0;
    for (int i = 0; i < 64; i++) {
      VerifierKey key = SignerKey.ed25519("log.example", seed(i)).verifier();
      assertThat(VerifierKey.parse(key.toString())).isEqualTo(key);
      withPlus += key.toString().chars().filter(c -> c == '+').count() > 2 ? 1 : 0;
    }
    assertThat(withPlus).isPositive();
    assertThat(VerifierKey.parse(LOG_PQ.verifier().toString())).isEqualTo(LOG_PQ.verifier());
  }

  @Test
  void aMalformedVerifierKey_isRefused() {
    String vkey = LOG.verifier().toString();
    for (String bad :
        List.of(
            "",
            "vault.example/audit",
            "vault.example/audit+68d31b4b",
            vkey.replace("68d31b4b", "68d31b4c"),
            vkey.replace("68d31b4b", "68D31B4B"),
            vkey.replace("68d31b4b", "068d31b4b"),
            vkey.replace("vault", "Vault"),
            vkey.substring(0, vkey.length() - 4),
            vkey.replace("+AY", "+AX"),
            vkey + "=",
            vkey + "\n",
            vkey.replace("vault.example/audit", ""),
            vkey.replace("vault.example/audit", "a log"))) {
      assertThatThrownBy(() -> VerifierKey.parse(bad)).as(bad).isInstanceOf(MalformedNote.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "origin\n",
        "origin\n1\n",
        "origin\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "origin\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "origin\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "origin\n+1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "origin\n9223372036854775808\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "origin\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n",
        "origin\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        "origin\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
        "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "origin\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nextension\n",
      })
  void aMalformedCheckpoint_isRefused(String text) {
    assertThatThrownBy(() -> Checkpoint.parse(text)).isInstanceOf(MalformedNote.class);
  }

  @Test
  void aCheckpoint_isReadBack_andExtensionLinesAreIgnored() {
    assertThat(Checkpoint.parse(CHECKPOINT.text())).isEqualTo(CHECKPOINT);
    assertThat(Checkpoint.parse(CHECKPOINT.text() + "more\n")).isEqualTo(CHECKPOINT);
    assertThat(Checkpoint.parse(CHECKPOINT.text().replace("\n70000\n", "\n0\n")).size()).isZero();
  }

  @Test
  void privateKeys_areNeverPrinted() {
    assertThat(LOG.toString() + LOG_PQ).doesNotContain("AQEB", "0101").contains("redacted");
  }

  private static byte[] seed(int fill) {
    byte[] seed = new byte[32];
    Arrays.fill(seed, (byte) fill);
    return seed;
  }

  private static String resource(String name) throws IOException {
    try (var in = Objects.requireNonNull(NoteTest.class.getResourceAsStream("/note/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
