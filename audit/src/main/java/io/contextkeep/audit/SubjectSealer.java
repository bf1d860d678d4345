package io.contextkeep.audit;

/**
 * One customer's audit keys, held by the vault: they seal the private part of an entry and make its
 * label. They die with the customer's data key, and with them what the log knows of the customer.
 */
public interface SubjectSealer {

  /** Authenticated encryption; the associated data is the entry's commitment. */
  byte[] seal(byte[] plaintext, byte[] associatedData);

  /** The inverse of {@link #seal}; throws when the bytes or the commitment are not the ones. */
  byte[] open(byte[] sealed, byte[] associatedData);

  /** HMAC-SHA256 of the customer's n-th entry number: unlinkable noise to all without the key. */
  byte[] label(long n);
}
