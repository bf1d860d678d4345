package io.contextkeep.audit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.proof.TrustPolicy.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TrustPolicyTest {
  private static final SignerKey LOG = SignerKey.ed25519("log.example", seed(1));
  private static final SignerKey OTHER = SignerKey.ed25519("other.example", seed(2));
  private static final List<SignerKey> WITNESSES =
      List.of(witness(11), witness(12), witness(13), witness(14), witness(15), witness(16));
  private static final String TEXT = new Checkpoint("log.example", 5, new byte[32]).text();

  /** Two levels of groups: 2 of X1 to X3, and any of Y1 to Y3. */
  private static final String POLICY =
      """
      # who watches
      log %s https://log.example/
      \twitness X1 %s https://x1.example/
      witness  X2\t%s
      witness X3 %s
      group X-witnesses 2 X1 X2 X3

        # the others
      witness Y1 %s
      witness Y2 %s
      witness Y3 %s
      group Y-witnesses any Y1 Y2 Y3
      group X-and-Y all X-witnesses Y-witnesses
      quorum X-and-Y
      """
          .formatted(
              LOG.verifier(),
              WITNESSES.get(0).verifier(),
              WITNESSES.get(1).verifier(),
              WITNESSES.get(2).verifier(),
              WITNESSES.get(3).verifier(),
              WITNESSES.get(4).verifier(),
              WITNESSES.get(5).verifier());

  @ParameterizedTest
  @CsvSource({
    "110100, true", "101001, true", "011010, true", "111111, true",
    "100100, false", "110000, false", "000111, false", "000000, false",
  })
  void theQuorum_isReachedByTheRightWitnessesOnly(String who, boolean reached) {
    Note note = cosigned(who);
    assertThat(parse(POLICY).check(note) instanceof Verdict.Accepted).isEqualTo(reached);
  }

  @Test
  void witnessesWithoutTheLog_areNotEnough_norIsAnotherLog() {
    TrustPolicy policy = parse(POLICY);
    assertThat(policy.check(Note.sign(TEXT, WITNESSES)))
        .isEqualTo(new Verdict.Rejected("the log itself did not sign it"));
    String text = new Checkpoint("other.example", 5, new byte[32]).text();
    assertThat(policy.check(Note.sign(text, List.of(OTHER, LOG))))
        .isEqualTo(new Verdict.Rejected("the log other.example is not trusted"));
    assertThat(policy.check(Note.sign("text\n", List.of(LOG))))
        .isInstanceOf(Verdict.Rejected.class);
  }

  @Test
  void oneFalseCosignature_rejectsACheckpointThatReachesTheQuorumWithoutIt() {
    Note good = cosigned("110100");
    Note other = Note.sign(new Checkpoint("log.example", 6, new byte[32]).text(), WITNESSES);
    Note bad = good.with(other.signatures().subList(2, 3));
    assertThat(parse(POLICY).check(bad)).isInstanceOf(Verdict.Rejected.class);
  }

  @Test
  void aPolicyWithoutWitnesses_acceptsWhatTheLogSigned() {
    TrustPolicy policy = parse("log " + LOG.verifier() + "\nquorum none\n");
    assertThat(policy.needsNoWitness()).isTrue();
    assertThat(policy.check(cosigned("000000"))).isInstanceOf(Verdict.Accepted.class);
    assertThat(TrustPolicy.of(List.of(LOG.verifier())).check(cosigned("000000")))
        .isInstanceOf(Verdict.Accepted.class);
    assertThat(parse(POLICY).needsNoWitness()).isFalse();
    assertThat(parse(POLICY).witnesses()).hasSize(6);
    assertThat(parse(POLICY).logs().getFirst().url()).hasToString("Optional[https://log.example/]");
  }

  @Test
  void namesAreComparedAsBytes_inAnyEncoding() {
    String policy = "witness \u212a %s\nquorum K\n".formatted(WITNESSES.getFirst().verifier());
    assertThatThrownBy(() -> parse(policy)).hasMessageContaining("not defined");
    assertThat(parse(policy.replace("quorum K", "quorum \u212a")).witnesses()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "log L\n",
        "log L extra words here\nquorum none\n",
        "log W1\nquorum none\n",
        "log L\nlog L\nquorum none\n",
        "witness X L\nquorum none\n",
        "witness X W1\nwitness Y W1\nquorum none\n",
        "witness X W1\nwitness X W2\nquorum none\n",
        "witness none W1\nquorum none\n",
        "witness X W1\nquorum Y\n",
        "quorum X\nwitness X W1\n",
        "witness X W1\nquorum X\nquorum X\n",
        "witness X W1\nquorum X X\n",
        "witness X W1\ngroup G 0 X\nquorum G\n",
        "witness X W1\ngroup G 2 X\nquorum G\n",
        "witness X W1\ngroup G 01 X\nquorum G\n",
        "witness X W1\ngroup G some X\nquorum G\n",
        "witness X W1\ngroup G any\nquorum G\n",
        "witness X W1\ngroup G any X X\nquorum G\n",
        "witness X W1\ngroup G any X\ngroup H any X\nquorum H\n",
        "witness X W1\ngroup G any none\nquorum G\n",
        "group G any G\nquorum G\n",
        "witness X W1\ngroup X any X\nquorum X\n",
        "something else\nquorum none\n",
        "quorum none\r\n",
        "quorum\u0000none\n",
        "log notavkey\nquorum none\n",
        "log L ht!tp://[\nquorum none\n",
      })
  void malformedPolicies_areRefused(String policy) {
    String filled =
        policy
            .replace(" L", " " + LOG.verifier())
            .replace("W1", WITNESSES.get(0).verifier().toString())
            .replace("W2", WITNESSES.get(1).verifier().toString());
    assertThatThrownBy(() -> parse(filled))
        .isInstanceOf(TrustPolicy.MalformedPolicy.class)
        .hasMessageContaining("Line ");
  }

  private static Note cosigned(String who) {
    List<SignerKey> signers = new ArrayList<>(List.of(LOG));
    for (int i = 0; i < who.length(); i++) {
      if (who.charAt(i) == '1') {
        signers.add(WITNESSES.get(i));
      }
    }
    return Note.sign(TEXT, signers);
  }

  private static TrustPolicy parse(String policy) {
    return TrustPolicy.parse(policy.getBytes(StandardCharsets.UTF_8));
  }

  private static SignerKey witness(int fill) {
    return SignerKey.ed25519Cosigner("witness" + fill, seed(fill), InstantSource.system());
  }

  private static byte[] seed(int fill) {
    byte[] seed = new byte[32];
    Arrays.fill(seed, (byte) fill);
    return seed;
  }
}
