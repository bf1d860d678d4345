package io.contextkeep.vault.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The descriptions of the causes of invalid tokens. */
final class NotAuthenticatedTest {
  private static final Pattern THROWN = Pattern.compile("NotAuthenticated\\(\\s*\"([a-z_]+)\"");

  @Test
  void everyCause_hasItsOwnSentence_thatFitsInAHeader() throws IOException {
    Set<String> sentences = new TreeSet<>();
    Set<String> codes = thrown();
    assertThat(codes).contains("token_missing", "token_expired", "token_authorization_details");
    for (String code : codes) {
      String cause = new NotAuthenticated(code).cause();
      assertThat(cause).as(code).isNotEqualTo(new NotAuthenticated("token_other").cause());
      assertThat(cause).matches("[A-Z][A-Za-z ]+");
      sentences.add(cause);
    }
    assertThat(sentences).hasSameSizeAs(codes);
  }

  @Test
  void aMissingToken_andAnotherScheme_areNotInvalidTokens() {
    assertThat(new NotAuthenticated("token_missing").tokenWasSent()).isFalse();
    assertThat(new NotAuthenticated("token_not_bearer").tokenWasSent()).isFalse();
    assertThat(new NotAuthenticated("token_expired").tokenWasSent()).isTrue();
  }

  private static Set<String> thrown() throws IOException {
    Path sources =
        Path.of(
            System.getProperty("contextkeep.root"),
            "vault/src/main/java/io/contextkeep/vault/identity");
    Set<String> codes = new TreeSet<>();
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.toList()) {
        THROWN.matcher(Files.readString(file)).results().forEach(one -> codes.add(one.group(1)));
      }
    }
    return codes;
  }
}
