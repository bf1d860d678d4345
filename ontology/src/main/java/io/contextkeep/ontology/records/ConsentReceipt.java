package io.contextkeep.ontology.records;

import java.time.Instant;
import java.util.List;

/**
 * What is handed to the customer when something about consent changes: the records as they then
 * stood. The same content in the same form always gives the same document.
 *
 * @param number the receipt's number in its vault, and its place in the status list
 * @param issuer the vault's name
 */
public record ConsentReceipt(long number, Instant created, String issuer, List<Consent> consents) {}
