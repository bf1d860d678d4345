package io.contextkeep.policy;

/**
 * Which policy decides: its revision and the SHA-256 of its code and of its data, in hexadecimal.
 */
public record PolicyIdentity(String revision, String codeDigest, String dataDigest) {}
