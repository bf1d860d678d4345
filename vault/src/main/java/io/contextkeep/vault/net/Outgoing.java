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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Posts to addresses that were given over the API: agents' callbacks, recipients' notices. Whoever
 * gives one must not reach through the vault what they cannot reach themselves, so it is https, its
 * name is resolved once, every address it resolves to is public, and the connection goes to one of
 * those. Nothing is followed, and of the answer, which must not be long, only the status counts.
 *
 * <p>Hosts that the operator of the machine lists in {@code outgoing.internal.hosts} may be
 * anywhere, and plain http where they are this machine.
 */
public final class Outgoing implements AutoCloseable {
  private static final int LONGEST = 2_000;

  /** Of status lines and headers. */
  private static final int MOST_HEAD = 1 << 14;

  private static final int MOST_BODY = 1 << 16;

  private static final int MOST_INTERIM = 5;

  /**
   * Names and dotted numbers as everybody reads them: 2130706433, 0x7f.1 and 127.1 are loopback to
   * some resolvers.
   */
  private static final Pattern HOST =
      Pattern.compile("(?:[a-z0-9_-]{1,63}\\.){0,40}(?:[a-z0-9-]{0,62}[a-z][a-z0-9-]{0,62})");

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");
  private static final Pattern HEXADECIMAL = Pattern.compile("(?:.*\\.)?0x[0-9a-f]*");
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");

  private static final Pattern LENGTH =
      Pattern.compile("content-length:[ \\t]*([0-9]{1,18})[ \\t]*", Pattern.CASE_INSENSITIVE);

  /** Finds the addresses of a name. */
  interface Resolver {
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  private final Set<String> internal;
  private final Resolver resolver;
  private final SSLSocketFactory tls;
  private final ExecutorService threads;

  /**
   * Makes the guard of all that goes out to addresses from outside.
   *
   * @param internal hosts that need not be public, as they stand in URLs
   * @param threads one for each exchange; this takes it over
   */
  public Outgoing(Set<String> internal, ExecutorService threads) {
    this(
        internal,
        host -> List.of(InetAddress.getAllByName(host)),
        (SSLSocketFactory) SSLSocketFactory.getDefault(),
        threads);
  }

  Outgoing(Set<String> internal, Resolver resolver, SSLSocketFactory tls, ExecutorService threads) {
    this.internal = Set.copyOf(internal);
    this.resolver = resolver;
    this.tls = tls;
    this.threads = threads;
  }

  /**
   * Says whether anything would be sent to the URL, as far as can be said without asking for the
   * addresses of its name: who gives it must not learn what resolves here.
   */
  public boolean accepts(String text) {
    try {
      URI url = new URI(text);
      return text.length() <= LONGEST && isAcceptable(url);
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

  /** As it is compared: in lower case, without the dot of the root; empty where there is none. */
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
   * Posts, and tells the status of the answer.
   *
   * @param patience how long everything may take, from the question for the addresses on
   * @throws IOException if it may not be sent there, or there was no answer in time; an {@link
   *     InterruptedIOException} if the thread was interrupted, which it still is then
   */
  public int post(URI url, String type, byte[] body, Duration patience) throws IOException {
    if (!isAcceptable(url)) {
      throw new IOException("Nothing is sent to such an address");
    }
    Future<Integer> exchange = threads.submit(() -> exchange(url, type, body, patience));
    try {
      return exchange.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("There was no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while telling");
    } finally {
      // Interrupting a virtual thread closes the socket that it waits for.
      exchange.cancel(true);
    }
  }

  private int exchange(URI url, String type, byte[] body, Duration patience) throws IOException {
    int millis = Math.toIntExact(patience.toMillis());
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

  /** The address to connect to, which is the one that was looked at. */
  private InetAddress address(URI url) throws IOException {
    String host = host(url);
    List<InetAddress> found = resolver.resolve(bare(host));
    if (found.isEmpty()
        || !internal.contains(host) && !found.stream().allMatch(PublicAddress::is)) {
      throw new IOException("The name does not lead to public addresses alone");
    }
    return found.getFirst();
  }

  private Socket secured(Socket plain, URI url) throws IOException {
    SSLSocket socket = (SSLSocket) tls.createSocket(plain, bare(host(url)), port(url), true);
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

  /** The status of the final answer, after those that only say that one comes. */
  private static int status(InputStream in) throws IOException {
    int left = MOST_HEAD;
    for (int answer = 0; answer <= MOST_INTERIM; answer++) {
      String line = line(in, left);
      Matcher parts = STATUS.matcher(line);
      if (!parts.matches()) {
        throw new IOException("The answer is not HTTP/1.1");
      }
      long body = MOST_BODY + 1L;
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
    throw new IOException("The answer does not come to an end");
  }

  /** Nothing in it counts, but who never stops has not understood the request. */
  private static void readToItsEnd(InputStream in, long length) throws IOException {
    long most = Math.min(length, MOST_BODY + 1L);
    if (in.readNBytes(Math.toIntExact(most)).length > MOST_BODY) {
      throw new IOException("The answer is too long");
    }
  }

  private static String line(InputStream in, int most) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() >= most) {
        throw new IOException("The answer has no whole head");
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
