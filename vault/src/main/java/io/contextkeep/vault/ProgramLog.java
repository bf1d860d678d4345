package io.contextkeep.vault;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * The program's log: one JSON object a line on standard error. Its values are event names, ids and
 * counts, never a request's. A file named by {@code logback.configurationFile} takes its place.
 */
public final class ProgramLog extends ContextAwareBase implements Configurator {
  private static final int QUEUE = 8_192;

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    ConsoleAppender<ILoggingEvent> lines = new ConsoleAppender<>();
    lines.setContext(context);
    lines.setName("STDERR");
    lines.setTarget("System.err");
    lines.setEncoder(encoder(context));
    lines.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(aside(context, lines));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Returns an encoder of a JSON object a line. */
  static JsonEncoder encoder(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithFormattedMessage(true);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithContext(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.start();
    return encoder;
  }

  /**
   * Returns an appender whose own thread writes, so that a slow reader of the lines holds up no
   * request. When the queue is nearly full, lines below the level of warnings are dropped: what
   * must never be lost is in the audit log, not here.
   */
  private static AsyncAppender aside(LoggerContext context, ConsoleAppender<ILoggingEvent> lines) {
    AsyncAppender aside = new AsyncAppender();
    aside.setContext(context);
    aside.setName("ASYNC");
    aside.setQueueSize(QUEUE);
    aside.setNeverBlock(true);
    aside.addAppender(lines);
    aside.start();
    return aside;
  }
}
