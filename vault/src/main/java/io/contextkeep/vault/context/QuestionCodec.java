package io.contextkeep.vault.context;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * The compression of questions, which are kept with every read. Questions share most of their text,
 * so a dictionary reduces them to a fifth. The dictionary is part of the format: another one needs
 * another version prefix.
 */
final class QuestionCodec {
  private static final String VERSION = "1.";
  private static final int MAX_LENGTH = 1 << 20;
  private static final byte[] DICTIONARY =
      ("{\"purpose\":\"dpv:\",\"caller\":{\"id\":\"\",\"role\":\"customer\",\"purposes\":[]}"
              + ",\"role\":\"app\",\"purposes\":[\"dpv:CustomerCare\",\"dpv:Marketing\"]}"
              + ",\"subject\":{\"state\":\"restricted\",\"self\":true}"
              + ",\"subject\":{\"state\":\"known\",\"self\":false},\"consents\":["
              + "{\"purpose\":\"dpv:DirectMarketing\",\"recipient\":\"*\",\"status\":\"WITHDRAWN\""
              + ",\"explicit\":true},{\"purpose\":\"dpv:ServicePersonalisation\",\"recipient\":\"\""
              + ",\"status\":\"GIVEN\",\"explicit\":false}],\"objections\":[],\"attributes\":{"
              + "\"country\":{\"category\":\"pd:Health\",\"special\":true,\"age_days\":1},"
              + "\"email\":{\"category\":\"pd:Purchase\",\"special\":false,\"age_days\":0}}}")
          .getBytes(StandardCharsets.US_ASCII);

  private QuestionCodec() {}

  static String encode(String text) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      deflater.setDictionary(DICTIONARY);
      deflater.setInput(bytes);
      deflater.finish();
      // Incompressible text grows by an eighth at most: nine bits for each byte.
      byte[] packed = new byte[bytes.length + bytes.length / 4 + 64];
      int length = deflater.deflate(packed);
      if (!deflater.finished()) {
        throw new IllegalStateException("The compressed question does not fit its buffer");
      }
      return VERSION + Base64.getEncoder().encodeToString(Arrays.copyOf(packed, length));
    } finally {
      deflater.end();
    }
  }

  /**
   * Returns the text of a question.
   *
   * @throws IllegalArgumentException if the input is not output of {@link #encode}
   */
  static String decode(String packed) {
    if (!packed.startsWith(VERSION)) {
      throw new IllegalArgumentException("The recorded question has an unknown format version");
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setDictionary(DICTIONARY);
      inflater.setInput(Base64.getDecoder().decode(packed.substring(VERSION.length())));
      byte[] bytes = new byte[8_192];
      int length = 0;
      while (!inflater.finished()) {
        if (length == bytes.length) {
          bytes = Arrays.copyOf(bytes, Math.min(MAX_LENGTH, 2 * bytes.length));
        }
        int more = inflater.inflate(bytes, length, bytes.length - length);
        if (more == 0 && !inflater.finished()) {
          throw new IllegalArgumentException("The recorded question is truncated or too long");
        }
        length += more;
      }
      return new String(bytes, 0, length, StandardCharsets.UTF_8);
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("The recorded question cannot be decompressed", e);
    } finally {
      inflater.end();
    }
  }
}
