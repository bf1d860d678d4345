package io.contextkeep.vault.consent.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.iabtcf.decoder.DecoderOption;
import com.iabtcf.decoder.TCString;
import com.iabtcf.encoder.TCStringEncoder;
import com.iabtcf.utils.BitSetIntIterable;
import io.contextkeep.ontology.Purpose;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TC strings of the specification and of the IAB's own library. */
final class TcStringTest {
  /** The sample in the specification of TCF 2.3, made in 2025 with the policy version 2. */
  private static final String NOTHING_ALLOWED =
      "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA";

  /** The sample in the specification of TCF 2.0, with consent to the purposes 1, 2 and 3. */
  private static final String SOME_ALLOWED =
      "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAg"
          + "EAACEAAAAAgAQBAAAAAAAGBAAgAAAAAAAFAAECAAAgAAQARAEQAAAAAJAAIAAgAAAYQEAAAQmAgBC3ZAYzUw";

  @Test
  void theSpecificationsStrings_areReadAsSpecified() throws UnreadableSignal {
    assertThat(denied(NOTHING_ALLOWED)).containsExactlyElementsOf(purposes(1, 11));
    assertThat(Signal.read(Signal.Kind.TCF, SOME_ALLOWED).says())
        .containsExactlyElementsOf(
            IntStream.rangeClosed(4, 10).mapToObj(p -> "tcf-purpose-" + p).toList());
    assertThat(to(SOME_ALLOWED).latest()).isEqualTo("2020-02-20T23:57:39.300Z");
  }

  /** The choice may have been made at any moment of that day. */
  @Test
  void aStringWithOnlyTheDay_countsFromTheEndOfThatDay() throws UnreadableSignal {
    assertThat(to(NOTHING_ALLOWED).latest()).isEqualTo("2025-06-03T23:59:59.999Z");
  }

  @Test
  void deniedPurposes_becomeTheNearestPurposesOfDpv() throws UnreadableSignal {
    assertThat(to(NOTHING_ALLOWED).purposes())
        .isEqualTo(
            dpv(
                "Advertising",
                "PersonalisedAdvertising",
                "ServiceOptimisation",
                "ServicePersonalisation",
                "ServiceUsageAnalytics"));
    Set<Integer> all = all();
    all.remove(10);
    assertThat(to(made(all, Set.of(), 5, "2026-03-01T00:00:00Z")).purposes())
        .isEqualTo(dpv("ServiceOptimisation"));
  }

  @Test
  void aStringThatAllowsAll_hasNoEffect() throws UnreadableSignal {
    Signal signal = Signal.read(Signal.Kind.TCF, made(all(), Set.of(), 5, "2026-03-01T00:00:00Z"));
    assertThat(signal).isEqualTo(new Signal(List.of(), List.of(), List.of()));
  }

  /** A legitimate interest has no effect where the framework does not provide for it. */
  @Test
  void legitimateInterest_countsOnlyWhereItSuffices() throws UnreadableSignal {
    assertThat(denied(made(Set.of(), all(), 5, "2026-03-01T00:00:00Z")))
        .containsExactly(
            "tcf-purpose-1", "tcf-purpose-3", "tcf-purpose-4", "tcf-purpose-5", "tcf-purpose-6");
  }

  @Test
  void purposeEleven_isNotDenied_beforeItExisted() throws UnreadableSignal {
    Set<Integer> ten = all();
    ten.remove(11);
    assertThat(denied(made(ten, Set.of(), 2, "2023-11-19T00:00:00Z"))).isEmpty();
    assertThat(denied(made(ten, Set.of(), 4, "2023-11-19T00:00:00Z")))
        .containsExactly("tcf-purpose-11");
    assertThat(denied(made(ten, Set.of(), 2, "2023-11-20T00:00:00Z")))
        .containsExactly("tcf-purpose-11");
  }

  @Test
  void everyString_isReadAsTheLibraryReadsIt() throws UnreadableSignal {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      Set<Integer> consent = some(random);
      Set<Integer> interest = some(random);
      String updated =
          Instant.ofEpochMilli(random.nextLong(1_600_000_000_000L, 1_900_000_000_000L))
              .truncatedTo(random.nextBoolean() ? ChronoUnit.DAYS : ChronoUnit.SECONDS)
              .toString();
      String text = made(consent, interest, 4, updated);
      TCString other = TCString.decode(text, DecoderOption.LAZY);
      Set<String> expected = new TreeSet<>();
      for (int purpose = 1; purpose <= 11; purpose++) {
        boolean resting =
            Set.of(2, 7, 8, 9, 10, 11).contains(purpose)
                && other.getPurposesLITransparency().contains(purpose);
        if (!other.getPurposesConsent().contains(purpose) && !resting) {
          expected.add("tcf-purpose-" + purpose);
        }
      }
      assertThat(new TreeSet<>(denied(text))).as(text).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "....",
        "C",
        "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAA",
        "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.",
        "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.I.I.I.I",
        "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.I=",
        "CQSbk4AQSbk4ANwAAAENAwCg AAAAAAAAAAYgACPAAAAA",
        "CQSbk4AQSbk4ANwAAAENAwCg+AAAAAAAAAYgACPAAAAA",
        "CQSbk4AQSbk4ANwAAAENAwCg\u0661AAAAAAAAAYgACPAAAAA",
        "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA",
        "DQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA"
      })
  void aMalformedTcString_isRefused_withoutRepeatingIt(String text) {
    assertThatThrownBy(() -> Signal.read(Signal.Kind.TCF, text))
        .isInstanceOf(UnreadableSignal.class)
        .hasMessageNotContaining("QSbk");
  }

  private static List<String> denied(String text) throws UnreadableSignal {
    return Signal.read(Signal.Kind.TCF, text).says();
  }

  private static OptOut.ToPurposes to(String text) throws UnreadableSignal {
    return (OptOut.ToPurposes) Signal.read(Signal.Kind.TCF, text).optOuts().getFirst();
  }

  private static List<String> purposes(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(p -> "tcf-purpose-" + p).toList();
  }

  private static Set<Purpose> dpv(String... names) {
    return Set.of(names).stream()
        .map(name -> Purpose.parse("dpv:" + name).orElseThrow())
        .collect(Collectors.toSet());
  }

  private static Set<Integer> all() {
    return IntStream.rangeClosed(1, 11).boxed().collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<Integer> some(Random random) {
    return all().stream().filter(_ -> random.nextBoolean()).collect(Collectors.toSet());
  }

  private static String made(
      Set<Integer> consent, Set<Integer> interest, int policy, String updated) {
    return TCStringEncoder.newBuilder()
        .version(2)
        .created(Instant.parse(updated))
        .lastUpdated(Instant.parse(updated))
        .cmpId(31)
        .consentLanguage("EN")
        .publisherCC("DE")
        .tcfPolicyVersion(policy)
        .vendorListVersion(77)
        .addPurposesConsent(BitSetIntIterable.from(consent))
        .addPurposesLITransparency(BitSetIntIterable.from(interest))
        .addVendorConsent(BitSetIntIterable.from(Set.of(2, 700)))
        .addDisclosedVendors(BitSetIntIterable.from(Set.of(2, 8, 700)))
        .encode();
  }
}
