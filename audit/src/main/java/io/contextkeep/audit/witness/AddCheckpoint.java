package io.contextkeep.audit.witness;

import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A log's request to a witness to cosign a checkpoint that extends the one the witness cosigned
 * last.
 *
 * @param oldSize the last size that the witness cosigned; 0 for none
 * @param proof the consistency proof from the old size
 */
record AddCheckpoint(long oldSize, List<byte[]> proof, Note checkpoint) {
  /** The most bytes of a request: a proof, and a note with several large signatures. */
  static final int MAX_BYTES = 128_000;

  private static final String OLD = "old ";
  private static final int MAX_PROOF = 63;

  AddCheckpoint {
    proof = List.copyOf(proof);
  }

  /**
   * Parses a request's body.
   *
   * @throws MalformedNote naming the fault
   */
  static AddCheckpoint parse(byte[] body) {
    String text = utf8(body);
    int end = text.indexOf("\n\n");
    if (end < 0 || !text.startsWith(OLD)) {
      throw new MalformedNote(
          "A request must have an old size, a proof, an empty line and a checkpoint");
    }
    List<String> lines = List.of(text.substring(OLD.length(), end).split("\n", -1));
    long oldSize =
        Wire.number(lines.getFirst())
            .orElseThrow(() -> new MalformedNote("The old size is not a whole number"));
    List<byte[]> proof = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      proof.add(Wire.hash(line).orElseThrow(() -> new MalformedNote("A proof line is not a hash")));
    }
    if (proof.size() > MAX_PROOF) {
      throw new MalformedNote("A proof may have at most " + MAX_PROOF + " lines");
    }
    return new AddCheckpoint(oldSize, proof, Note.parse(text.substring(end + 2)));
  }

  byte[] body() {
    StringBuilder body = new StringBuilder(OLD).append(oldSize).append('\n');
    proof.forEach(hash -> body.append(Wire.base64(hash)).append('\n'));
    return body.append('\n').append(checkpoint).toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String utf8(byte[] body) {
    if (body.length > MAX_BYTES) {
      throw new MalformedNote("A request may have at most " + MAX_BYTES + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedNote("A request is UTF-8");
    }
  }
}
