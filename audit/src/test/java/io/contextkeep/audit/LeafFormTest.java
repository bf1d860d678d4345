package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Leaves that are filled in piece by piece equal the canonical JSON of all members. */
final class LeafFormTest {
  private static final List<String> NAMES =
      List.of(
          "A",
          "action",
          "com",
          "commits",
          "decision",
          "decisionId",
          "label",
          "labelsx",
          "m",
          "request",
          "tim",
          "timer",
          "typed",
          "u",
          "vx",
          "z");

  @Test
  void everyLeaf_isTheCanonicalJsonOfItsMembers() {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      TreeMap<String, Object> facts = new TreeMap<>();
      for (String name : NAMES) {
        if (random.nextBoolean()) {
          facts.put(name, value(random));
        }
      }
      LeafForm form = new LeafForm(EntryType.SELF_VIEW, facts);
      byte[] hash = new byte[32];
      random.nextBytes(hash);
      long time = random.nextLong(1L << 45);

      Map<String, Object> whole = new TreeMap<>(facts);
      whole.put("type", "self-view");
      whole.put("v", 1);
      whole.put("time", time);
      assertThat(text(form.bytes(time))).isEqualTo(Jcs.text(whole));
      whole.put("commit", HexFormat.of().formatHex(hash));
      whole.put("labels", List.of(HexFormat.of().formatHex(hash)));
      byte[] about = form.bytes(time, hash, hash);
      assertThat(text(about)).isEqualTo(Jcs.text(whole));
      assertThat(about.length).isLessThanOrEqualTo(form.maxLength());

      whole.put("decisionId", "other");
      whole.put("request", "another");
      LeafForm again = form.again("other", "another");
      assertThat(text(again.bytes(time, hash, hash))).isEqualTo(Jcs.text(whole));
      assertThat(text(form.bytes(time, hash, hash))).isEqualTo(text(about));
    }
  }

  @Test
  void everyPrivatePart_isTheCanonicalJsonOfItsMembers() {
    Map<String, Object> details = Map.of("reason", "they \"asked\" \u20ac", "asked", List.of("a"));
    byte[] salt = TestKeys.seed(9);
    for (long n : new long[] {0, 9, 1_234_567}) {
      assertThat(text(new PrivateForm(255, Jcs.bytes(details), salt).bytes(n)))
          .isEqualTo(
              Jcs.text(
                  Map.of(
                      "details",
                      details,
                      "n",
                      n,
                      "salt",
                      "09".repeat(32),
                      "subject",
                      "00000000000000ff")));
    }
  }

  private static Object value(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> "word" + random.nextInt(100);
      case 1 -> random.nextInt(1_000);
      case 2 -> random.nextBoolean();
      default -> List.of("dpv:One", "dpv:Two");
    };
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
