package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.SeenFile;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.client.Answer;
import io.contextkeep.client.CustomerId;
import io.contextkeep.client.Damaged;
import io.contextkeep.client.Disclosed;
import io.contextkeep.client.LogTrust;
import io.contextkeep.client.LogVerdict;
import io.contextkeep.client.Purpose;
import io.contextkeep.client.Receipt;
import io.contextkeep.client.Refused;
import io.contextkeep.client.Unavailable;
import io.contextkeep.client.VaultClient;
import io.contextkeep.client.VaultSettings;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts of apps, and the detection of a dishonest vault. */
final class ReceiptsIT {
  private static final Purpose PURPOSE = Purpose.of("dpv:ServicePersonalisation");

  @TempDir Path dir;
  private TestVault vault;
  private List<VerifierKey> pinned;

  @BeforeEach
  void start() throws IOException {
    vault = TestVault.furnished(Files.createDirectory(dir.resolve("vault")));
    pinned = LogSteps.vkeys(vault.vault());
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void everyReceipt_isProved_andItsStoredProofVerifiesOffline() {
    Receipt first;
    LogVerdict.Holds holds;
    try (VaultClient shop = shop(vault)) {
      first = receipt(shop, "1");
      holds = (LogVerdict.Holds) shop.verify(first);
      assertThat(holds.size()).isGreaterThan(first.index());
      assertThat(seen().read()).isPresent();
      for (int i = 0; i < 5; i++) {
        assertThat(shop.verify(receipt(shop, "1"))).isInstanceOf(LogVerdict.Holds.class);
        vault.vault().auditLog().publish();
        assertThat(shop.checkLog()).isInstanceOf(LogVerdict.Holds.class);
      }
    }
    vault.restart();
    try (VaultClient shop = shop(vault)) {
      assertThat(shop.verify(first)).isInstanceOf(LogVerdict.Holds.class);
      assertThat(shop.checkLog()).isInstanceOf(LogVerdict.Holds.class);
    }
    assertThat(
            TlogProof.parse(holds.kept())
                .verify(HexFormat.of().parseHex(first.leafHash()), TrustPolicy.of(pinned)))
        .isInstanceOf(TlogProof.Verdict.Proven.class);
  }

  @Test
  void aReceiptOfAnotherLog_isNotProved() {
    try (VaultClient shop = shop(vault)) {
      Receipt right = receipt(shop, "1");
      for (Receipt wrong :
          List.of(
              new Receipt(right.index(), "6d".repeat(32), right.decision()),
              new Receipt(right.index() - 1, right.leafHash(), right.decision()),
              new Receipt(right.index() + 1_000, right.leafHash(), right.decision()))) {
        assertThat(shop.verify(wrong)).isInstanceOf(LogVerdict.Broken.class);
      }
      assertThat(shop.verify(right)).isInstanceOf(LogVerdict.Holds.class);
    }
  }

  @Test
  void anotherVault_isNotTrusted_underAnyName() throws IOException {
    try (TestVault other = new TestVault(Files.createDirectory(dir.resolve("other")));
        VaultClient shop = shop(other)) {
      other.furnish();
      assertThat(shop.verify(receipt(shop, "1"))).isInstanceOf(LogVerdict.Broken.class);
      assertThat(shop.checkLog()).isInstanceOf(LogVerdict.Broken.class);
      assertThat(seen().read()).isEmpty();
    }
  }

  /** Runs the vault twice from one copy of its files, including its keys. */
  @Test
  void aVaultThatShowsTwoHistories_isCaughtByItsApp_withTheEvidence() {
    Path copy = copied("copy");
    try (TestVault twin = new TestVault(copy);
        VaultClient here = shop(vault);
        VaultClient there = shop(twin)) {
      assertThat(here.verify(receipt(here, "1"))).isInstanceOf(LogVerdict.Holds.class);
      String believed = seen().read().orElseThrow();

      // The twin's history has other entries: it is shorter, then as long, then longer.
      LogVerdict verdict = there.verify(receipt(there, "2"));
      assertThat(verdict).isNotInstanceOf(LogVerdict.Holds.class);
      for (int i = 0; i < 5; i++) {
        verdict = there.verify(receipt(there, "2"));
      }
      assertThat(verdict).isInstanceOf(LogVerdict.Fork.class);
      LogVerdict.Fork fork = (LogVerdict.Fork) verdict;
      assertThat(fork.seen()).isEqualTo(believed).isNotEqualTo(fork.shown());
      for (String note : List.of(fork.seen(), fork.shown())) {
        assertThat(TrustPolicy.of(pinned).check(Note.parse(note)))
            .isInstanceOf(TrustPolicy.Verdict.Accepted.class);
      }
      twin.vault().auditLog().publish();
      assertThat(there.checkLog()).isInstanceOf(LogVerdict.Fork.class);

      // The stored checkpoint stays, and the honest vault is still trusted.
      assertThat(seen().read()).hasValue(believed);
      assertThat(here.verify(receipt(here, "1"))).isInstanceOf(LogVerdict.Holds.class);
    }
  }

  @Test
  void aVaultRestoredToAnOlderState_isCaughtByItsApp() {
    Path copy = copied("older");
    try (VaultClient shop = shop(vault)) {
      for (int i = 0; i < 20; i++) {
        assertThat(shop.verify(receipt(shop, "1"))).isInstanceOf(LogVerdict.Holds.class);
      }
    }
    try (TestVault older = new TestVault(copy);
        VaultClient shop = shop(older)) {
      assertThat(shop.verify(receipt(shop, "1"))).isNotInstanceOf(LogVerdict.Holds.class);
      assertThat(shop.checkLog()).isNotInstanceOf(LogVerdict.Holds.class);
    }
  }

  @Test
  void withoutTrustedKeys_orWithoutAVault_nothingIsVerified() {
    try (VaultClient trusting = shop(vault);
        VaultClient plain = vault.client("shop")) {
      Receipt receipt = receipt(plain, "1");
      assertThatIllegalStateException().isThrownBy(() -> plain.verify(receipt));
      vault.stop();
      assertThat(trusting.verify(receipt)).isInstanceOf(Unavailable.class);
    } finally {
      vault.startAgain();
    }
  }

  @Test
  void oneDamagedRecord_affectsNoOtherAnswer() {
    for (String number : List.of("1", "2")) {
      vault.write(number, "country", "\"" + CANARY + "land\"");
      ok(
          vault.put(
              vault.customer("customer_number:" + number),
              "/v1/me/consents/dpv:ServicePersonalisation/shop",
              ""));
    }
    vault
        .vault()
        .db()
        .inWrite(
            c ->
                Sql.update(
                    c,
                    """
                    UPDATE value SET sealed = zeroblob(length(sealed))
                    WHERE subject = (SELECT max(subject) FROM value)\
                    """));
    try (VaultClient shop = shop(vault)) {
      Map<CustomerId, Answer> answers =
          shop.askAll(PURPOSE, List.of(number("1"), number("2")), List.of("country"));
      answers.values().forEach(vault::counted);
      vault.disclosed(1); // The read was permitted and logged, although its answer failed.
      assertThat(answers.values())
          .hasAtLeastOneElementOfType(Disclosed.class)
          .hasAtLeastOneElementOfType(Damaged.class);
      for (Answer answer : answers.values()) {
        Receipt receipt =
            answer instanceof Damaged(Receipt of) ? of : ((Disclosed) answer).receipt();
        assertThat(shop.verify(receipt)).isInstanceOf(LogVerdict.Holds.class);
      }
    }
  }

  /** Makes an entry by a read of an unknown customer. */
  private static Receipt receipt(VaultClient shop, String number) {
    return ((Refused) shop.ask(PURPOSE, number(number), List.of("country"))).receipt();
  }

  private static CustomerId number(String number) {
    return new CustomerId("customer_number", number);
  }

  private VaultClient shop(TestVault of) {
    LogTrust trust = LogTrust.of(pinned.stream().map(VerifierKey::toString).toList(), file());
    return new VaultClient(
        VaultSettings.builder(
                URI.create("http://127.0.0.1:" + of.vault().port()),
                () -> of.token(Role.APP, "shop"))
            .retries(0)
            .trusting(trust)
            .build());
  }

  private SeenFile seen() {
    return new SeenFile(file());
  }

  private Path file() {
    return dir.resolve("seen.checkpoint");
  }

  /** Returns a copy of all of the vault's files. */
  private Path copied(String name) {
    Path to = dir.resolve(name);
    vault.whileStopped(
        () -> {
          try (Stream<Path> files = Files.walk(vault.dir())) {
            for (Path file : files.toList()) {
              Files.copy(file, to.resolve(vault.dir().relativize(file).toString()));
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return to;
  }
}
