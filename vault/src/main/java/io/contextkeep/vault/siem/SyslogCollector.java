package io.contextkeep.vault.siem;

import io.contextkeep.audit.AuditRow;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A collector for syslog over TCP, or over TLS with verification of its name (RFC 5425).
 *
 * <p>Syslog has no acknowledgements, and bytes written to a socket may be lost. So each batch has a
 * connection of its own. This side ends it first; the collector confirms the batch by ending its
 * side after it has read everything.
 */
final class SyslogCollector implements Collector {
  private static final int TIMEOUT_MILLIS = 10_000;

  /** The most bytes to skip, as a collector has no reason to send any. */
  private static final int MAX_ANSWER = 1 << 16;

  private final String host;
  private final int port;
  private final Optional<SSLSocketFactory> tls;
  private final String log;
  private volatile @Nullable Socket underWay;

  /**
   * @param tls makes TLS sockets; empty for plain TCP
   * @param log the log's origin
   */
  SyslogCollector(String host, int port, Optional<SSLSocketFactory> tls, String log) {
    this.host = host;
    this.port = port;
    this.tls = tls;
    this.log = log;
  }

  @Override
  public String name() {
    return "syslog";
  }

  @Override
  public void send(List<AuditRow> entries) throws IOException {
    try (Socket plain = new Socket()) {
      underWay = plain;
      plain.setSoTimeout(TIMEOUT_MILLIS);
      plain.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
      Socket socket = tls.isPresent() ? secured(plain, tls.get()) : plain;
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
      for (AuditRow row : entries) {
        out.write(SyslogMessage.framed(row, log));
      }
      out.flush();
      socket.shutdownOutput();
      awaitEnd(socket.getInputStream());
    } finally {
      underWay = null;
    }
  }

  private Socket secured(Socket plain, SSLSocketFactory factory) throws IOException {
    SSLSocket socket = (SSLSocket) factory.createSocket(plain, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setProtocols(new String[] {"TLSv1.3"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static void awaitEnd(InputStream in) throws IOException {
    int said = 0;
    while (in.read() >= 0) {
      if (++said > MAX_ANSWER) {
        throw new IOException("The collector does not end the connection");
      }
    }
  }

  @Override
  public void close() {
    Socket socket = underWay;
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        // An error is irrelevant, since the connection is discarded.
      }
    }
  }
}
