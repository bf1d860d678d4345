package io.contextkeep.vault.consent.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.iab.gpp.encoder.GppModel;
import com.iab.gpp.encoder.section.Sections;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GPP strings of the specification and of the IAB's own library. */
final class GppStringTest {
  private static final String BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private static final Map<String, String> FIELDS =
      Map.of(
          "sale", "SaleOptOut",
          "sharing", "SharingOptOut",
          "targeted-advertising", "TargetedAdvertisingOptOut",
          "gpc", "Gpc");

  /** Reads each opt-out of each section of the library alone: exactly that one is found. */
  @TestFactory
  Stream<DynamicTest> everyOptOut_ofEverySection_isHeard() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<Integer, String> section : Sections.SECTION_ID_NAME_MAP.entrySet()) {
      if (!section.getValue().startsWith("us") || section.getValue().equals("uspv1")) {
        continue;
      }
      FIELDS.forEach(
          (code, field) -> {
            GppModel model = new GppModel();
            model.setFieldValue(section.getValue(), "Version", 1);
            if (!model.hasField(section.getValue(), field)) {
              return;
            }
            tests.add(
                dynamicTest(
                    section.getValue() + " " + code,
                    () -> optedOut(model, section.getValue(), code, field)));
          });
    }
    assertThat(tests).hasSizeGreaterThan(40);
    return tests.stream();
  }

  private static void optedOut(GppModel model, String section, String code, String field)
      throws UnreadableSignal {
    boolean gpc = code.equals("gpc");
    model.setFieldValue(section, field, gpc ? (Object) true : (Object) 1);
    Signal signal = read(model.encode());
    assertThat(signal.says()).containsExactly(section + "-" + code);
    assertThat(signal.optOuts()).containsExactly(new OptOut.ToSaleOrSharing());
    assertThat(signal.notLookedAt()).isEmpty();
    for (Object other : gpc ? new Object[] {false} : new Object[] {0, 2}) {
      model.setFieldValue(section, field, other);
      assertThat(read(model.encode())).isEqualTo(new Signal(List.of(), List.of(), List.of()));
    }
  }

  @Test
  void allSectionsOfTheLibrary_areRead() {
    assertThat(UsSection.all().keySet())
        .containsAll(Sections.SECTION_ID_NAME_MAP.keySet().stream().filter(id -> id >= 7).toList());
  }

  /** The first version has twelve kinds of sensitive data, the second sixteen. */
  @Test
  void bothVersionsOfUsNational_areRead() throws UnreadableSignal {
    assertThat(read("DBABzw~1YNN~BVVqCACACA.QA").says()).isEmpty();
    assertThat(read("DBABzw~1YNN~BVVVCACACA.YA").says())
        .containsExactly("usnat-sale", "usnat-sharing", "usnat-targeted-advertising", "usnat-gpc");
    assertThat(read("DBABzw~1YNN~CVVmCACACAAA").says()).containsExactly("usnat-sharing");
  }

  @Test
  void usPrivacy_optsOutOfSaleOnly() throws UnreadableSignal {
    GppModel model = new GppModel();
    model.setFieldValue("uspv1", "OptOutSale", 'Y');
    assertThat(read(model.encode()).says()).containsExactly("uspv1-sale");
    assertThat(read("DBABjw~BQuRO1ZQuRO1ZAfAAAENAACAAAAAAAAAAAAAAAAAAA~1NNN").says())
        .doesNotContain("uspv1-sale");
  }

  @Test
  void embeddedEuropeanAndCanadianStrings_areReadLikeStandaloneOnes() throws UnreadableSignal {
    ZonedDateTime day = ZonedDateTime.of(2026, 3, 1, 0, 0, 0, 0, ZoneOffset.UTC);
    GppModel model = new GppModel();
    model.setFieldValue("tcfeuv2", "PurposeConsents", flags(1, 3, 4, 5, 6));
    model.setFieldValue("tcfeuv2", "PurposeLegitimateInterests", flags(2, 7, 8, 9, 11));
    model.setFieldValue("tcfeuv2", "PolicyVersion", 5);
    model.setFieldValue("tcfeuv2", "LastUpdated", day);
    model.setFieldValue("tcfcav1", "PurposesExpressConsent", flags(1, 2, 3, 4));
    model.setFieldValue("tcfcav1", "PurposesImpliedConsent", flags(5, 6, 7, 9, 10));
    Signal signal = read(model.encode());
    assertThat(signal.says()).containsExactly("tcf-purpose-10", "tcfcav1-purpose-8");
    assertThat(signal.optOuts()).hasSize(2);
  }

  private static List<Boolean> flags(Integer... set) {
    List<Boolean> flags = new ArrayList<>();
    for (int i = 1; i <= 24; i++) {
      flags.add(List.of(set).contains(i));
    }
    return flags;
  }

  /** The opt-outs of known sections count. */
  @Test
  void anUnknownSection_isNamed_andOtherOptOutsStillCount() throws UnreadableSignal {
    // Sections 8 and 63.
    Signal signal = read(header(8, 63) + "~BVUAAAAA.QA~whatever");
    assertThat(signal.notLookedAt()).containsExactly("gpp-section-63");
    assertThat(signal.says()).containsExactly("usca-sale", "usca-sharing");
    assertThat(read(header(8) + "~JVUAAAAA").notLookedAt()).containsExactly("usca-version-9");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "~",
        "DBAA~",
        "DBABBg",
        "DBABBg~",
        "DBABBg~B",
        "DBABBg~BVUAAAAA~BVUAAAAA",
        "DBABBg~BVUAAAAA.",
        "DBABBg~BVUAAAAA.=",
        "DBABBg~BV_AAAAA",
        "DCABBg~BVUAAAAA",
        "ABABBg~BVUAAAAA",
        "DBABzw~1YN~BVVqCACACA",
        "DBABzw~9YYY~BVVqCACACA",
        "DBABM~BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA"
      })
  void aMalformedGppString_isRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(UnreadableSignal.class);
  }

  /** Sixty bits can list a hundred thousand sections, which must not be allocated. */
  @Test
  void aHeaderThatListsTooManySections_isRefused_beforeItIsExpanded() {
    String range = "1" + "11" + "0".repeat(24) + "11";
    assertThatThrownBy(() -> read(coded("000011000001000000000001" + range) + "~x"))
        .hasMessageContaining("more than 64 sections");
    assertThatThrownBy(
            () -> read(coded("000011000001000000000001" + "0" + "0".repeat(5_000) + "11") + "~x"))
        .hasMessageContaining("too large");
    assertThatThrownBy(() -> read(coded("000011000001" + "1".repeat(12) + "011".repeat(4_095))))
        .hasMessageContaining("more than 64 sections");
  }

  /** Any input is read or refused with a message, and can only opt out. */
  @Test
  void randomStrings_areReadOrRefused() {
    Random random = new Random(11);
    String[] sound = {
      "DBABBg~BVUAAAAA.QA",
      "DBABzw~1YYN~BVVqCACACA.YA",
      "DBADOZhg~CQuRO1ZQuRO1ZAfAAAENAACAAAAAAAAAAAAAAAAAAAAA.QAAA.IAAA"
          + "~BQuRO1ZQuRO1ZAfAAAENAACAAAAAAAAAAAAAAAAAAA.YAAAAAAAAAA~1-Y-~BAASAAAAAABA.QA"
          + "~BAEAAABA.QA~BAQAAABA",
      "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA"
    };
    int read = 0;
    for (int i = 0; i < 50_000; i++) {
      String text =
          i % 3 == 0 ? noise(random) : mutated(random, sound[random.nextInt(sound.length)]);
      for (Signal.Kind kind : Signal.Kind.values()) {
        try {
          Signal.read(kind, text);
          read++;
        } catch (UnreadableSignal expected) {
          assertThat(expected.getMessage()).isNotBlank();
        }
      }
    }
    assertThat(read).isGreaterThan(1_000);
  }

  private static String noise(Random random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "DBA" : "C");
    int length = random.nextInt(200);
    for (int i = 0; i < length; i++) {
      text.append((BASE64 + "~.").charAt(random.nextInt(66)));
    }
    return text.toString();
  }

  private static String mutated(Random random, String text) {
    StringBuilder mutated = new StringBuilder(text);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int place = random.nextInt(mutated.length());
      switch (random.nextInt(3)) {
        case 0 -> mutated.setCharAt(place, (BASE64 + "~.").charAt(random.nextInt(66)));
        case 1 -> mutated.insert(place, BASE64.charAt(random.nextInt(64)));
        default -> mutated.deleteCharAt(place);
      }
    }
    return mutated.toString();
  }

  private static Signal read(String text) throws UnreadableSignal {
    return Signal.read(Signal.Kind.GPP, text);
  }

  /** Returns a header that lists these sections one by one. */
  private static String header(int... ids) {
    StringBuilder bits = new StringBuilder("000011000001");
    bits.append(String.format("%12s", Integer.toBinaryString(ids.length)).replace(' ', '0'));
    int last = 0;
    for (int id : ids) {
      bits.append('0').append(fibonacci(id - last));
      last = id;
    }
    return coded(bits.toString());
  }

  private static String fibonacci(int number) {
    List<Integer> weights = new ArrayList<>(List.of(1, 2));
    while (weights.getLast() <= number) {
      weights.add(weights.getLast() + weights.get(weights.size() - 2));
    }
    weights.removeIf(weight -> weight > number);
    StringBuilder bits = new StringBuilder("1");
    int rest = number;
    for (int weight : weights.reversed()) {
      bits.append(weight <= rest ? '1' : '0');
      rest -= weight <= rest ? weight : 0;
    }
    return bits.reverse().toString();
  }

  private static String coded(String bits) {
    String padded = bits + "0".repeat((6 - bits.length() % 6) % 6);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < padded.length(); i += 6) {
      text.append(BASE64.charAt(Integer.parseInt(padded.substring(i, i + 6), 2)));
    }
    return text.toString();
  }
}
