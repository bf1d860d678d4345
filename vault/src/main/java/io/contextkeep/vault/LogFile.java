package io.contextkeep.vault;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** A file for the program's log, for commands that keep standard error for people. */
final class LogFile {
  private LogFile() {}

  /** Redirects the log from standard error to the file. */
  static void redirect(Path file) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      FileAppender<ILoggingEvent> appender = new FileAppender<>();
      appender.setContext(context);
      appender.setFile(file.toString());
      appender.setEncoder(ProgramLog.encoder(context));
      appender.start();
      Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
      root.detachAndStopAllAppenders();
      root.addAppender(appender);
    }
  }
}
