package dev.holdfast.gateway.limit;

import java.util.Locale;

/** Each limit that is met by what clients do, as metrics name them. */
public enum Limit {
    /** All connections are taken; the one that was idle for the longest time made room, or the new one was closed. */
    CONNECTIONS,
    CONNECTIONS_PER_ADDRESS,
    /** Too many connections have not finished TLS' handshake. */
    HANDSHAKES,
    REQUESTS_AT_ONCE,
    REQUEST_RATE,
    /** Requests of an address from which too many came without a valid token. */
    UNAUTHORIZED,
    /** The head of a request took too long. */
    SLOW_HEADERS,
    SLOW_BODY,
    /** All bodies together became too large; the one that was under way for the longest time gave its place. */
    BODY_BYTES,
    SLOW_READER,
    /** Neither side of an answer did anything. */
    SILENT_ANSWER,
    IDLE_CONNECTION;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
