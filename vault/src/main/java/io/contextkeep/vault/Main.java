package io.contextkeep.vault;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.demo.Api;
import io.contextkeep.vault.demo.Demo;
import io.contextkeep.vault.demo.RetailLoader;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.identity.VaultIssuer;
import io.contextkeep.vault.ops.Backup;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program: {@code serve}, {@code token}, {@code keys}, {@code backup}, {@code rebuild-graph},
 * {@code policy}, {@code demo} and {@code load-retail}.
 */
public final class Main {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);
  private static final String USAGE =
      """
      contextkeep-vault serve [settings.properties]     runs a vault
      contextkeep-vault token <role> <id|kind:value> [acr=<value>] [settings.properties]
                                                        prints a token of an hour, made with the
                                                        vault's root key; a customer is kind:value;
                                                        acr says how surely it was authenticated
      contextkeep-vault keys [settings.properties]      prints the public keys of the vault's log and
                                                        of the vault as a witness, as lines of a
                                                        C2SP tlog-policy file
      contextkeep-vault backup <directory> [settings.properties]
                                                        copies a vault, running or not, and checks
                                                        the copy
      contextkeep-vault rebuild-graph [settings.properties]
                                                        deletes the graph and makes it anew from the
                                                        database, while the vault is stopped
      contextkeep-vault policy replay <url> <from> <until> [bundle.tar.gz | data.json]
                                                        what another policy would have decided of the
                                                        reads of a period; exit status 3 if it newly
                                                        allows anything
      contextkeep-vault policy explain <url> <entry | request>
                                                        why a decision was made
      contextkeep-vault policy what-if <url> <app> <purpose,...> <from> <until>
                                                        what would change were the app registered
                                                        for these purposes; for all three, the token
                                                        of an operator is taken from
                                                        CONTEXTKEEP_TOKEN
      contextkeep-vault demo <directory>                runs a fresh vault with demo data
      contextkeep-vault load-retail <url> <csv.gz>      loads the retail data set; the token of a
                                                        source is taken from CONTEXTKEEP_TOKEN
      """;

  /** The exit status of a vault that ended itself, after {@code EX_SOFTWARE}. */
  static final int THREAD_ENDED = 70;

  private static final String ACR = "acr=";

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    List<String> args = List.of(arguments);
    switch (args.isEmpty() ? "" : args.getFirst()) {
      case "serve" -> serve(args.subList(1, args.size()));
      case "token" -> token(args.get(1), args.get(2), args.subList(3, args.size()));
      case "keys" ->
          System.out.print(
              Vault.policyLines(config(args.subList(1, args.size())), InstantSource.system()));
      case "backup" -> backup(args.subList(1, args.size()));
      case "demo" -> demo(Path.of(args.get(1)));
      case "policy" -> policy(args.subList(1, args.size()));
      case "rebuild-graph" -> RebuildGraph.run(config(args.subList(1, args.size())));
      case "load-retail" -> load(URI.create(args.get(1)), Path.of(args.get(2)));
      default -> usage();
    }
  }

  private static void usage() {
    System.err.print(USAGE);
    System.exit(2);
  }

  private static void serve(List<String> files) throws Exception {
    runUntilStopped(start(config(files)));
  }

  private static VaultConfig config(List<String> files) throws IOException {
    return VaultConfig.load(files.stream().map(Path::of).toList(), System.getenv());
  }

  private static void token(String roleCode, String name, List<String> more) throws IOException {
    boolean says = !more.isEmpty() && more.getFirst().startsWith(ACR);
    List<String> files = says ? more.subList(1, more.size()) : more;
    VaultIssuer issuer = Vault.issuerOf(config(files), InstantSource.system());
    Duration life = Duration.ofHours(1);
    Role role =
        Role.parse(roleCode).orElseThrow(() -> new IllegalArgumentException("No such role"));
    if (role == Role.CUSTOMER) {
      System.out.println(issuer.issueToCustomer(name, life));
    } else if (says) {
      System.out.println(issuer.issue(name, role, life, more.getFirst().substring(ACR.length())));
    } else {
      System.out.println(issuer.issue(name, role, life));
    }
  }

  private static void backup(List<String> args) throws IOException {
    if (args.isEmpty()) {
      usage();
    }
    Path directory = Path.of(args.getFirst());
    VaultConfig config = config(args.subList(1, args.size()));
    try {
      Backup.Report report = Backup.write(config.data(), config.keys(), directory);
      System.out.printf(
          """
          Copied and checked: %d customers, audit log of %d entries with root %s.
          Keep %s and %s in different places; the root key is in neither, keep it in a third.
          """,
          report.customers(),
          report.entries(),
          report.root(),
          directory.resolve("data"),
          directory.resolve("keys"));
    } catch (IllegalStateException | StoreUnavailable e) {
      System.err.println(
          "No backup was made. "
              + e.getMessage()
              + (e.getCause() == null ? "" : ": " + e.getCause()));
      System.exit(1);
    }
  }

  private static void policy(List<String> args) throws IOException, InterruptedException {
    String token = System.getenv().getOrDefault("CONTEXTKEEP_TOKEN", "");
    int status = new PolicyCommand(token, System.out).run(args);
    if (status == PolicyCommand.USAGE) {
      usage();
    }
    System.exit(status);
  }

  private static void demo(Path directory) throws Exception {
    Path fresh = Files.createTempDirectory(Files.createDirectories(directory), "demo-vault-");
    Map<String, String> settings = new HashMap<>();
    settings.put("CONTEXTKEEP_DATA", fresh.resolve("data").toString());
    settings.put("CONTEXTKEEP_KEYS", fresh.resolve("keys").toString());
    settings.put("CONTEXTKEEP_HTTP_PORT", "0");
    quietRequests();
    Vault vault = start(VaultConfig.load(List.of(), settings));
    URI base = URI.create("http://127.0.0.1:" + vault.port());
    new Demo(base, vault.issuer()).run(directory.resolve("demo.json"), System.out);
    runUntilStopped(vault);
  }

  /** Who watches the demo load wants to see its progress, not each request. */
  private static void quietRequests() {
    if (LoggerFactory.getLogger("io.contextkeep.requests")
        instanceof ch.qos.logback.classic.Logger requests) {
      requests.setLevel(Level.WARN);
    }
  }

  private static void load(URI vault, Path file) throws IOException {
    String token = System.getenv().getOrDefault("CONTEXTKEEP_TOKEN", "");
    long begun = System.nanoTime();
    try (InputStream in = Files.newInputStream(file)) {
      RetailLoader.Report report = new RetailLoader(new Api(vault, () -> token), true).load(in, -1);
      System.out.println(
          report + " in " + Duration.ofNanos(System.nanoTime() - begun).toSeconds() + " s");
    }
  }

  private static Vault start(VaultConfig config) throws IOException {
    Vault vault = Vault.start(config, InstantSource.system(), Main::end);
    LOG.atInfo().addKeyValue("port", vault.port()).log("started");
    return vault;
  }

  /**
   * Ends the program at once, as a crash would, which the next start makes good: whatever needs the
   * thread that has ended could only be waited for in vain.
   */
  static void end(String thread, Throwable why) {
    try {
      LOG.atError()
          .addKeyValue("thread", thread)
          .addKeyValue("thrown", why.getClass().getName())
          .addKeyValue("exit", THREAD_ENDED)
          .log("a vital thread has ended, and so does the vault");
      flushLogs();
    } finally {
      Runtime.getRuntime().halt(THREAD_ENDED);
    }
  }

  private static void runUntilStopped(Vault vault) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Threads.hook(
                () -> {
                  vault.close();
                  LOG.info("stopped");
                  flushLogs();
                  stopped.countDown();
                }));
    stopped.await();
  }

  /** Lines are written by a thread of their own: the last ones need asking for. */
  private static void flushLogs() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
      logs.stop();
    }
  }
}
