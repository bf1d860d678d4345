package io.contextkeep.vault;

import io.contextkeep.vault.siem.SiemSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the audit log.
 *
 * @param origin the log's permanent name; by default the public URL without its scheme
 * @param keyGeneration the generation of signing keys; increasing it rotates them
 * @param retention the retention of entries; unlimited if it is empty
 * @param witnesses a C2SP tlog-policy file with the witnesses of this vault's log and their quorum
 * @param witnessLogs a C2SP tlog-policy file whose logs this vault watches as a witness
 * @param siem the receivers of copies of the log
 */
record AuditSettings(
    String origin,
    int keyGeneration,
    Optional<Duration> retention,
    Optional<Path> witnesses,
    Optional<Path> witnessLogs,
    SiemSettings siem) {}
