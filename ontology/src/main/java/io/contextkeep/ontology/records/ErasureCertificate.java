package io.contextkeep.ontology.records;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What an erasure did and when, for whoever was erased and for whomever she shows it to. It names
 * nobody: what it says of her are counts, times and the fingerprint of a key that is gone.
 *
 * @param number random and unguessable: who knows it may see the certificate
 * @param asked when she asked; empty where nobody did, because a copy was restored
 * @param keyFingerprint of the data key, by which the key would be known if it ever turned up again
 * @param keyDestroyed empty where it was destroyed before the vault kept the time
 * @param rows how many were deleted, by table
 * @param cleaned the steps after the rows; empty as long as one of them is to come
 * @param backups empty where nobody promised how long copies are kept
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

  /** When what deletion leaves behind was gone too: the graph's files and the database's. */
  public record Cleaned(Instant graphCompacted, Instant fileRewritten) {}

  /**
   * The entry of the audit log that accounts for it.
   *
   * @param log the log's origin
   * @param leafHash RFC 6962, in hexadecimal
   * @param at where its tlog-proof is
   */
  public record Proof(String log, long index, String leafHash, URI at) {}

  /**
   * When the last copies expire. Without a copy of her key no copy of the data opens.
   *
   * @param retention how long copies are kept, as an ISO 8601 duration
   * @param keys the last copy that may hold her key
   * @param data the last copy that may hold what the key does not seal; known once it is cleaned
   */
  public record Backups(String retention, Optional<Instant> keys, Optional<Instant> data) {}

  /**
   * An app that had been given her data, and how it was told (GDPR Art. 19).
   *
   * @param state {@code ck:NotTold}, {@code ck:Told}, {@code ck:Acknowledged}, {@code ck:GivenUp}
   *     or {@code ck:NotNamed}, where nothing says any more by which name it knew her
   * @param outcome what it says it did: {@code ck:RecipientErased}, {@code ck:NothingHeld} or
   *     {@code ck:KeptByLaw}
   */
  public record Recipient(
      String app,
      String state,
      Optional<Instant> told,
      Optional<Instant> closed,
      Optional<String> outcome) {}
}
