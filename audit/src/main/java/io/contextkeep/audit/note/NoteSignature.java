package io.contextkeep.audit.note;

import java.util.Arrays;

/** One signature line of a note: who is said to have signed, with which key, and what it made. */
public final class NoteSignature {
  static final String DASH = "\u2014 ";

  private static final int ID_LENGTH = 4;

  private final String name;
  private final int keyId;
  private final byte[] signature;

  NoteSignature(String name, int keyId, byte[] signature) {
    this.name = name;
    this.keyId = keyId;
    this.signature = signature.clone();
  }

  public String name() {
    return name;
  }

  /** The first four bytes of a hash of the key: a hint, never a proof of whose it is. */
  public int keyId() {
    return keyId;
  }

  /** What the key made; its form is the key type's business. */
  public byte[] signature() {
    return signature.clone();
  }

  /**
   * Reads one line, without its newline.
   *
   * @throws MalformedNote if it is not one
   */
  public static NoteSignature parse(String line) {
    int space = line.indexOf(' ', DASH.length());
    if (!line.startsWith(DASH) || space < 0) {
      throw new MalformedNote("A signature line is a dash, a name and base64");
    }
    String name = line.substring(DASH.length(), space);
    byte[] blob =
        Wire.bytes(line.substring(space + 1))
            .filter(bytes -> bytes.length > ID_LENGTH)
            .orElseThrow(() -> new MalformedNote("A signature is not base64 of a key id and more"));
    if (!VerifierKey.isName(name)) {
      throw new MalformedNote("A key name has no space and no plus, and is not empty");
    }
    return new NoteSignature(
        name,
        java.nio.ByteBuffer.wrap(blob).getInt(),
        Arrays.copyOfRange(blob, ID_LENGTH, blob.length));
  }

  /** The line with its newline. */
  public String line() {
    byte[] id = java.nio.ByteBuffer.allocate(ID_LENGTH).putInt(keyId).array();
    return DASH + name + " " + Wire.base64(Wire.concat(id, signature)) + "\n";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoteSignature that
        && name.equals(that.name)
        && keyId == that.keyId
        && Arrays.equals(signature, that.signature);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(signature);
  }

  @Override
  public String toString() {
    return "NoteSignature[" + name + "]";
  }
}
