package io.contextkeep.ontology.records;

import java.time.Instant;
import java.util.List;

/**
 * The receipt that customers get when their consent changes: the records at that time. Equal
 * content in the same form always gives the same document.
 *
 * @param number the number of the receipt, which is its index in the status list
 * @param issuer the vault's name
 */
public record ConsentReceipt(long number, Instant created, String issuer, List<Consent> consents) {}
