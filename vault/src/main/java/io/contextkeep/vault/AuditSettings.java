package io.contextkeep.vault;

import io.contextkeep.vault.siem.SiemSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The audit log.
 *
 * @param origin the log's name for ever; by default the public URL's, without its scheme
 * @param keyGeneration which of the root key's signing keys the log uses; one more changes them
 * @param retention how old the log's entries may become; for ever where it is empty
 * @param witnesses a C2SP tlog-policy file: who cosigns this vault's log, and how many do
 * @param witnessLogs a C2SP tlog-policy file whose logs this vault watches as a witness
 * @param siem where copies of the log go
 */
record AuditSettings(
    String origin,
    int keyGeneration,
    Optional<Duration> retention,
    Optional<Path> witnesses,
    Optional<Path> witnessLogs,
    SiemSettings siem) {}
