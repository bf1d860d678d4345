package io.contextkeep.policy.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.Catalogue;
import io.contextkeep.policy.WasmEngine;
import io.contextkeep.policy.bundle.BundleRejected.Step;
import io.contextkeep.policy.rego.Opa;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of a policy before it may decide. */
final class LoadGateTest {
  private static ScheduledExecutorService watchdog;
  private static LoadGate gate;

  @BeforeAll
  static void start() {
    watchdog = Executors.newSingleThreadScheduledExecutor();
    gate = new LoadGate(1, Duration.ofSeconds(10), watchdog, 1);
  }

  @AfterAll
  static void stop() {
    watchdog.shutdownNow();
  }

  @Test
  void theBuiltInPolicy_passes_withOtherDataToo() throws Exception {
    Bundle builtIn = Bundle.builtIn();
    try (WasmEngine engine = gate.load(builtIn)) {
      assertThat(engine.identity()).isEqualTo(builtIn.identity());
    }
  }

  @Test
  void warmRules_areCheckedOnceWithOtherData_andNotWarmedUpAgain() throws Exception {
    LoadGate warming = new LoadGate(1, Duration.ofSeconds(10), watchdog, 1_000);
    Bundle rules = withSection(Bundle.builtIn(), "rules that no other test has asked");
    ObjectNode catalogue = Catalogue.of(rules.data());
    long warm;
    try (WasmEngine engine = warming.load(rules)) {
      warm = engine.evaluations();
    }
    assertThat(warm).isGreaterThanOrEqualTo(1_000);
    try (WasmEngine engine = warming.load(rules.withCatalogue(catalogue, "8"))) {
      assertThat(engine.evaluations()).isStrictlyBetween(warm, warm + 1_000);
    }
  }

  /** Returns the same rules in another module, which has an additional custom section. */
  private static Bundle withSection(Bundle bundle, String name) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    byte[] wasm = bundle.wasm();
    byte[] longer = Arrays.copyOf(wasm, wasm.length + 3 + text.length);
    longer[wasm.length + 1] = (byte) (text.length + 1);
    longer[wasm.length + 2] = (byte) text.length;
    System.arraycopy(text, 0, longer, wasm.length + 3, text.length);
    return Bundle.of(longer, bundle.data(), bundle.identity().revision());
  }

  @Test
  void anInvalidModule_orOneOfAnotherAbi_isRefused() {
    assertRejected(Step.ABI, "garbage".getBytes(StandardCharsets.UTF_8));
    assertRejected(Step.ABI, new byte[0]);
    byte[] wasm = Bundle.builtIn().wasm();
    // The constants 1 and 3 of the ABI's two globals: i32, immutable, i32.const n, end.
    int minor = find(wasm, new byte[] {0x7f, 0x00, 0x41, 0x03, 0x0b});
    wasm[minor + 3] = 4;
    assertRejected(Step.ABI, wasm);
  }

  @Test
  void aModuleWithUnexpectedImports_isRefused() {
    assertRejected(Step.IMPORTS, patched("opa_abort", "get_files"));
  }

  @Test
  void aPolicyWithoutTheGate_isRefused() {
    assertRejected(
        Step.ENTRYPOINT, patched("contextkeep/gate/decision", "contextkeep/date/decision"));
  }

  @Test
  void aPolicyThatIgnoresARefusalOrAConsent_isRefused() {
    assertRejected(Step.GOLDEN, patched("WITHDRAWN", "WITHDRAWM"));
    assertRejected(Step.GOLDEN, patched("CATEGORY_NOT_ALLOWED", "CATEGORY_NOT_ALLOWEX"));
  }

  @Test
  void dataThatHidesCustomersOwnData_isRefused() {
    ObjectNode catalogue = Catalogue.of(Bundle.builtIn().data()).deepCopy();
    catalogue.withObjectProperty("purposes").remove("dpv:RightsFulfilment");
    assertThat(rejected(Bundle.builtIn().withCatalogue(catalogue, "8")).step())
        .isEqualTo(Step.GOLDEN);
  }

  @Test
  void dataWithoutAValidCatalogue_isRefused() {
    assertThat(rejected(Bundle.builtIn().withData("{\"contextkeep\":{}}")).step())
        .isEqualTo(Step.DATA);
    assertThat(rejected(Bundle.builtIn().withData("{")).step()).isEqualTo(Step.DATA);
  }

  @Test
  void aCatalogueThatCouldNotBeEvaluated_isRefused() throws Exception {
    ObjectNode catalogue = Catalogue.of(Bundle.builtIn().data());
    ((ObjectNode) catalogue.at("/purposes/dpv:TargetedAdvertising/masks/pd:AgeRange"))
        .putArray("edges")
        .add(10)
        .add(0);
    assertThat(rejected(Bundle.builtIn().withCatalogue(catalogue, "8")).step())
        .isEqualTo(Step.DATA);
  }

  @Test
  void dataInThePlaceOfARule_andMalformedGoldenDecisions_areRefused() throws Exception {
    for (String more :
        List.of(
            "{\"gate\": {\"allow\": true}}",
            "{\"golden\": {\"cases\": 7}}",
            "{\"golden\": {\"cases\": [{\"name\": \"x\"}]}}")) {
      ObjectNode data = (ObjectNode) new ObjectMapper().readTree(Bundle.builtIn().data());
      data.withObjectProperty("contextkeep").setAll((ObjectNode) new ObjectMapper().readTree(more));
      assertThat(rejected(Bundle.builtIn().withData(data.toString())).step())
          .as(more)
          .isEqualTo(Step.DATA);
    }
  }

  @Test
  void aPolicyWhoseAnswersTheGateCannotCarryOut_isRefused() {
    ObjectNode data = new ObjectMapper().createObjectNode();
    data.putObject("contextkeep").set("catalogue", Catalogue.of(Bundle.builtIn().data()));
    BundleRejected rejected = rejected(Bundle.of(patched("ttl_s", "ttl_x"), data.toString(), "7"));
    assertThat(rejected.step()).isEqualTo(Step.GOLDEN);
    assertThat(rejected).hasMessageContaining("cannot be carried out");
  }

  @Test
  void aPolicyThatNeedsAClock_isRefused(@TempDir Path work) throws Exception {
    Opa.orSkip();
    assertRejected(
        Step.IMPORTS,
        compiled(work, "decision := {\"allow\": time.now_ns() > 0, \"reasons\": []}"));
  }

  @Test
  void aRuleTooLargeToCompile_isRefused(@TempDir Path work) throws Exception {
    Opa.orSkip();
    String huge =
        IntStream.range(0, 3_000)
            .mapToObj(i -> "\tinput.x" + i + " == " + i)
            .collect(Collectors.joining("\n", "decision := {\"allow\": true} if {\n", "\n}\n"));
    assertRejected(Step.COMPILE, compiled(work, huge));
  }

  private static byte[] compiled(Path work, String rules) throws Exception {
    Files.writeString(work.resolve("gate.rego"), "package contextkeep.gate\n\n" + rules + "\n");
    Path out = work.resolve("bundle.tar.gz");
    Opa.Run run =
        Opa.run(
            "build",
            "-t",
            "wasm",
            "-e",
            WasmEngine.ENTRYPOINT,
            "-o",
            out.toString(),
            work.resolve("gate.rego").toString());
    assertThat(run.exit()).as(run.output()).isZero();
    return Objects.requireNonNull(Archive.read(Files.readAllBytes(out)).get("policy.wasm"));
  }

  private static byte[] patched(String from, String to) {
    byte[] wasm = Bundle.builtIn().wasm();
    byte[] old = from.getBytes(StandardCharsets.US_ASCII);
    byte[] other = to.getBytes(StandardCharsets.US_ASCII);
    for (int at = find(wasm, old); at >= 0; at = find(wasm, old)) {
      System.arraycopy(other, 0, wasm, at, other.length);
    }
    return wasm;
  }

  private static int find(byte[] in, byte[] what) {
    for (int at = 0; at + what.length <= in.length; at++) {
      if (Arrays.equals(in, at, at + what.length, what, 0, what.length)) {
        return at;
      }
    }
    return -1;
  }

  private static void assertRejected(Step step, byte[] wasm) {
    BundleRejected rejected = rejected(Bundle.of(wasm, Bundle.builtIn().data(), "7"));
    assertThat(rejected.step()).as(rejected.getMessage()).isEqualTo(step);
  }

  private static BundleRejected rejected(Bundle bundle) {
    BundleRejected rejected = catchThrowableOfType(BundleRejected.class, () -> gate.load(bundle));
    assertThat(rejected).as("an accepted bundle").isNotNull();
    return rejected;
  }
}
