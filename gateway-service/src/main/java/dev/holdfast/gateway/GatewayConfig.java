package dev.holdfast.gateway;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the gateway routes, and how much of it. */
@ConfigMapping(prefix = "holdfast.gateway")
interface GatewayConfig {
    /** The address to listen at. */
    String host();

    /** The port to listen at. */
    int port();

    /** More than one costs CPU per request and pays off where one CPU is not enough. */
    int eventLoops();

    /** The share of requests that OpenTelemetry records; it sees none of them where that is 0. */
    @WithDefault("${quarkus.otel.traces.sampler.arg}")
    double tracesRatio();

    /** Whether the paths for operators are routed too; who is an operator, the services tell by the token. */
    @WithDefault("true")
    boolean adminEnabled();

    /** The services behind the gateway, by name; the name also tells them apart in metrics and in the API document. */
    Map<String, UpstreamConfig> upstreams();

    LimitsConfig limits();

    ApiDocumentConfig apiDocument();

    /** What is refused before any upstream hears of it, and what is ended. All of it holds for this replica alone. */
    interface LimitsConfig {
        /** Open connections of clients. Beyond it the one that is idle for the longest time is closed, or the new one where none is idle. */
        @WithDefault("4096")
        int connections();

        /** The same of one address; one more is closed at once. 0 for no limit; trusted proxies have none. */
        @WithDefault("256")
        int connectionsPerAddress();

        /** Connections that are open and have not finished TLS' handshake, which has 10 s; one more is closed at once. */
        @WithDefault("1024")
        int handshakes();

        /** Requests under way at once on one connection that speaks HTTP/2, whose client is told of it. */
        @WithDefault("64")
        long requestsPerConnection();

        /** A connection on which no request is under way is closed after this time. */
        @WithDefault("60S")
        Duration keepAlive();

        /** The time from the first byte of a request to the end of its headers, after which it is answered with 408. With HTTP/2 it is {@link #keepAlive()}. */
        @WithDefault("10S")
        Duration headersTimeout();

        /** A request on whose connection nothing moves is broken off after this time; must be longer than a response may take. */
        @WithDefault("60S")
        Duration idleTimeout();

        /** A client that takes less of its answers than this in a second, while there is more to take, is cut off. 0 for no limit. */
        @WithDefault("8K")
        MemorySize drainPerSecond();

        /** How long a client may be slower than that, or take nothing at all. */
        @WithDefault("10S")
        Duration drainWindow();

        /** A larger body is answered with 413, unless its upstream takes more. */
        @WithDefault("8K")
        MemorySize body();

        /** All bodies together that are held in memory, until their requests are answered. Beyond it the one that is arriving for the longest time is answered with 503. */
        @WithDefault("16M")
        MemorySize bodies();

        /** A longer request line is answered with 414. The services take as much, see rest-contract. */
        @WithDefault("8K")
        MemorySize requestTarget();

        /** Names and values of all headers together; more is answered with 431. The services take 4K more, for what is added here. */
        @WithDefault("16K")
        MemorySize headers();

        /** The time a client has to send its whole body, after which it is answered with 408. */
        @WithDefault("10S")
        Duration bodyTimeout();

        /**
         * Addresses and networks ({@code 192.0.2.16/28}) of proxies, and of nobody else, whose {@code X-Forwarded-For} is believed
         * and kept. Without them all clients behind a proxy count as one.
         */
        Optional<List<String>> trustedProxies();

        /** Addresses and networks that no limit per address holds for, such as the shop's own servers. */
        Optional<List<String>> unlimitedAddresses();

        /** The time that the numbers of requests below are for. */
        @WithDefault("10S")
        Duration rateWindow();

        /** Requests of one address in a window, and as many at once after a window of silence; further ones are answered with 429. 0 for no limit. */
        @WithDefault("1000")
        long requestsPerAddress();

        /** The same of one identity. */
        @WithDefault("200")
        long requestsPerSubject();

        /** Requests of one address under way at once; further ones are answered with 429. 0 for no limit. */
        @WithDefault("64")
        int requestsAtOncePerAddress();

        /** The same of one identity. */
        @WithDefault("16")
        int requestsAtOncePerSubject();

        /** Answers 401 to one address in a window; beyond it its requests are answered with 429, unseen, but for those with a token that was found valid before. 0 for no limit. */
        @WithDefault("20")
        long unauthorizedPerAddress();

        /** Clients that are remembered; one that is forgotten begins anew. */
        @WithDefault("16384")
        long clients();
    }

    /** One service. */
    interface UpstreamConfig {
        /** One {@code http(s)://host:port} for each replica, without a path. */
        List<URI> addresses();

        /** {@code /orders} routes {@code /orders} and everything below {@code /orders/}. */
        List<String> pathPrefixes();

        /** The same for operators, routed only where {@link GatewayConfig#adminEnabled()}; each begins with {@code /admin/}. */
        Optional<List<String>> adminPathPrefixes();

        /** {@code GET /orders/{order_id}}, one for each operation that it offers clients: metrics and spans name requests by these. */
        Optional<List<String>> operations();

        /** A larger body is answered with 413; the limit of all bodies where it is not given. */
        Optional<MemorySize> body();

        /** Connections to each address, and so requests that a replica works on at once for this gateway. */
        @WithDefault("128")
        int connections();

        /** Requests that may wait for one of the connections; one more is answered with 503 at once. */
        @WithDefault("512")
        int waiting();

        /** The time to open a connection. */
        @WithDefault("1S")
        Duration connectTimeout();

        /** The time that a request may wait for a connection, after which it is answered with 503. */
        @WithDefault("3S")
        Duration waitTimeout();

        /** From the request sent to the head of the response, after which the client gets a 504. */
        @WithDefault("15S")
        Duration responseTimeout();

        /** Names and values of all headers of a response together; one with more is answered with 502. */
        @WithDefault("32K")
        MemorySize responseHeaders();

        /** The longest silence within a response; must be longer than the response timeout. */
        @WithDefault("30S")
        Duration idleTimeout();

        /**
         * Unused connections are closed after this time, which is looked at each second. It must be shorter than the
         * service's own idle timeout, and where a service has replicas a second shorter than their {@code SHUTDOWN_DELAY}:
         * else a request may meet a connection in the moment in which a replica that stops closes it.
         */
        @WithDefault("4S")
        Duration keepAlive();

        /**
         * An address that could not be reached, or did not answer in time, is not asked for this long if there are
         * others.
         */
        @WithDefault("1S")
        Duration coolDown();

        /**
         * The same for an address that closes its connections because it is stopping; must be longer than it goes on
         * answering then ({@code SHUTDOWN_DELAY} and the requests under way).
         */
        @WithDefault("15S")
        Duration stopTime();
    }

    /** The merged OpenAPI document. */
    interface ApiDocumentConfig {
        /** How old the document may be that a client is given. */
        @WithDefault("30S")
        Duration maxAge();

        /** The same where a service's part is missing. */
        @WithDefault("2S")
        Duration maxAgeWhenPartial();

        /** The time that a service has to hand out its part. */
        @WithDefault("3S")
        Duration fetchTimeout();
    }
}
