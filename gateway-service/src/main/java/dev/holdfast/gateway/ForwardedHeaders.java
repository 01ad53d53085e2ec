package dev.holdfast.gateway;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which headers cross the gateway: all but those that belong to one connection (RFC 9110, section 7.6.1). */
final class ForwardedHeaders {
    private static final Set<String> OF_ONE_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** Set anew for the upstream (by the HTTP client, by OpenTelemetry where it records, or below), whatever the client said. */
    private static final Set<String> OF_THE_REQUEST_SENT = Set.of(
            "host",
            "content-length",
            "expect",
            "traceparent",
            "tracestate",
            "baggage",
            "forwarded",
            "x-real-ip",
            "http2-settings");

    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    private static final CharSequence FORWARDED = HttpHeaders.createOptimized("Forwarded");
    static final CharSequence X_FORWARDED_FOR = HttpHeaders.createOptimized("X-Forwarded-For");
    private static final CharSequence X_FORWARDED_HOST = HttpHeaders.createOptimized("X-Forwarded-Host");
    private static final CharSequence X_FORWARDED_PROTO = HttpHeaders.createOptimized("X-Forwarded-Proto");
    private static final CharSequence VIA = HttpHeaders.createOptimized("Via");
    private static final CharSequence VIA_THIS = HttpHeaders.createOptimized("1.1 holdfast");
    private static final CharSequence VIA_THIS_BY_2 = HttpHeaders.createOptimized("2.0 holdfast");

    private ForwardedHeaders() {}

    static void copyRequest(HttpServerRequest from, MultiMap to) {
        copyRequest(from.headers(), to);
        SocketAddress client = from.remoteAddress();
        addOrigin(client == null ? null : client.hostAddress(), host(from), from.scheme(), to);
        addVia(from.version(), to);
        if (ConnectionWatch.of(from).trustedProxy) {
            keepForwardedFor(from.headers(), to);
        }
        String trace = RequestTrace.parent(from);
        if (trace != null) {
            to.set(TRACEPARENT, trace);
        }
    }

    static void copyRequest(MultiMap from, MultiMap to) {
        for (Map.Entry<String, String> header : from) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!OF_ONE_CONNECTION.contains(name)
                    && !OF_THE_REQUEST_SENT.contains(name)
                    && !name.startsWith("x-forwarded-")) {
                to.add(header.getKey(), header.getValue());
            }
        }
        joinCookies(to);
        removeNominated(from, to);
    }

    /** RFC 9113, section 8.2.3: HTTP/2 may send them one by one, HTTP/1 may not. */
    private static void joinCookies(MultiMap headers) {
        List<String> cookies = headers.getAll(HttpHeaders.COOKIE);
        if (cookies.size() > 1) {
            headers.set(HttpHeaders.COOKIE, String.join("; ", cookies));
        }
    }

    /** What a trusted proxy says of whom it was called by, with the proxy itself behind it. */
    static void keepForwardedFor(MultiMap from, MultiMap to) {
        List<String> hops = new ArrayList<>(from.getAll(X_FORWARDED_FOR));
        hops.addAll(to.getAll(X_FORWARDED_FOR));
        to.set(X_FORWARDED_FOR, String.join(", ", hops));
    }

    static void copyResponse(MultiMap from, MultiMap to) {
        for (Map.Entry<String, String> header : from) {
            if (!OF_ONE_CONNECTION.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                to.add(header.getKey(), header.getValue());
            }
        }
        removeNominated(from, to);
    }

    /** {@code Connection: close, X-Secret} says that X-Secret, too, is meant for this connection only. */
    private static void removeNominated(MultiMap from, MultiMap to) {
        for (String value : from.getAll(HttpHeaders.CONNECTION)) {
            if (!value.equalsIgnoreCase("keep-alive") && !value.equalsIgnoreCase("close")) {
                for (String name : value.split(",", -1)) {
                    to.remove(name.strip());
                }
            }
        }
    }

    /**
     * Who asked, and for what.
     *
     * @param address the client's, null where it is gone already
     * @param host as the client sent it; null where it sent none
     */
    static void addOrigin(@Nullable String address, @Nullable String host, String scheme, MultiMap to) {
        StringBuilder forwarded = new StringBuilder(64).append("for=");
        if (address == null) {
            forwarded.append("unknown");
        } else {
            to.set(X_FORWARDED_FOR, address);
            // RFC 7239, section 6: an IPv6 address is bracketed and quoted.
            boolean quoted = address.indexOf(':') >= 0;
            forwarded.append(quoted ? "\"[" : "").append(address).append(quoted ? "]\"" : "");
        }
        if (host != null) {
            to.set(X_FORWARDED_HOST, host);
            forwarded
                    .append(";host=\"")
                    .append(host.replace("\\", "").replace("\"", ""))
                    .append('"');
        }
        to.set(X_FORWARDED_PROTO, scheme);
        to.set(FORWARDED, forwarded.append(";proto=").append(scheme).toString());
    }

    /** @param received how the request came here */
    static void addVia(HttpVersion received, MultiMap to) {
        to.add(VIA, received == HttpVersion.HTTP_2 ? VIA_THIS_BY_2 : VIA_THIS);
    }

    private static @Nullable String host(HttpServerRequest request) {
        HostAndPort authority = request.version() == HttpVersion.HTTP_2 ? request.authority() : null;
        return authority == null ? request.getHeader(HttpHeaders.HOST) : authority.toString();
    }
}
