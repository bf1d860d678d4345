package io.contextkeep.policy.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The word in a file by which a server knows who asks: read for each question, so a new one counts
 * at once.
 */
public final class BearerToken {

  private BearerToken() {}

  /**
   * The value of an {@code Authorization} header.
   *
   * @throws IOException if the file does not hold one word of up to 8,192 visible characters
   */
  public static String header(Path file) throws IOException {
    String word = Files.readString(file, StandardCharsets.US_ASCII).strip();
    if (!word.matches("[!-~]{1,8192}")) {
      throw new IOException("The token's file holds no token");
    }
    return "Bearer " + word;
  }
}
