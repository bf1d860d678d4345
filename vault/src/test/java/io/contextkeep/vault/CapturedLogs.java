package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** Captures everything that is logged from now on, as the program writes it. */
final class CapturedLogs implements AutoCloseable {
  private static final Set<Queue<String>> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    AsyncAppender async = (AsyncAppender) root.getAppender("ASYNC");
    assertThat(async).as("the program's own appender").isNotNull();
    OutputStreamAppender<ILoggingEvent> lines =
        (OutputStreamAppender<ILoggingEvent>) async.getAppender("STDERR");
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    lines.addFilter(warnings(context));
    Tee tee = new Tee(lines.getEncoder());
    tee.setContext(context);
    tee.start();
    root.addAppender(tee);
  }

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  /** Writes each line once for all that capture it; several vaults may run at a time. */
  private static final class Tee extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final Encoder<ILoggingEvent> encoder;

    Tee(Encoder<ILoggingEvent> encoder) {
      this.encoder = encoder;
    }

    @Override
    protected void append(ILoggingEvent event) {
      if (!OPEN.isEmpty()) {
        String line = new String(encoder.encode(event), StandardCharsets.UTF_8);
        OPEN.forEach(open -> open.add(line));
      }
    }
  }

  CapturedLogs() {
    OPEN.add(lines);
  }

  /** Keeps the lines of requests off the tests' own output: there are tens of thousands. */
  private static ThresholdFilter warnings(LoggerContext context) {
    ThresholdFilter filter = new ThresholdFilter();
    filter.setContext(context);
    filter.setLevel(Level.WARN.toString());
    filter.start();
    return filter;
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  /** Waits for the first line with the text; a request's line follows its answer. */
  String awaitLine(String text) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < deadline) {
      for (String line : lines) {
        if (line.contains(text)) {
          return line;
        }
      }
      Thread.sleep(10);
    }
    throw new AssertionError("No line with " + text);
  }

  String text() {
    return String.join("", lines);
  }

  @Override
  public void close() {
    OPEN.remove(lines);
  }
}
