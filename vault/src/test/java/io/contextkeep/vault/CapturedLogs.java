package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** Captures everything that is logged from now on, as the program writes it. */
final class CapturedLogs implements AutoCloseable {
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(new String(encoder().encode(event), StandardCharsets.UTF_8));
        }
      };

  CapturedLogs() {
    appender.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
    appender.start();
    root.addAppender(appender);
  }

  /** Returns the appender of the program's configuration. */
  private Encoder<ILoggingEvent> encoder() {
    AsyncAppender async = (AsyncAppender) root.getAppender("ASYNC");
    assertThat(async).as("logback.xml").isNotNull();
    return ((OutputStreamAppender<ILoggingEvent>) async.getAppender("STDERR")).getEncoder();
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
    root.detachAppender(appender);
  }
}
