package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.vault.identity.Role;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Steps of tests with a vault's log. */
final class LogSteps {
  private static final int MAX = 100;

  private LogSteps() {}

  /** Returns the log's keys, as an operator would hand them over. */
  static List<VerifierKey> vkeys(Vault vault) {
    return vault.db().inRead(LogVerifier::vkeys);
  }

  /** Returns the number of durable entries. */
  static long size(Vault vault) {
    return Checkpoint.parse(vault.db().inRead(Checkpoints::latest).orElseThrow().text()).size();
  }

  /** Reads unknown customers until the log has at least that many entries. */
  static void grow(TestVault vault, long size) {
    String token = vault.token(Role.APP, "shop");
    for (long now = size(vault.vault()); now < size; now += MAX) {
      String nobodies =
          IntStream.range(0, (int) Math.min(MAX, size - now))
              .mapToObj(i -> "\"customer_number:nobody" + i + "\"")
              .collect(Collectors.joining(","));
      TestVault.Answered answered =
          vault.post(
              token,
              "/v1/context",
              """
              {"purpose": "dpv:ServicePersonalisation", "attributes": ["country"],
               "customers": [%s]}\
              """
                  .formatted(nobodies),
              Map.of());
      assertThat(answered.status()).isEqualTo(200);
    }
  }
}
