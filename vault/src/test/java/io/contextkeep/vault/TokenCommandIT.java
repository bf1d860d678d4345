package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code token}. */
final class TokenCommandIT {
  @TempDir Path dir;

  @Test
  void aTokenOfTheCommand_isAcceptedByTheVault() throws Exception {
    try (TestVault vault = new TestVault(dir)) {
      vault.furnish();
      vault.write("17850", "country", "\"" + TestVault.CANARY + "\"");
      assertThat(vault.get(printed("operator", "olga"), "/v1/apps").status()).isEqualTo(200);
      assertThat(vault.get(printed("customer", "customer_number:17850"), "/v1/me").status())
          .isEqualTo(200);
    }
  }

  @Test
  void withoutARootKey_thereIsNoToken() throws Exception {
    token("operator", "olga").endedWith(1, "start the vault once");
    assertThat(dir.resolve("keys")).doesNotExist();
  }

  @Test
  void aTokenOfTheCommand_canStateTheAuthenticationContext() throws Exception {
    try (TestVault vault = new TestVault(dir)) {
      String token = printed("app", "shop", "--acr", "aal2");
      assertThat(SignedJWT.parse(token).getJWTClaimsSet().getStringClaim("acr")).isEqualTo("aal2");
      assertThat(vault.get(token, "/v1/attributes").status()).isEqualTo(200);
    }
  }

  private String printed(String... words) throws IOException {
    CommandRun run = token(words);
    assertThat(run.code()).as(run.toString()).isZero();
    return run.out().strip();
  }

  private CommandRun token(String... words) throws IOException {
    Path settings =
        Files.writeString(
            dir.resolve("vault.properties"),
            "data=" + dir.resolve("data") + "\nkeys=" + dir.resolve("keys") + "\n");
    List<String> line = new ArrayList<>(List.of("token"));
    line.addAll(List.of(words));
    line.add(settings.toString());
    return CommandRun.of(Map.of(), line.toArray(String[]::new));
  }
}
