package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log of a used vault, with reads, refusals, consents, an erasure and roots of the index,
 * tampered with in every known way: the auditors' program notices each.
 */
final class TamperIT {
  @TempDir Path dir;

  /** The exit code of the auditors' program and its output. */
  private record Ended(int code, String out) {}

  @Test
  void theLogOfAUsedVault_verifies_andEveryTamperingWithACopyIsNoticed() throws Exception {
    try (TestVault vault = new TestVault(dir.resolve("vault"))) {
      use(vault);
      vault.stop();
      String database = dir.resolve("vault/data/vault.db").toString();
      String bundle = dir.resolve("bundle").toString();
      assertThat(audit("verify", database).code()).isZero();
      assertThat(audit("export", database, bundle).code()).isZero();
      assertThat(audit("verify", bundle).code()).isZero();
      assertNoticed(audit("tamper-drill", database), 12);
      assertNoticed(audit("tamper-drill", bundle), 14);
      vault.startAgain();
    }
  }

  private static void use(TestVault vault) {
    vault.furnish();
    for (String number : List.of("1", "2", "3")) {
      String customer = vault.customer("customer_number:" + number);
      vault.write(number, "country", "\"" + TestVault.CANARY + "\"");
      vault.ask(number, "country");
      vault.put(customer, "/v1/me/consents/dpv:ServicePersonalisation/shop", "{}");
      vault.ask(number, "country");
      vault.vault().auditLog().publish();
    }
    vault.delete(vault.customer("customer_number:2"), "/v1/me");
    vault.vault().auditLog().publish();
  }

  private static void assertNoticed(Ended drill, int ways) {
    assertThat(drill.out().lines().filter(line -> line.startsWith("    noticed by")))
        .hasSizeGreaterThanOrEqualTo(ways);
    assertThat(drill.out()).doesNotContain("NOT NOTICED");
    assertThat(drill.code()).isZero();
  }

  private static Ended audit(String... arguments) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                ChildJava.command(
                    List.of(),
                    ChildJava.shortLived(),
                    io.contextkeep.audit.verify.Main.class,
                    List.of(arguments)))
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out);
  }
}
