package io.contextkeep.audit.note;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;

/** A private key that signs notes under a name in one way. It is never printed. */
public final class SignerKey {
  private final VerifierKey verifier;
  private final InstantSource clock;
  private final UnaryOperator<byte[]> algorithm;

  private SignerKey(VerifierKey verifier, InstantSource clock, UnaryOperator<byte[]> algorithm) {
    this.verifier = verifier;
    this.clock = clock;
    this.algorithm = algorithm;
  }

  /** Returns a key for a log's plain signature; the seed is the private key of RFC 8032. */
  public static SignerKey ed25519(String name, byte[] seed) {
    return ed25519(name, KeyType.ED25519, seed, InstantSource.system());
  }

  /** Returns a key for a witness's timestamped Ed25519 cosignature. */
  public static SignerKey ed25519Cosigner(String name, byte[] seed, InstantSource clock) {
    return ed25519(name, KeyType.ED25519_COSIGNATURE, seed, clock);
  }

  /** Returns a key for ML-DSA-44 cosignatures; the seed is the xi of FIPS 204. */
  public static SignerKey mlDsa44Cosigner(String name, byte[] seed, InstantSource clock) {
    MLDSAPrivateKeyParameters key =
        new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_44, seed.clone());
    return new SignerKey(
        VerifierKey.of(
            name, KeyType.ML_DSA_44_COSIGNATURE, key.getPublicKeyParameters().getEncoded()),
        clock,
        message -> SignatureAlgorithms.signMlDsa44(key, message));
  }

  /**
   * Returns a key for a log's plain signature, held elsewhere, such as in an HSM.
   *
   * @param signing returns the Ed25519 signature of a message (RFC 8032), or throws
   */
  public static SignerKey ed25519HeldElsewhere(
      String name, byte[] publicKey, UnaryOperator<byte[]> signing) {
    return new SignerKey(
        VerifierKey.of(name, KeyType.ED25519, publicKey), InstantSource.system(), signing);
  }

  private static SignerKey ed25519(String name, KeyType type, byte[] seed, InstantSource clock) {
    Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(seed);
    return new SignerKey(
        VerifierKey.of(name, type, key.generatePublicKey().getEncoded()),
        clock,
        message -> SignatureAlgorithms.signEd25519(key, message));
  }

  public VerifierKey verifier() {
    return verifier;
  }

  /**
   * Signs the text now.
   *
   * @throws MalformedNote if this kind of key does not sign such a text
   */
  public NoteSignature sign(String text) {
    KeyType type = verifier.type();
    long timestamp = type.cosigns() ? Math.max(0, clock.instant().getEpochSecond()) : 0;
    byte[] message =
        type.message(verifier.name(), timestamp, text)
            .orElseThrow(() -> new MalformedNote("A cosignature must be over a checkpoint"));
    byte[] raw = algorithm.apply(message);
    byte[] blob =
        type.cosigns()
            ? Wire.concat(ByteBuffer.allocate(Long.BYTES).putLong(timestamp).array(), raw)
            : raw;
    return new NoteSignature(verifier.name(), verifier.id(), blob);
  }

  @Override
  public String toString() {
    return "SignerKey[" + verifier.name() + ", redacted]";
  }
}
