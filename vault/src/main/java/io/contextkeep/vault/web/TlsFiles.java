package io.contextkeep.vault.web;

import java.nio.file.Path;

/**
 * The files of the server's certificate chain and its private key, both in PEM. They are read again
 * when they change.
 */
public record TlsFiles(Path certificate, Path key) {}
