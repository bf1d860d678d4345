package io.contextkeep.audit;

/**
 * A customer's audit keys, held by the vault: they seal the private part of an entry and make its
 * label. They are destroyed with the customer's data key, which makes all that the log holds about
 * the customer unreadable.
 */
public interface SubjectSealer {

  /** Encrypts and authenticates; the associated data is the entry's commitment. */
  byte[] seal(byte[] plaintext, byte[] associatedData);

  /** Opens a sealed part; throws if the bytes or the commitment do not match. */
  byte[] open(byte[] sealed, byte[] associatedData);

  /** Returns the HMAC-SHA256 of an entry number, which is unlinkable without the key. */
  byte[] label(long n);
}
