package io.contextkeep.audit.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.audit.AccessProof;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.Receipt;
import io.contextkeep.audit.Receipts;
import io.contextkeep.audit.Sealer;
import io.contextkeep.audit.TestKept;
import io.contextkeep.audit.TestKeys;
import io.contextkeep.audit.TestServer;
import io.contextkeep.audit.TestStore;
import io.contextkeep.audit.VerifiableIndex;
import io.contextkeep.audit.ViewKey;
import io.contextkeep.audit.tree.TilePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program from its command line: its output and its exit codes. */
final class VerifyTest {
  private static final String VKEY = TestKeys.of(1).signer().verifier().toString();

  @TempDir Path dir;
  private final Sealer ann = new Sealer((byte) 1);
  private TestStore store;
  private TestStore indexStore;
  private AuditLog log;
  private VerifiableIndex index;

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void create() throws SQLException {
    store = TestStore.create(dir.resolve("log.db"));
    indexStore = new TestStore(dir.resolve("index.db"));
    indexStore.sql(VerifiableIndex.schema().split(";"));
    log =
        new AuditLog(
            store, TestKeys.of(1), new TestKept(), InstantSource.system(), new SecureRandom());
    index = new VerifiableIndex(store, log, indexStore);
  }

  @AfterEach
  void close() throws SQLException {
    store.close();
    indexStore.close();
  }

  @Test
  void aWholeLog_verifies_asADatabaseABundleAndALiveLog() throws IOException {
    grow(600);
    Path bundle = bundle();
    Ended database = run("verify", db(), "--vkey", VKEY);
    assertThat(database.code()).as(database.toString()).isZero();
    assertThat(database.out()).contains("The log is whole.", "trusted      a key that was given");
    Ended directory = run("verify", bundle.toString(), "--vkey", VKEY);
    assertThat(directory.code()).as(directory.toString()).isZero();
    try (TestServer server = serve(bundle, "")) {
      Ended live = run("verify", server.url().toString(), "--vkey", VKEY);
      assertThat(live.code()).as(live.toString()).isZero();
      assertThat(live.out().lines().skip(1))
          .containsExactlyElementsOf(directory.out().lines().skip(1).toList());
    }
  }

  @Test
  void withoutAToken_theHashesAreStillChecked() throws IOException {
    grow(600);
    Path bundle = bundle();
    try (TestServer server = serve(bundle, "Bearer secret")) {
      Ended closed = run("verify", server.url().toString(), "--vkey", VKEY);
      assertThat(closed.code()).as(closed.toString()).isZero();
      assertThat(closed.out())
          .contains("not checked: the entries", "make the root that was signed");
      Files.write(bundle.resolve("tile/0/001"), new byte[8_192]);
      assertThat(run("verify", server.url().toString(), "--vkey", VKEY).code()).isEqualTo(1);
    }
  }

  @Test
  void withoutAKey_theReportWarnsThatItMayBeAnotherLog() throws IOException {
    grow(20);
    assertThat(run("verify", bundle().toString()).out())
        .contains("not checked: whether this is the log that was meant");
    String other = TestKeys.of(2).signer().verifier().toString();
    Ended wrong = run("verify", db(), "--vkey", other);
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.out()).contains("none of the keys that are trusted");
  }

  @Test
  void theSeenCheckpoint_isStored_andARestoredOlderLogIsCaught() throws IOException {
    Path seen = dir.resolve("seen");
    grow(20);
    Path early = bundle();
    assertThat(run("verify", early.toString(), "--seen", seen.toString()).code()).isZero();
    grow(600);
    Ended later = run("verify", db(), "--seen", seen.toString());
    assertThat(later.code()).as(later.toString()).isZero();
    assertThat(later.out()).contains("continues    the checkpoint that was seen before");
    Ended back = run("verify", early.toString(), "--seen", seen.toString());
    assertThat(back.code()).isEqualTo(1);
    assertThat(back.out()).contains("restored to an older state");
    assertThat(run("verify", db(), "--seen", seen.toString()).code())
        .as("a false log is not remembered")
        .isZero();
  }

  @Test
  void aPolicy_decidesWhetherTheNewestCheckpointCounts() throws IOException {
    grow(20);
    Path policy = dir.resolve("policy");
    Files.writeString(policy, "log " + VKEY + "\nquorum none\n");
    assertThat(run("verify", db(), "--policy", policy.toString()).code()).isZero();
    Files.writeString(policy, "log " + TestKeys.of(3).signer().verifier() + "\nquorum none\n");
    assertThat(run("verify", db(), "--policy", policy.toString()).code()).isEqualTo(1);
  }

  @Test
  void receiptsAndAccessProofs_areCheckedFromFiles() throws IOException {
    grow(40);
    Receipt receipt = log.append(about());
    index.update();
    Path file = dir.resolve("entry.tlog-proof");
    Files.writeString(
        file, store.inRead(c -> Receipts.proof(c, receipt.index())).orElseThrow().toString());
    assertThat(run("receipt", file.toString(), receipt.leafHash(), "--vkey", VKEY).code()).isZero();
    assertThat(run("receipt", file.toString(), "00".repeat(32), "--vkey", VKEY).code())
        .isEqualTo(1);
    assertThat(run("receipt", file.toString(), receipt.leafHash()).code()).isEqualTo(2);

    Path accesses = dir.resolve("accesses");
    Path key = dir.resolve("view.key");
    Files.writeString(accesses, index.accesses(7, ann, 0, 100, false).orElseThrow().toString());
    Files.writeString(key, "01".repeat(32) + "\n");
    Ended listed = run("accesses", accesses.toString(), key.toString(), "--vkey", VKEY);
    assertThat(listed.code()).as(listed.toString()).isZero();
    assertThat(listed.out()).contains("12 of 12 entries");
    Files.writeString(key, "02".repeat(32) + "\n");
    assertThat(run("accesses", accesses.toString(), key.toString(), "--vkey", VKEY).code())
        .isEqualTo(1);
  }

  /** The customer asks an untrusted vault, part by part. */
  @Test
  void aListOfAccesses_isCheckedByUrl_andEveryFalsificationIsCaught() throws IOException {
    for (int i = 0; i < 120; i++) {
      grow((int) log.size() + 1);
    }
    long total = index.accesses(7, ann, 0, 1, false).orElseThrow().absences().getFirst().n();
    assertThat(total).isGreaterThan(200);
    assertListed(proof -> proof, 0, total + " of " + total + " entries");
    assertListed(
        proof ->
            new AccessProof(
                proof.root(),
                proof.accesses().subList(0, proof.accesses().size() - 1),
                proof.absences(),
                proof.later(),
                proof.checkpoint()),
        1,
        "not proved");
    assertListed(
        proof -> index.accesses(7, ann, 3, 200, false).orElseThrow(), 1, "the part that was asked");
    assertListed(
        proof ->
            proof.accesses().getFirst().n() > 0
                ? proof
                : index.accesses(7, ann, 2, 200, false).orElseThrow(),
        2,
        "Not checked: the entries 0 to 1");
    assertListed(
        proof ->
            new AccessProof(
                new AccessProof.Entry(
                    proof.root().index(),
                    proof.root().leaf().replaceFirst("\"root\":\"..", "\"root\":\"00"),
                    proof.root().path()),
                proof.accesses(),
                proof.absences(),
                proof.later(),
                proof.checkpoint()),
        1,
        "the index's root is not recorded");
  }

  private void assertListed(UnaryOperator<AccessProof> lie, int code, String says)
      throws IOException {
    Path key = Files.writeString(dir.resolve("view.key"), "01".repeat(32) + "\n");
    try (TestServer server =
        new TestServer(
            (request, body) -> {
              String query = request.getRequestURI().getQuery();
              long first = Long.parseLong(query.replaceAll(".*first=(\\d+).*", "$1"));
              AccessProof honest = index.accesses(7, ann, first, 200, false).orElseThrow();
              return new TestServer.Reply(
                  200, "text/plain", lie.apply(honest).toString().getBytes(StandardCharsets.UTF_8));
            })) {
      Ended ended = run("accesses", server.url().toString(), key.toString(), "--vkey", VKEY);
      assertThat(ended.code()).as(ended.toString()).isEqualTo(code);
      assertThat(ended.out()).contains(says);
    }
  }

  @Test
  void everyTamperingWithABundleOrADatabase_isNoticed() throws IOException {
    grow(600);
    String before = run("verify", db()).out();
    Ended bundle = run("tamper-drill", bundle().toString());
    assertThat(bundle.code()).as(bundle.out()).isZero();
    assertThat(bundle.out()).contains("14 of 14 ways", "noticed by the customer", "FORK");
    Ended database = run("tamper-drill", db());
    assertThat(database.code()).as(database.out()).isZero();
    assertThat(database.out()).contains("12 of 12 ways", "evidence was destroyed");
    assertThat(run("verify", db()).out()).as("the original is untouched").isEqualTo(before);
  }

  @Test
  void theDrillRuns_onASmallLogWithoutPrivateParts() throws IOException {
    for (int i = 0; i < 8; i++) {
      log.append(AuditEntry.of(EntryType.READ, Map.of("actor", "shop" + i)));
    }
    Ended bundle = run("tamper-drill", bundle().toString());
    assertThat(bundle.code()).as(bundle.out()).isZero();
    Ended database = run("tamper-drill", db());
    assertThat(database.code()).as(database.out()).isZero();
  }

  @Test
  void aTamperedBundle_exitsWithOne_andReportsThePlace() throws IOException {
    grow(600);
    Path bundle = bundle();
    Path tile = bundle.resolve("tile/entries/001");
    byte[] entries = Files.readAllBytes(tile);
    entries[200] ^= 1;
    Files.write(tile, entries);
    Ended spoilt = run("verify", bundle.toString());
    assertThat(spoilt.code()).isEqualTo(1);
    assertThat(spoilt.out()).contains("PROBLEM: tile/0/001 is not what the entries make");
    Files.delete(tile);
    assertThat(run("verify", bundle.toString()).out()).contains("does not have tile/entries/001");
    Files.write(tile, Arrays.copyOf(entries, entries.length - 1));
    assertThat(run("verify", bundle.toString()).code()).isEqualTo(1);
  }

  @Test
  void invalidInput_exitsWithTwo_andOneLine() throws IOException {
    cannotTell(run(), "Give one of the commands accesses, export");
    cannotTell(run("verify"), "Missing required parameter: '<log>'");
    cannotTell(run("verify", "nowhere.db"), "not found: nowhere.db");
    cannotTell(run("verify", db(), "--vkey"), "--vkey");
    cannotTell(run("verify", db(), "--vkey", "x"), "A verifier key must be name+keyid+base64");
    cannotTell(run("verify", db(), "--what"), "There is no option --what.");
    cannotTell(run("verify", db(), "more"), "The argument 'more' is one too many.");
    cannotTell(run("verify", db(), "--policy", "nowhere"), "nowhere");
    cannotTell(run("verify", "http://127.0.0.1:1/", "--token-env", "NO_SUCH_NAME"), "NO_SUCH_NAME");
    cannotTell(run("verify", "http://127.0.0.1:1/"), "audit verify: ");
    cannotTell(run("verify", "http://not a url/"), "audit verify: ");
    cannotTell(run("dance"), "There is no command 'dance'.");
    cannotTell(run("help", "dance"), "dance");
    cannotTell(
        run("receipt", "nowhere", "abc", "--vkey", VKEY), "64 hexadecimal digits, unlike 'abc'");
    cannotTell(run("accesses", "nowhere"), "Missing required parameter: '<key file>'");
    cannotTell(run("tamper-drill"), "Missing required parameter: '<log>'");
    cannotTell(run("tamper-drill", "nowhere.db"), "nowhere.db");
    cannotTell(run("export", "nowhere.db", dir.resolve("new").toString()), "nowhere.db");
    Files.createDirectory(dir.resolve("there"));
    cannotTell(run("export", db(), dir.resolve("there").toString()), "is there already");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"verify log", "export a b", "tamper-drill log", "receipt a b", "accesses a b"})
  void eachCommand_namesAnUnknownOption(String line) {
    cannotTell(
        run((line + " --no-such-option").split(" ")), "There is no option --no-such-option.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"verify", "export", "tamper-drill", "receipt", "accesses", "generate-completion"})
  void eachCommand_hasHelpAndAVersion(String command) {
    Ended help = run(command, "--help");
    assertThat(help.code()).as(help.toString()).isZero();
    assertThat(help.out()).contains("Usage: audit " + command);
    assertThat(help.err()).isEmpty();
    assertThat(run("help", command).out()).isEqualTo(help.out());
  }

  @Test
  void theProgram_hasHelpAndShellCompletion() {
    assertThat(run("--help").out()).contains("verify", "tamper-drill", "Exit codes:");
    assertThat(run("verify", "--help").out())
        .contains("--vkey", "--policy", "--seen", "--token-env", "Exit codes:");
    assertThat(run("--version").out()).contains("contextkeep", "Java 25");
    assertThat(run("verify", "--version").out()).contains("contextkeep", "Java 25");
    assertThat(run("generate-completion").out()).contains("complete -F", "tamper-drill");
  }

  /**
   * Reads, refusals, an erasure, index roots and a publication, in transactions of some entries.
   */
  private void grow(int size) {
    if (log.size() == 1) {
      log.append(
          AuditEntry.enrolment(Map.of("actor", "crm"), 7, new ViewKey(TestKeys.seed(1)), ann));
    }
    while (log.size() < size) {
      store.inWrite(
          c -> {
            for (int i = 0; i < 7; i++) {
              log.stage(
                  c, i == 3 ? about() : AuditEntry.of(EntryType.READ, Map.of("actor", "a" + i)));
            }
            return 0;
          });
      log.append(about());
      long customer = log.size();
      if (log.size() > 300 && log.size() < 320) {
        log.append(
            AuditEntry.of(EntryType.READ, Map.of())
                .about(customer, new Sealer((byte) customer), Map.of()));
        store.inWrite(c -> log.stageErasure(c, customer, Map.of("request", "r"), 1_000));
      }
    }
    index.update();
    log.publish();
  }

  private AuditEntry about() {
    return AuditEntry.of(EntryType.READ, Map.of("actor", "shop")).about(7, ann, Map.of());
  }

  private String db() {
    return dir.resolve("log.db").toString();
  }

  private Path bundle() {
    Path bundle = dir.resolve("bundle" + log.size() + "-" + System.nanoTime());
    assertThat(run("export", db(), bundle.toString()).code()).isZero();
    return bundle;
  }

  /** A device never ends, and a pipe blocks its reader for ever. */
  @Test
  void aDeviceOrPipe_isNotRead() throws Exception {
    grow(20);
    Path bundle = bundle();
    Path device = Files.createSymbolicLink(dir.resolve("device"), Path.of("/dev/zero"));
    Path pipe = dir.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    for (Path endless : List.of(device, pipe)) {
      String name = endless.toString();
      cannotTell(run("verify", name, "--vkey", VKEY), "not a regular file");
      cannotTell(run("verify", bundle.toString(), "--policy", name), "not a regular file");
      cannotTell(run("verify", bundle.toString(), "--vkey", VKEY, "--seen", name), "seen");
      cannotTell(run("receipt", name, "00".repeat(32), "--vkey", VKEY), "not a regular file");
      cannotTell(run("accesses", name, name, "--vkey", VKEY), "not a regular file");
      cannotTell(run("export", name, dir.resolve("new").toString()), "not a regular file");
      for (String file : List.of("checkpoint", tile(bundle), "checkpoints")) {
        Path other = dir.resolve("other-" + endless.getFileName() + file.hashCode());
        copy(bundle, other);
        Files.delete(other.resolve(file));
        Files.createSymbolicLink(other.resolve(file), endless);
        cannotTell(run("verify", other.toString(), "--vkey", VKEY), "not a regular file");
      }
    }
  }

  private static String tile(Path bundle) throws IOException {
    try (Stream<Path> all = Files.walk(bundle.resolve("tile/0"))) {
      return bundle
          .relativize(all.filter(Files::isRegularFile).findFirst().orElseThrow())
          .toString();
    }
  }

  private static void cannotTell(Ended ended, String why) {
    assertThat(ended.code()).as(ended.toString()).isEqualTo(2);
    assertThat(ended.err()).contains(why).hasLineCount(1);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }

  private static TestServer serve(Path bundle, String token) throws IOException {
    return new TestServer(
        (request, body) -> {
          String path = request.getRequestURI().getPath().substring(1);
          Optional<TilePath> tile = TilePath.parse(path);
          boolean entries = tile.filter(t -> t.level() == TilePath.ENTRIES).isPresent();
          String given = request.getRequestHeaders().getFirst("Authorization");
          if (entries && !token.isEmpty() && !token.equals(given)) {
            return reply(401, new byte[0]);
          }
          Path file = bundle.resolve(path);
          return Files.isRegularFile(file)
              ? reply(200, Files.readAllBytes(file))
              : reply(404, new byte[0]);
        });
  }

  private static TestServer.Reply reply(int status, byte[] body) {
    return new TestServer.Reply(status, "application/octet-stream", body);
  }

  private static Ended run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            new ArrayList<>(List.of(args)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Ended(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
