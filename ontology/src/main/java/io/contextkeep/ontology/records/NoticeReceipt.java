package io.contextkeep.ontology.records;

import java.time.Instant;

/** The receipt that a notice existed, in one language. It names no customer. */
public record NoticeReceipt(Instant created, String issuer, Notice notice, Notice.Text text) {}
