package dev.holdfast.gateway;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The checks that every request must pass, whichever service answers it. */
final class RequestChecks {
    private static final Set<HttpMethod> METHODS = Set.of(
            HttpMethod.GET,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.PATCH,
            HttpMethod.DELETE,
            HttpMethod.OPTIONS);

    /** A name has at most 253, an address fewer; a colon and a port may follow. The services are told it twice. */
    private static final int HOST_LENGTH_MAX = 255 + 6;

    private static final String ALLOW = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private RequestChecks() {}

    /** @return false where the request was answered with a problem */
    static boolean admits(HttpServerRequest request) {
        List<String> hosts = hosts(request);
        if (!METHODS.contains(request.method())) {
            request.response().putHeader(HttpHeaders.ALLOW, ALLOW);
            Problems.send(request, Problem.METHOD_NOT_ALLOWED, "Allowed are " + ALLOW);
        } else if (hosts.size() > 1 || hosts.isEmpty() && request.version() != HttpVersion.HTTP_1_0) {
            // RFC 9112, section 3.2: required since HTTP/1.1, and never more than one.
            Problems.send(request, Problem.MALFORMED_REQUEST, "A request has exactly one Host header");
        } else if (!hosts.isEmpty() && hosts.getFirst().length() > HOST_LENGTH_MAX) {
            Problems.send(
                    request,
                    Problem.HEADERS_TOO_LARGE,
                    "The Host header may have at most " + HOST_LENGTH_MAX + " characters");
        } else if (!hosts.isEmpty() && !isHost(hosts.getFirst(), request.authority())) {
            Problems.send(
                    request,
                    Problem.MALFORMED_REQUEST,
                    "The Host header must be a name or an address, and a port of at most 65535 where there is one");
        } else if (!RequestTarget.isUnambiguous(target(request))) {
            Problems.send(
                    request,
                    Problem.MALFORMED_REQUEST,
                    "Path and query must be encoded as RFC 3986 says, and the path have no dot segments, double slashes,"
                            + " semicolons, encoded slashes or control characters");
        } else {
            return true;
        }
        return false;
    }

    /** HTTP/2 has it among its pseudo-headers; where there is a Host header too, Vert.x has seen that both are the same. */
    private static List<String> hosts(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            return request.headers().getAll(HttpHeaders.HOST);
        }
        HostAndPort authority = request.authority();
        return authority == null ? List.of() : List.of(authority.toString());
    }

    /** Path and query, also where the client sent the whole URL in the request line (RFC 9112, section 3.2.2). */
    static String target(HttpServerRequest request) {
        String uri = request.uri();
        if (uri.startsWith("http://") || uri.startsWith("https://")) {
            String path = request.path();
            String query = request.query();
            return query == null ? path : path + '?' + query;
        }
        return uri;
    }

    /** RFC 3986, section 3.2.2; Vert.x takes anything between brackets for an address. */
    private static boolean isHost(String header, @Nullable HostAndPort parsed) {
        return parsed != null && (!header.startsWith("[") || NetUtil.isValidIpV6Address(parsed.host()));
    }
}
