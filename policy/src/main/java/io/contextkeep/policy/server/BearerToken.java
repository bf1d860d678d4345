package io.contextkeep.policy.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A bearer token in a file. It is read for each request, so that a new token is used at once. */
public final class BearerToken {

  private BearerToken() {}

  /**
   * Returns the value of an {@code Authorization} header.
   *
   * @throws IOException if the file does not hold one word of up to 8,192 visible characters
   */
  public static String header(Path file) throws IOException {
    String word = Files.readString(file, StandardCharsets.US_ASCII).strip();
    if (!word.matches("[!-~]{1,8192}")) {
      throw new IOException("The file must hold one token of up to 8192 visible characters");
    }
    return "Bearer " + word;
  }
}
