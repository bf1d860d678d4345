package io.contextkeep.audit.note;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;

/** The supported kinds of signature, with their bytes in C2SP signed-note. */
public enum KeyType {
  /** A plain signature over the note's text (signed-note). */
  ED25519(0x01, SignatureAlgorithms.ED25519_KEY),

  /** A witness's timestamped cosignature of a checkpoint (tlog-cosignature). */
  ED25519_COSIGNATURE(0x04, SignatureAlgorithms.ED25519_KEY),

  /** A post-quantum cosignature, bound to the signer's name. */
  ML_DSA_44_COSIGNATURE(0x06, SignatureAlgorithms.ML_DSA_44_KEY);

  private static final byte[] SUBTREE = "subtree/v1\n\0".getBytes(StandardCharsets.US_ASCII);

  private final byte code;
  private final int keyLength;

  KeyType(int code, int keyLength) {
    this.code = (byte) code;
    this.keyLength = keyLength;
  }

  byte code() {
    return code;
  }

  int keyLength() {
    return keyLength;
  }

  /** Returns whether signatures of this kind are timestamped and over checkpoints. */
  public boolean cosigns() {
    return this != ED25519;
  }

  static Optional<KeyType> of(byte code) {
    return Stream.of(values()).filter(type -> type.code == code).findFirst();
  }

  /**
   * Returns the bytes that a signature of this kind covers; empty if this kind cannot sign the
   * text, since cosignatures cover checkpoints alone.
   */
  Optional<byte[]> message(String signer, long timestamp, String text) {
    return switch (this) {
      case ED25519 -> Optional.of(text.getBytes(StandardCharsets.UTF_8));
      case ED25519_COSIGNATURE ->
          Checkpoint.find(text)
              .map(_ -> "cosignature/v1\ntime " + timestamp + "\n" + text)
              .map(message -> message.getBytes(StandardCharsets.UTF_8));
      case ML_DSA_44_COSIGNATURE ->
          Checkpoint.find(text).flatMap(checkpoint -> subtree(signer, timestamp, checkpoint));
    };
  }

  private static Optional<byte[]> subtree(String signer, long timestamp, Checkpoint checkpoint) {
    byte[] name = signer.getBytes(StandardCharsets.UTF_8);
    byte[] origin = checkpoint.origin().getBytes(StandardCharsets.UTF_8);
    if (name.length > 0xff || origin.length > 0xff) {
      return Optional.empty();
    }
    return Optional.of(
        ByteBuffer.allocate(SUBTREE.length + 1 + name.length + 8 + 1 + origin.length + 8 + 8 + 32)
            .put(SUBTREE)
            .put((byte) name.length)
            .put(name)
            .putLong(timestamp)
            .put((byte) origin.length)
            .put(origin)
            .putLong(0)
            .putLong(checkpoint.size())
            .put(checkpoint.root())
            .array());
  }
}
