package io.contextkeep.vault;

import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.identity.VaultIssuer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command that prints a token. */
@Command(
    name = "token",
    description = "Prints a token, valid for an hour, made with the vault's root key.")
final class TokenCommand implements Callable<Integer> {
  private static final Duration LIFE = Duration.ofHours(1);

  private final Map<String, String> environment;
  private final PrintStream out;

  @Spec private CommandSpec command;

  @Parameters(
      index = "0",
      paramLabel = "<role>",
      converter = Roles.class,
      completionCandidates = Roles.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private Role role;

  @Parameters(
      index = "1",
      paramLabel = "<id>",
      description =
          "The name of the caller, such as olga; a customer is kind:value, such as"
              + " customer_number:17850.")
  private String id;

  @Parameters(
      index = "2..*",
      paramLabel = InputFiles.SETTINGS,
      description = InputFiles.SETTINGS_DESCRIPTION)
  private List<Path> settings = new ArrayList<>();

  @Option(
      names = "--acr",
      paramLabel = "<level>",
      description = "The strength of the caller's authentication, such as aal2; not for customers.")
  private Optional<String> acr = Optional.empty();

  TokenCommand(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    checkId();
    VaultIssuer issuer =
        Vault.issuerOf(InputFiles.settings(settings, environment), InstantSource.system());
    out.println(
        role == Role.CUSTOMER
            ? issuer.issueToCustomer(id, LIFE)
            : acr.map(level -> issuer.issue(id, role, LIFE, level))
                .orElseGet(() -> issuer.issue(id, role, LIFE)));
    return 0;
  }

  private void checkId() {
    if (role != Role.CUSTOMER && !VaultIssuer.isId(id)) {
      throw misused(
          "An id has 1 to 64 letters, digits, dots, hyphens and underscores, such as olga.");
    }
    if (role == Role.CUSTOMER && !isCustomer(id)) {
      throw misused("A customer is kind:value, such as customer_number:17850.");
    }
    if (role == Role.CUSTOMER && acr.isPresent()) {
      throw misused("A token for a customer cannot have --acr; leave it out.");
    }
  }

  private ParameterException misused(String what) {
    return new ParameterException(command.commandLine(), what);
  }

  private static boolean isCustomer(String account) {
    int colon = account.indexOf(':');
    return colon > 0
        && Identifier.of(account.substring(0, colon), account.substring(colon + 1)).isPresent();
  }

  /** The codes of the roles, for completion. */
  static final class Roles implements ITypeConverter<Role>, Iterable<String> {
    @Override
    public Role convert(String code) {
      return Role.parse(code)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "unknown role '" + code + "'; give one of " + String.join(", ", this)));
    }

    @Override
    public Iterator<String> iterator() {
      return Stream.of(Role.values()).map(Role::code).iterator();
    }
  }
}
