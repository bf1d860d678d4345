package io.contextkeep.vault.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * A public file, held in memory uncompressed and as gzip. Each of the two has its own entity tag
 * (RFC 9110 section 8.8.3.3).
 *
 * @param type its media type
 */
record StaticFile(String type, byte[] plain, byte[] zipped, Tag plainTag, Tag zippedTag) {

  static StaticFile of(String type, byte[] content) {
    byte[] zipped = gzip(content);
    return new StaticFile(type, content, zipped, Tag.of(content), Tag.of(zipped));
  }

  /** Answers with the file, or with 304 if the client has it already. */
  Answer answer(OpenRequest request, Map<String, String> headers) {
    boolean gzip = AcceptEncoding.prefersGzip(request.list("Accept-Encoding"));
    Tag tag = gzip ? zippedTag : plainTag;
    boolean held = tag.isHeld(request.list("If-None-Match"));
    Map<String, String> all = new HashMap<>(headers);
    all.put("ETag", tag.text());
    all.put("Vary", "Accept-Encoding");
    if (gzip && !held) {
      all.put("Content-Encoding", "gzip");
    }
    byte[] body = held ? new byte[0] : gzip ? zipped : plain;
    return new Answer(held ? 304 : 200, Media.sent(type), body, all);
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException("A file cannot be compressed", e);
    }
    return bytes.toByteArray();
  }
}
