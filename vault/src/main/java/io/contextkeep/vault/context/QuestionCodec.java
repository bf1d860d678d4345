package io.contextkeep.vault.context;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A question's text, short enough to be kept with every read: questions are nearly all the same
 * words, so a dictionary of them leaves a fifth. The dictionary is part of the format: another one
 * needs another mark.
 */
final class QuestionCodec {
  private static final String MARK = "1.";
  private static final int LONGEST = 1 << 20;
  private static final byte[] WORDS =
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

  static String of(String text) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      deflater.setDictionary(WORDS);
      deflater.setInput(bytes);
      deflater.finish();
      // What cannot be made shorter grows, by an eighth at most: nine bits for each byte.
      byte[] packed = new byte[bytes.length + bytes.length / 4 + 64];
      int length = deflater.deflate(packed);
      if (!deflater.finished()) {
        throw new IllegalStateException("A question grew where it was to be packed");
      }
      return MARK + Base64.getEncoder().encodeToString(Arrays.copyOf(packed, length));
    } finally {
      deflater.end();
    }
  }

  /**
   * @throws IllegalArgumentException if it is not what {@link #of} made
   */
  static String text(String packed) {
    if (!packed.startsWith(MARK)) {
      throw new IllegalArgumentException("A question in a form that this vault does not know");
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setDictionary(WORDS);
      inflater.setInput(Base64.getDecoder().decode(packed.substring(MARK.length())));
      byte[] bytes = new byte[8_192];
      int length = 0;
      while (!inflater.finished()) {
        if (length == bytes.length) {
          bytes = Arrays.copyOf(bytes, Math.min(LONGEST, 2 * bytes.length));
        }
        int more = inflater.inflate(bytes, length, bytes.length - length);
        if (more == 0 && !inflater.finished()) {
          throw new IllegalArgumentException("A recorded question is cut off, or too long");
        }
        length += more;
      }
      return new String(bytes, 0, length, StandardCharsets.UTF_8);
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("A recorded question does not unpack", e);
    } finally {
      inflater.end();
    }
  }
}
