package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.client.Answer;
import io.contextkeep.client.ContextLine;
import io.contextkeep.client.CustomerId;
import io.contextkeep.client.Damaged;
import io.contextkeep.client.Disclosed;
import io.contextkeep.client.LogTrust;
import io.contextkeep.client.LogVerdict;
import io.contextkeep.client.Obligation;
import io.contextkeep.client.Purpose;
import io.contextkeep.client.Receipt;
import io.contextkeep.client.Refused;
import io.contextkeep.client.Unavailable;
import io.contextkeep.client.VaultClient;
import io.contextkeep.client.VaultSettings;
import io.contextkeep.client.WriteReport;
import io.contextkeep.client.Written;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code in the client's README, which equals the code between the marks here. */
final class ClientReadmeIT {
  private static final Pattern MARKED =
      Pattern.compile("// readme>\n(.*?)\n *// <readme\n", Pattern.DOTALL);
  private static final Pattern SHOWN = Pattern.compile("```java\n(.*?)\n```", Pattern.DOTALL);

  @Test
  void theReadmesCode_writesAndReads(@TempDir Path dir) {
    try (TestVault vault = new TestVault(dir)) {
      vault.furnish();
      URI base = URI.create("http://127.0.0.1:" + vault.vault().port());
      String value = CANARY + "land";
      write(base, () -> vault.token(Role.APP, "crm"), value, Instant.parse(vault.observedNow()));
      Supplier<String> tokens = () -> vault.token(Role.APP, "shop");
      assertThat(vault.counted(ask(base, tokens, "Hello"))).isInstanceOf(Refused.class);
      ok(
          vault.put(
              vault.customer("customer_number:17850"),
              "/v1/me/consents/dpv:ServicePersonalisation/shop",
              ""));
      Answer answer = vault.counted(ask(base, tokens, "Hello, " + value));
      List<String> vkeys =
          LogSteps.vkeys(vault.vault()).stream().map(VerifierKey::toString).toList();
      Receipt receipt = ((Disclosed) answer).receipt();
      verify(base, tokens, vkeys, receipt, dir.resolve("vault.checkpoint"));
    }
  }

  private static Answer ask(URI base, Supplier<String> tokens, String expected) {
    // readme>
    VaultSettings settings =
        VaultSettings.builder(base, tokens)
            .keeping(Obligation.NO_ONWARD_TRANSFER) // if your app does
            .build();
    VaultClient vault = new VaultClient(settings); // one for the whole app

    Purpose purpose = Purpose.of("dpv:ServicePersonalisation");
    CustomerId customer = new CustomerId("customer_number", "17850");
    Answer answer = vault.ask(purpose, customer, List.of("country", "email"));
    String greeting =
        switch (answer) {
          case Disclosed context when context.isFresh() ->
              context
                  .value("country")
                  .map(country -> "Hello, " + country.value().textValue())
                  .orElse("Hello"); // context.withheld().get("country") says why
          case Disclosed _ -> "Hello"; // kept for too long: ask again
          case Refused _ -> "Hello"; // refused, or unknown customer
          case Damaged _ -> "Hello"; // what the vault holds was altered: tell its operator
          case Unavailable _ -> "Hello"; // no context was received
        };
    // <readme
    vault.close();
    assertThat(greeting).isEqualTo(expected);
    return answer;
  }

  private static void write(URI base, Supplier<String> tokens, String value, Instant now) {
    VaultClient vault = new VaultClient(VaultSettings.of(base, tokens));
    CustomerId customer = new CustomerId("customer_number", "17850");
    // readme>
    ContextLine line =
        ContextLine.attribute(customer, "country", now, TextNode.valueOf(value))
            .alsoOf(new CustomerId("email", "ann@example.com"));
    Written written = vault.write(List.of(line), "import-2026-11-24"); // the key names this write
    boolean done =
        switch (written) {
          case WriteReport report -> report.refused().isEmpty(); // else: which lines, and why
          case Unavailable _ -> false; // send the same lines again under the same key
        };
    // <readme
    vault.close();
    assertThat(done).isTrue();
  }

  private static void verify(
      URI base, Supplier<String> tokens, List<String> vkeys, Receipt receipt, Path file) {
    // readme>
    LogTrust trust = LogTrust.of(vkeys, file); // of this vault alone
    VaultClient vault =
        new VaultClient(VaultSettings.builder(base, tokens).trusting(trust).build());
    boolean logged =
        switch (vault.verify(receipt)) {
          case LogVerdict.Holds(String proof, long _) -> true; // keep the proof: it holds offline
          case LogVerdict.Broken _ -> false; // the vault promised an entry and does not show it
          case LogVerdict.Fork _ -> false; // two histories: show both checkpoints to the auditors
          case Unavailable _ -> false; // ask again later
        };
    // <readme
    vault.close();
    assertThat(logged).isTrue();
  }

  @Test
  void theReadme_showsTheTestedCode() throws IOException {
    Path root = Path.of(System.getProperty("contextkeep.root"));
    String here = "vault/src/test/java/io/contextkeep/vault/ClientReadmeIT.java";
    assertThat(blocks(SHOWN, root.resolve("federation-client/README.md")))
        .isNotEmpty()
        .containsExactlyElementsOf(blocks(MARKED, root.resolve(here)));
  }

  private static List<String> blocks(Pattern pattern, Path file) throws IOException {
    String text = Files.readString(file);
    Stream<MatchResult> found = pattern.matcher(text).results();
    return found.map(match -> match.group(1).stripIndent()).toList();
  }
}
