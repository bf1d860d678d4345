package io.contextkeep.audit.note;

import java.util.Arrays;

/** A signature line of a note: the name, the key id and the signature. */
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

  /** Returns the first four bytes of a hash of the key, which is only a hint. */
  public int keyId() {
    return keyId;
  }

  /** Returns the signature in the form of the key type. */
  public byte[] signature() {
    return signature.clone();
  }

  /**
   * Parses a line without its newline.
   *
   * @throws MalformedNote if it is not one
   */
  public static NoteSignature parse(String line) {
    int space = line.indexOf(' ', DASH.length());
    if (!line.startsWith(DASH) || space < 0) {
      throw new MalformedNote("A signature line must have a dash, a name and base64");
    }
    String name = line.substring(DASH.length(), space);
    byte[] blob =
        Wire.bytes(line.substring(space + 1))
            .filter(bytes -> bytes.length > ID_LENGTH)
            .orElseThrow(
                () -> new MalformedNote("A signature must be base64 of a key id and more"));
    if (!VerifierKey.isName(name)) {
      throw new MalformedNote("A key name must not be empty or have a space or plus");
    }
    return new NoteSignature(
        name,
        java.nio.ByteBuffer.wrap(blob).getInt(),
        Arrays.copyOfRange(blob, ID_LENGTH, blob.length));
  }

  /** Returns the line with its newline. */
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
