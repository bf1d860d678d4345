package io.contextkeep.ontology.records;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The certificate of an erasure, for the erased customer to keep or to show. It names no customer:
 * it holds counts, times and the fingerprint of a destroyed key.
 *
 * @param number random and unguessable, as knowing it suffices to see the certificate
 * @param asked when the customer asked; empty if a restored copy was erased again
 * @param keyFingerprint the fingerprint of the data key, which would identify it if it turned up
 *     again
 * @param keyDestroyed when the key was destroyed; empty if the vault did not record that yet
 * @param rows the number of deleted rows, by table
 * @param cleaned the later steps; empty until all of them are done
 * @param backups the expiry of copies; empty if no retention of copies is configured
 * @param everyRecipient whether the log still had all entries of reads; older ones may have been
 *     pruned
 */
public record ErasureCertificate(
    String number,
    String issuer,
    Optional<Instant> asked,
    Optional<String> keyFingerprint,
    Optional<Instant> keyDestroyed,
    Instant rowsDeleted,
    SortedMap<String, Long> rows,
    Instant logEmptied,
    Optional<Cleaned> cleaned,
    Proof proof,
    Optional<Backups> backups,
    boolean everyRecipient,
    List<Recipient> recipients) {

  /**
   * The times at which the remains of deletion were removed, in the graph's and the database's
   * files.
   */
  public record Cleaned(Instant graphCompacted, Instant fileRewritten) {}

  /**
   * The entry of the audit log about the erasure.
   *
   * @param log the log's origin
   * @param leafHash RFC 6962, in hexadecimal
   * @param at the URL of its tlog-proof
   */
  public record Proof(String log, long index, String leafHash, URI at) {}

  /**
   * The times at which the last copies expire. Without a copy of the key, no copy of the data can
   * be decrypted.
   *
   * @param retention how long copies are kept, as an ISO 8601 duration
   * @param keys the expiry of the last copy that may hold the key
   * @param data the expiry of the last copy that may hold unsealed data; known once it is cleaned
   */
  public record Backups(String retention, Optional<Instant> keys, Optional<Instant> data) {}

  /**
   * An app that had received the customer's data, and its notification (GDPR Art. 19).
   *
   * @param state {@code ck:NotTold}, {@code ck:Told}, {@code ck:Acknowledged}, {@code ck:GivenUp}
   *     or {@code ck:NotNamed} if the app's name for the customer is no longer known
   * @param outcome the app's own statement: {@code ck:RecipientErased}, {@code ck:NothingHeld} or
   *     {@code ck:KeptByLaw}
   */
  public record Recipient(
      String app,
      String state,
      Optional<Instant> told,
      Optional<Instant> closed,
      Optional<String> outcome) {}
}
