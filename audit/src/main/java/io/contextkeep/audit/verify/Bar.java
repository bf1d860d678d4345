package io.contextkeep.audit.verify;

import java.io.Console;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar for long work on a terminal. */
final class Bar implements AutoCloseable {
  private static final long LONG = 20_000;

  private final Optional<ProgressBar> bar;

  private Bar(Optional<ProgressBar> bar) {
    this.bar = bar;
  }

  static Bar of(String what, long steps) {
    return new Bar(
        steps < LONG || !watched()
            ? Optional.empty()
            : Optional.of(
                new ProgressBarBuilder()
                    .setTaskName(what)
                    .setInitialMax(steps)
                    .setStyle(ProgressBarStyle.ASCII)
                    .build()));
  }

  @SuppressWarnings("SystemConsoleNull") // It is null if the output is not a terminal.
  private static boolean watched() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  void to(long done) {
    bar.ifPresent(b -> b.stepTo(done));
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
