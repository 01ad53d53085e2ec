package dev.holdfast.gateway;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Set;

/** What every request must satisfy, whoever is to answer it. */
final class Gatekeeper {
    private static final Set<HttpMethod> METHODS = Set.of(
            HttpMethod.GET,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.PATCH,
            HttpMethod.DELETE,
            HttpMethod.OPTIONS);
    private static final String ALLOW = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private Gatekeeper() {}

    /** @return false where the request was answered with a problem */
    static boolean admits(HttpServerRequest request) {
        if (!METHODS.contains(request.method())) {
            request.response().putHeader(HttpHeaders.ALLOW, ALLOW);
            Problems.send(request, Problem.METHOD_NOT_ALLOWED, "Allowed are " + ALLOW);
        } else if (!hasOneHost(request)) {
            Problems.send(request, Problem.MALFORMED_REQUEST, "A request has exactly one Host header");
        } else if (!isPlainlyFramed(request)) {
            request.response()
                    .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                    .endHandler(sent -> request.connection().close());
            Problems.send(request, Problem.MALFORMED_REQUEST, "The only transfer coding understood here is chunked");
        } else if (!RequestTarget.isUnambiguous(target(request))) {
            Problems.send(
                    request,
                    Problem.MALFORMED_REQUEST,
                    "Path and query must be encoded as RFC 3986 says, and the path have no dot segments, encoded slashes or control characters");
        } else {
            return true;
        }
        return false;
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

    /** RFC 9112, section 3.2: required since HTTP/1.1, and never more than one. */
    private static boolean hasOneHost(HttpServerRequest request) {
        return switch (request.version()) {
            case HTTP_1_0 -> request.headers().getAll(HttpHeaders.HOST).size() <= 1;
            case HTTP_1_1 -> request.headers().getAll(HttpHeaders.HOST).size() == 1;
            case HTTP_2 -> true;
        };
    }

    /** Whatever else a Transfer-Encoding says is where two servers might see the end of a body in different places. */
    private static boolean isPlainlyFramed(HttpServerRequest request) {
        List<String> codings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
        return codings.isEmpty() || codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked");
    }
}
