package io.contextkeep.bench;

import java.nio.file.Path;

/** A running server of another project that keeps a record of each customer and an audit log. */
interface OtherServer extends AutoCloseable {

  String name();

  int port();

  long pid();

  /** Returns a file of requests, one for each record. */
  Path requests();

  /** Returns how many entries its audit log has. */
  long audited() throws Exception;

  @Override
  void close() throws InterruptedException;
}
