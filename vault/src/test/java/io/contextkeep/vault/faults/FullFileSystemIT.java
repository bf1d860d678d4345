package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.Disk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A full disk: a vault on a file system of four megabytes, filled by its own log. */
@Timeout(180)
final class FullFileSystemIT {
  private static final String ANN = "17850";
  private static final String CLAIRE = "13047";

  @TempDir Path dir;

  @Test
  void onAFullDisk_readsAreRefused_andEveryAnswerHasItsRecord() throws Exception {
    Mounts.assumeAllowed();
    Path data = Files.createDirectories(dir.resolve("data"));
    try (ChildVault vault = ChildVault.begin(dir, Mounts.small(data, 4))) {
      vault.awaitReady();
      Path seen = Mounts.seenBy(vault.pid(), data);
      List<Acknowledged> answers = new ArrayList<>();
      try (Parties parties = vault.parties()) {
        parties.furnish();
        for (String number : List.of(ANN, CLAIRE)) {
          parties.write(number, "country", "\"France\"").ok();
          parties.consent(number).ok();
        }
        FullStore.fill(parties, ANN, CLAIRE, answer -> noted(answer, answers));
        for (int i = 0; i < 20; i++) {
          assertThat(parties.ask(ANN).unavailable().body()).doesNotContain("France");
          parties.write(ANN, "country", "\"Spain\"").unavailable();
          parties.withdraw(ANN).unavailable();
        }

        Files.delete(seen.resolve("ballast"));
        answers.add(parties.ask(ANN).receipt());
        parties.withdraw(ANN).ok();
        assertThat(parties.ask(ANN).status()).isEqualTo(403);
        JsonNode verification = parties.verification().ok().json();
        assertThat(verification.path("whole").booleanValue()).as("%s", verification).isTrue();
      }
      Disk.crashImage(seen, dir.resolve("copy"));
      Evidence.holds(dir.resolve("copy/vault.db"), answers);
      assertThat(Evidence.reads(dir.resolve("copy/vault.db")))
          .isGreaterThanOrEqualTo(answers.size());
    }
  }

  private static Answer noted(Answer answer, List<Acknowledged> answers) {
    if (answer.status() == 200) {
      answers.add(answer.receipt());
    }
    return answer;
  }
}
