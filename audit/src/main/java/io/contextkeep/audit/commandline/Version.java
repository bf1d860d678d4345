package io.contextkeep.audit.commandline;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version of the jar that runs, and of its JVM. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version =
        Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
            .orElse("(not from a jar)");
    return new String[] {"contextkeep " + version, "Java " + Runtime.version()};
  }
}
