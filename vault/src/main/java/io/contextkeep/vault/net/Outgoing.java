package io.contextkeep.vault.net;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Posts to addresses given over the API: agents' callbacks, recipients' notices. The vault must not
 * become a way into networks that the giver cannot reach (SSRF). So the URL must be https, its name
 * is resolved once, every address must be public, and the connection goes to one of those.
 * Redirects are not followed, and of the answer, which must be short, only the status is used.
 *
 * <p>Hosts listed in {@code outgoing.internal.hosts} may be anywhere, and use plain http on this
 * machine.
 */
public final class Outgoing implements AutoCloseable {
  private static final int MAX_LENGTH = 2_000;

  /** The most bytes of status lines and headers. */
  private static final int MAX_HEAD = 1 << 14;

  private static final int MAX_BODY = 1 << 16;

  private static final int MAX_INTERIM = 5;

  /**
   * Unambiguous names and dotted numbers: some resolvers read 2130706433, 0x7f.1 and 127.1 as
   * loopback.
   */
  private static final Pattern HOST =
      Pattern.compile("(?:[a-z0-9_-]{1,63}\\.){0,40}(?:[a-z0-9-]{0,62}[a-z][a-z0-9-]{0,62})");

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");
  private static final Pattern HEXADECIMAL = Pattern.compile("(?:.*\\.)?0x[0-9a-f]*");
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");

  private static final Pattern LENGTH =
      Pattern.compile("content-length:[ \\t]*([0-9]{1,18})[ \\t]*", Pattern.CASE_INSENSITIVE);

  /** Resolves a name to its addresses. */
  interface Resolver {
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  private final Set<String> internal;
  private final Resolver resolver;
  private final Supplier<SSLSocketFactory> tls;
  private final ExecutorService threads;

  /**
   * Returns a sender to addresses from the API.
   *
   * @param internal hosts that need not be public, as written in URLs
   * @param threads one for each exchange; closed with this
   */
  public Outgoing(Set<String> internal, ExecutorService threads) {
    this(
        internal,
        host -> List.of(InetAddress.getAllByName(host)),
        () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
        threads);
  }

  /**
   * @param tls the makers of TLS connections; loading the trusted certificates takes a while, so
   *     the first connection asks for it
   */
  Outgoing(
      Set<String> internal,
      Resolver resolver,
      Supplier<SSLSocketFactory> tls,
      ExecutorService threads) {
    this.internal = Set.copyOf(internal);
    this.resolver = resolver;
    this.tls = tls;
    this.threads = threads;
  }

  /**
   * Returns whether the URL is acceptable, without resolving its name: the giver must not learn
   * which names resolve here.
   */
  public boolean accepts(String text) {
    try {
      URI url = new URI(text);
      return text.length() <= MAX_LENGTH && isAcceptable(url);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private boolean isAcceptable(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    String host = host(url);
    boolean plain =
        url.getUserInfo() == null && url.getRawFragment() == null && port(url) <= 0xffff;
    if (internal.contains(host)) {
      return plain && (scheme.equals("https") || scheme.equals("http") && isThisMachine(host));
    }
    return plain && scheme.equals("https") && mayBePublic(host);
  }

  private static boolean isThisMachine(String host) {
    return Set.of("localhost", "127.0.0.1", "[::1]").contains(host);
  }

  private static boolean mayBePublic(String host) {
    if (host.startsWith("[") || IPV4.matcher(host).matches()) {
      return isPublicLiteral(host);
    }
    return HOST.matcher(host).matches()
        && !HEXADECIMAL.matcher(host).matches()
        && !host.equals("localhost")
        && !host.endsWith(".localhost");
  }

  private static boolean isPublicLiteral(String host) {
    try {
      return host.indexOf('%') < 0 && PublicAddress.is(InetAddress.ofLiteral(bare(host)));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Returns the host in lower case without the root's dot; empty if there is none. */
  private static String host(URI url) {
    String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static int port(URI url) {
    boolean secure = "https".equalsIgnoreCase(url.getScheme());
    return url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
  }

  /**
   * Posts and returns the status of the answer.
   *
   * @param timeout the longest time for everything, including the resolution of the name
   * @throws IOException if the address is refused, or there was no answer in time; an {@link
   *     InterruptedIOException} if the thread was interrupted, which it still is then
   */
  public int post(URI url, String type, byte[] body, Duration timeout) throws IOException {
    if (!isAcceptable(url)) {
      throw new IOException("The address is refused");
    }
    Future<Integer> exchange = threads.submit(() -> exchange(url, type, body, timeout));
    try {
      return exchange.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("There was no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while posting");
    } finally {
      // Interrupting a virtual thread closes the socket that it waits for.
      exchange.cancel(true);
    }
  }

  private int exchange(URI url, String type, byte[] body, Duration timeout) throws IOException {
    int millis = Math.toIntExact(timeout.toMillis());
    try (Socket plain = new Socket()) {
      plain.setSoTimeout(millis);
      plain.connect(new InetSocketAddress(address(url), port(url)), millis);
      Socket socket = "https".equalsIgnoreCase(url.getScheme()) ? secured(plain, url) : plain;
      OutputStream out = socket.getOutputStream();
      out.write(request(url, type, body));
      out.flush();
      return status(new BufferedInputStream(socket.getInputStream()));
    }
  }

  /** Returns the address to connect to, which is the one that was checked. */
  private InetAddress address(URI url) throws IOException {
    String host = host(url);
    List<InetAddress> found = resolver.resolve(bare(host));
    if (found.isEmpty()
        || !internal.contains(host) && !found.stream().allMatch(PublicAddress::is)) {
      throw new IOException("The name resolves to an address that is not public");
    }
    return found.getFirst();
  }

  private Socket secured(Socket plain, URI url) throws IOException {
    SSLSocket socket = (SSLSocket) tls.get().createSocket(plain, bare(host(url)), port(url), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static byte[] request(URI url, String type, byte[] body) throws IOException {
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    String authority = host(url) + (url.getPort() < 0 ? "" : ":" + url.getPort());
    String head =
        "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n"
                .formatted(URI.create(path + query).toASCIIString(), authority, type, body.length)
            + "Accept: application/json\r\nUser-Agent: contextkeep\r\nConnection: close\r\n\r\n";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(head.getBytes(StandardCharsets.US_ASCII));
    bytes.write(body);
    return bytes.toByteArray();
  }

  /** Returns the status of the final answer, after interim ones. */
  private static int status(InputStream in) throws IOException {
    int left = MAX_HEAD;
    for (int answer = 0; answer <= MAX_INTERIM; answer++) {
      String line = line(in, left);
      Matcher parts = STATUS.matcher(line);
      if (!parts.matches()) {
        throw new IOException("The answer is not HTTP/1.1");
      }
      long body = MAX_BODY + 1L;
      do {
        left -= line.length() + 2;
        line = line(in, left);
        Matcher length = LENGTH.matcher(line);
        body = length.matches() ? Long.parseLong(length.group(1)) : body;
      } while (!line.isEmpty());
      int status = Integer.parseInt(parts.group(1));
      if (status >= 200) {
        readToItsEnd(in, status == 204 || status == 304 ? 0 : body);
        return status;
      }
    }
    throw new IOException("The answer has too many interim responses");
  }

  /** Reads the body and discards it; an endless one is an error. */
  private static void readToItsEnd(InputStream in, long length) throws IOException {
    long most = Math.min(length, MAX_BODY + 1L);
    if (in.readNBytes(Math.toIntExact(most)).length > MAX_BODY) {
      throw new IOException("The answer is too long");
    }
  }

  private static String line(InputStream in, int most) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() >= most) {
        throw new IOException("The head of the answer is incomplete");
      }
      line.append((char) c);
    }
    boolean carriage = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
    return line.substring(0, line.length() - (carriage ? 1 : 0));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
