package io.contextkeep.vault.web;

import java.nio.file.Path;

/**
 * Where the server's certificate chain and its private key are, both in PEM. They are read again
 * when they change.
 */
public record TlsFiles(Path certificate, Path key) {}
