package io.contextkeep.ontology.records;

import java.time.Instant;

/**
 * That a notice existed and was given out, in one language. Nobody had to say who she was for it.
 */
public record NoticeReceipt(Instant created, String issuer, Notice notice, Notice.Text text) {}
