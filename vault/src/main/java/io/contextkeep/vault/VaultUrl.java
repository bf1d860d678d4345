package io.contextkeep.vault;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The address of a running vault on the command line, and the token that goes with it. */
final class VaultUrl implements ITypeConverter<URI> {
  private static final String TOKEN = "CONTEXTKEEP_TOKEN";

  @Override
  public URI convert(String text) {
    return url(text)
        .filter(url -> "http".equals(url.getScheme()) || "https".equals(url.getScheme()))
        .filter(url -> url.getHost() != null)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'"
                        + text
                        + "' is not the address of a vault; give one such as"
                        + " http://127.0.0.1:8440"));
  }

  private static Optional<URI> url(String text) {
    try {
      return Optional.of(URI.create(text));
    } catch (IllegalArgumentException notAUrl) {
      return Optional.empty();
    }
  }

  /**
   * Reads a token from the environment, since every user of the machine can see a command line.
   *
   * @throws IllegalArgumentException if there is none
   */
  static String token(Map<String, String> environment, String role) {
    String token = environment.getOrDefault(TOKEN, "");
    if (!token.matches("[!-~]+")) {
      throw new IllegalArgumentException(
          "Put the token of a role " + role + " into the environment variable " + TOKEN + ".");
    }
    return token;
  }
}
