"""The network attacks on a running vault: each is sent over raw sockets, and one line says how it was answered.

Usage: attacks.py host port request-seconds limit app-token operator-token operator-token. So many seconds the vault gives a request;
so many refused questions and bad tokens it answers before it limits them; the app is registered nowhere, so it is refused whatever
it asks."""
import json
import re
import socket
import sys
import time

HOST, PORT = sys.argv[1], int(sys.argv[2])
LIVE = b"GET /health/live HTTP/1.1\r\nHost: vault\r\n\r\n"
POST = b"POST /witness/add-checkpoint HTTP/1.1\r\nHost: vault\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
failed = 0


def connect():
    return socket.create_connection((HOST, PORT), timeout=60)


def everything(sock):
    answer = b""
    try:
        while part := sock.recv(65536):
            answer += part
    except ConnectionResetError:
        pass
    return answer


def statuses(answer):
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]


def converse(request):
    with connect() as sock:
        sock.sendall(request)
        return statuses(everything(sock))


def expect(attack, holds, seen):
    global failed
    failed += not holds
    print(f"attacks: {'ok    ' if holds else 'FAILED'} {attack}: {seen}", flush=True)


def paths():
    spellings = ["/audit/tile/entries%2f000", "/audit/tile/entries%2F000", "/audit/tile/entries%5c000",
                 "/audit/tile/entries%252f000", "/audit/tile/%2e%2e/tile/entries/000", "/audit/tile//entries/000",
                 "/audit/tile/./entries/000", "/audit/tile/x/../entries/000", "/audit/tile;a=b/entries/000",
                 "/audit/tile/entries%00/000", "/%61udit/tile/entries/000", "/audit/tile/%65ntries/000",
                 "/audit/tile/entries/000", "/audit/pruned%2f000"]
    for path in spellings:
        seen = converse(f"GET {path} HTTP/1.1\r\nHost: vault\r\nConnection: close\r\n\r\n".encode())
        expect(f"1 the log's entries as {path}", len(seen) == 1 and seen[0] in (400, 401, 404), seen)


def bodies():
    head = (b"POST /v1/context HTTP/1.1\r\nHost: vault\r\nContent-Type: application/json\r\n"
            b"Content-Length: 8388607\r\n\r\n")
    sockets = [connect() for _ in range(120)]
    try:
        for sock in sockets:
            sock.sendall(head)
        seen = {statuses(everything(sock))[0] for sock in sockets}
    finally:
        for sock in sockets:
            sock.close()
    expect("7 120 bodies without a token", seen == {401}, seen)
    seen = converse(head.replace(b"8388607", b"99999999999"))
    expect("7 a body that says that it is too large", seen == [413], seen)
    seen = converse(head.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
    expect("7 a body that waits for its sign", seen == [401], seen)


def framing():
    attacks = {
        "a chunk size of 2^32": CHUNKED + b"100000000\r\n" + LIVE,
        "a chunk larger than its size": CHUNKED + b"1\r\nxx\r\n0\r\n\r\n",
        "a chunk size with a sign": CHUNKED + b"+1\r\nx\r\n0\r\n\r\n",
        "huge chunk extensions": CHUNKED + b"1;" + b"a" * 9000 + b"\r\nx\r\n0\r\n\r\n",
        "too many trailers": CHUNKED + b"0\r\n" + b"a: b\r\n" * 2000 + b"\r\n",
        "a length and a coding": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "the coding xchunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "the coding identity": POST + b"Transfer-Encoding: identity\r\n\r\n",
        "the coding gzip": POST + b"Transfer-Encoding: gzip\r\n\r\n",
        "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "a length with a sign": POST + b"Content-Length: +5\r\n\r\nhello",
        "two hosts": b"GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "no host": b"GET /health/live HTTP/1.1\r\n\r\n",
        "a folded header": b"GET /health/live HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
        "lines without CR": b"GET /health/live HTTP/1.1\nHost: a\n\n",
        "a bare CR": b"GET /health/live HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "a space before the colon": b"GET /health/live HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n",
        "HTTP/2 at once": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    }
    for name, request in attacks.items():
        seen = converse(request + LIVE + LIVE)
        expect(f"12 {name}", seen == [400], seen)
    upgrade = LIVE[:-2] + b"Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
    seen = converse(upgrade)
    expect("12 an upgrade to HTTP/2", seen == [200], seen)


def connections(seconds):
    with connect() as sock:
        begun = time.monotonic()
        sock.sendall(b"GET /health/live HTTP/1.1\r\nHost: vault\r\nX: ")
        sock.settimeout(0.5)
        answer = b""
        while not answer and time.monotonic() - begun < seconds + 30:
            try:
                answer = sock.recv(65536)
            except TimeoutError:
                sock.sendall(b"a")
    expect("13 a request that drips in", statuses(answer) == [408], statuses(answer))
    idle = []
    try:
        for _ in range(1300):
            idle.append(connect())
        seen = converse(LIVE[:-2] + b"Connection: close\r\n\r\n")
        expect("13 one more beside 1300 idle connections", seen == [200], seen)
    finally:
        for sock in idle:
            sock.close()


def header(answer, name):
    found = re.search(rb"(?im)^" + name + rb": *([^\r]+)", answer)
    return found[1].decode() if found else None


def says_when(answer):
    """Whether a refusal names its limit and when to come back."""
    return ((header(answer, b"Retry-After") or "").isdigit()
            and re.fullmatch(r'"[a-z-]+";r=0;t=\d+', header(answer, b"RateLimit") or "")
            and re.fullmatch(r'"[a-z-]+";q=\d+(;w=\d+)?', header(answer, b"RateLimit-Policy") or ""))


def ask(path, token):
    with connect() as sock:
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: vault\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n".encode())
        return everything(sock)


def registered(path, body, operators):
    """Registers something as two operators do."""
    def send(method, path, token, body):
        head = (f"{method} {path} HTTP/1.1\r\nHost: vault\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n")
        with connect() as sock:
            sock.sendall((head + body).encode())
            return everything(sock)
    proposed = json.loads(send("PUT", path, operators[0], json.dumps(body)).split(b"\r\n\r\n", 1)[1])
    return statuses(send("POST", f"/v1/changes/{proposed['id']}/approve", operators[1], "")) == [200]


def until_limited(attack, path, token, before, code):
    """Asks until the limit answers, which must not take more than twice what it lets through, nor a minute."""
    begun = time.monotonic()
    seen = []
    answer = b""
    while 429 not in seen and len(seen) < 2 * LIMIT and time.monotonic() - begun < 60:
        answer = ask(path, token)
        seen += statuses(answer)
    holds = seen[-1] == 429 and set(seen[:-1]) <= {before} and says_when(answer) and code in answer
    expect(f"8 {attack}", bool(holds), (seen[-1], f"after {len(seen) - 1} of {before}", header(answer, b"RateLimit")))


def limits(token, operators):
    country = {"kind": "value", "facet": "profile", "category": "pd:Country", "sensitivity": "low",
               "schema": {"type": "string", "maxLength": 100}, "retentionDays": 30}
    if not registered("/v1/attributes/country", country, operators):
        sys.exit("attacks: the attribute to ask for was not registered")
    question = "/v1/customers/customer_number:nobody-at-all/context?purpose=dpv:ServicePersonalisation&attributes=country"
    until_limited("questions that are refused", question, token, 403, b"too_many_refusals")
    until_limited("tokens that do not count", "/v1/me", "bad", 401, b"too_many_bad_tokens")
    seen = statuses(ask("/v1/attributes", token))
    expect("8 a good token beside many bad ones", seen == [200], seen)


def places(seconds):
    """Bodies that never come hold the places of those without a token, and of nobody else; each as long as a request may last."""
    head = POST + b"Content-Type: text/plain\r\nContent-Length: 100\r\n\r\n"
    open_request = b"GET /v1/erasures/" + b"0" * 64 + b" HTTP/1.1\r\nHost: vault\r\nConnection: close\r\n\r\n"
    sockets = []
    answer = b""
    try:
        for _ in range(20):
            for _ in range(50):
                sockets.append(connect())
                sockets[-1].sendall(head)
            with connect() as sock:
                sock.sendall(open_request)
                answer = everything(sock)
            if 503 in statuses(answer):
                break
    finally:
        for sock in sockets:
            sock.close()
    later = header(answer, b"Retry-After")
    expect("8 all places for those without a token", statuses(answer) == [503] and (later or "").isdigit(),
           (statuses(answer), f"Retry-After {later}"))
    latest = time.monotonic() + seconds + 30
    while 503 in (seen := converse(open_request)) and time.monotonic() < latest:
        time.sleep(0.2)
    expect("8 a place after them", seen == [404], seen)


LIMIT = int(sys.argv[4])
paths()
bodies()
framing()
connections(int(sys.argv[3]))
places(int(sys.argv[3]))
limits(sys.argv[5], sys.argv[6:8])
seen = converse(LIVE[:-2] + b"Connection: close\r\n\r\n")
expect("the vault after all of them", seen == [200], seen)
sys.exit(1 if failed else 0)
