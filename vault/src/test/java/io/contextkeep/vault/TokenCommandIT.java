package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.SignedJWT;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What an operator at the machine gets from {@code token}. Alone, because it takes over standard
 * output.
 */
@Isolated
final class TokenCommandIT {
  @TempDir Path dir;

  @Test
  void aTokenOfTheCommand_isOneOfTheVault() throws Exception {
    try (TestVault vault = new TestVault(dir)) {
      vault.furnish();
      vault.write("17850", "country", "\"" + TestVault.CANARY + "\"");
      assertThat(vault.get(printed("operator", "olga"), "/v1/apps").status()).isEqualTo(200);
      assertThat(vault.get(printed("customer", "customer_number:17850"), "/v1/me").status())
          .isEqualTo(200);
    }
  }

  @Test
  void withoutARootKey_orForARoleThatIsNone_thereIsNoToken() throws Exception {
    assertThatThrownBy(() -> printed("operator", "olga"))
        .hasMessageContaining("start the vault once");
    assertThat(dir.resolve("keys")).doesNotExist();
    try (TestVault vault = new TestVault(dir)) {
      vault.furnish();
      assertThatThrownBy(() -> printed("king", "olga")).hasMessage("No such role");
    }
  }

  @Test
  void aTokenOfTheCommand_mayAlsoSayHowSurelyItWasAuthenticated() throws Exception {
    try (TestVault vault = new TestVault(dir)) {
      String token = printed("app", "shop", "acr=aal2");
      assertThat(SignedJWT.parse(token).getJWTClaimsSet().getStringClaim("acr")).isEqualTo("aal2");
      assertThat(vault.get(token, "/v1/attributes").status()).isEqualTo(200);
    }
  }

  private String printed(String... words) throws Exception {
    Path settings =
        Files.writeString(
            dir.resolve("vault.properties"),
            "data=" + dir.resolve("data") + "\nkeys=" + dir.resolve("keys") + "\n");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      List<String> line = new ArrayList<>(List.of("token"));
      line.addAll(List.of(words));
      line.add(settings.toString());
      Main.main(line.toArray(String[]::new));
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8).strip();
  }
}
