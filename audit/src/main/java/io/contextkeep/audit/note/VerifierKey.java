package io.contextkeep.audit.note;

import io.contextkeep.audit.tree.Hashes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A public key with the name of its holder: the trust anchor that a reader of notes obtained
 * beforehand. Its text form is the C2SP vkey, {@code name+keyid+base64}.
 */
public final class VerifierKey {
  private static final int TIMESTAMP = Long.BYTES;

  private final String name;
  private final KeyType type;
  private final byte[] publicKey;
  private final int id;

  private VerifierKey(String name, KeyType type, byte[] publicKey) {
    this.name = name;
    this.type = type;
    this.publicKey = publicKey;
    this.id = id(name, type, publicKey);
  }

  /**
   * Creates a key with the name of its holder.
   *
   * @throws MalformedNote if the name or the length of the key is invalid
   */
  public static VerifierKey of(String name, KeyType type, byte[] publicKey) {
    if (!isName(name)) {
      throw new MalformedNote("A key name must not be empty or have a space or plus");
    }
    if (publicKey.length != type.keyLength()) {
      throw new MalformedNote("A key of type " + type + " has " + type.keyLength() + " bytes");
    }
    return new VerifierKey(name, type, publicKey.clone());
  }

  /**
   * Parses a vkey. It is split at its first two plus signs only, since base64 may have more.
   *
   * @throws MalformedNote naming the fault
   */
  public static VerifierKey parse(String vkey) {
    int first = vkey.indexOf('+');
    int second = vkey.indexOf('+', first + 1);
    if (first < 0 || second < 0) {
      throw new MalformedNote("A verifier key must be name+keyid+base64");
    }
    byte[] typed =
        Wire.bytes(vkey.substring(second + 1))
            .filter(bytes -> bytes.length > 1)
            .orElseThrow(() -> new MalformedNote("The key is not base64"));
    KeyType type =
        KeyType.of(typed[0]).orElseThrow(() -> new MalformedNote("The key's type is unknown"));
    VerifierKey key =
        of(vkey.substring(0, first), type, Arrays.copyOfRange(typed, 1, typed.length));
    if (!vkey.substring(first + 1, second).equals(key.hexId())) {
      throw new MalformedNote(
          "The key id does not match the key; check that it was copied completely");
    }
    return key;
  }

  public String name() {
    return name;
  }

  public KeyType type() {
    return type;
  }

  public int id() {
    return id;
  }

  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** Returns whether a signature names this key; {@link #verifies} checks it. */
  public boolean claims(NoteSignature signature) {
    return signature.keyId() == id && signature.name().equals(name);
  }

  /** Returns whether this key made the signature over that text. */
  public boolean verifies(String text, NoteSignature signature) {
    byte[] blob = signature.signature();
    int from = type.cosigns() ? TIMESTAMP : 0;
    if (!claims(signature) || blob.length <= from) {
      return false;
    }
    long timestamp = from == 0 ? 0 : ByteBuffer.wrap(blob).getLong();
    byte[] raw = Arrays.copyOfRange(blob, from, blob.length);
    return timestamp >= 0
        && type.message(name, timestamp, text)
            .filter(
                message ->
                    type == KeyType.ML_DSA_44_COSIGNATURE
                        ? SignatureAlgorithms.verifyMlDsa44(publicKey, message, raw)
                        : SignatureAlgorithms.verifyEd25519(publicKey, message, raw))
            .isPresent();
  }

  /** Returns the time of a cosignature of this key's type, in seconds since 1970. */
  public Optional<Long> time(NoteSignature signature) {
    byte[] blob = signature.signature();
    return type.cosigns() && blob.length > TIMESTAMP
        ? Optional.of(ByteBuffer.wrap(blob).getLong())
        : Optional.empty();
  }

  /** Returns whether it has the same key, under any name and for any kind of note. */
  public boolean samePublicKey(VerifierKey other) {
    return Arrays.equals(publicKey, other.publicKey);
  }

  /** Returns whether a key's name has no Unicode space, no plus, and is valid in a note. */
  static boolean isName(String name) {
    return !name.isEmpty()
        && name.codePoints()
            .noneMatch(c -> Character.isSpaceChar(c) || c == '+' || c == 0x85 || c < 0x20);
  }

  private String hexId() {
    return HexFormat.of().toHexDigits(id);
  }

  private byte[] typed() {
    return Wire.concat(new byte[] {type.code()}, publicKey);
  }

  private static int id(String name, KeyType type, byte[] publicKey) {
    MessageDigest sha = Hashes.sha256();
    sha.update(name.getBytes(StandardCharsets.UTF_8));
    sha.update((byte) '\n');
    sha.update(type.code());
    return ByteBuffer.wrap(sha.digest(publicKey)).getInt();
  }

  /** Returns the vkey. */
  @Override
  public String toString() {
    return name + "+" + hexId() + "+" + Wire.base64(typed());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifierKey that
        && name.equals(that.name)
        && type == that.type
        && Arrays.equals(publicKey, that.publicKey);
  }

  @Override
  public int hashCode() {
    return id;
  }
}
