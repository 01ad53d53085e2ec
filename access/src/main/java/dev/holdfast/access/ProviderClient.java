package dev.holdfast.access;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SSLOptions;
import java.nio.file.Path;
import java.util.Optional;

/** Asks identity providers for their keys; the certificate of each has to be of its name, and of a trusted authority. */
final class ProviderClient {
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    private static final int HEADERS_MAX = 16 * 1024;

    private final Vertx vertx;
    private final Optional<Path> authorities;
    private final HttpClient client;

    /** @param authorities a PEM file, read again for each request; without it the JDK's are trusted */
    ProviderClient(Vertx vertx, Optional<Path> authorities) {
        this.vertx = vertx;
        this.authorities = authorities;
        this.client = vertx.createHttpClient(new HttpClientOptions()
                // Asked so seldom that the provider may just be closing a connection that was kept.
                .setKeepAlive(false)
                .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
                .setMaxHeaderSize(HEADERS_MAX));
    }

    Future<HttpClientRequest> request(RequestOptions request) {
        return trustAuthoritiesOfNow().compose(trusted -> client.request(request));
    }

    /** Changes nothing while the file is the same. */
    private Future<?> trustAuthoritiesOfNow() {
        return authorities.isEmpty()
                ? Future.succeededFuture()
                : vertx.fileSystem()
                        .readFile(authorities.get().toString())
                        .compose(pem -> client.updateSSLOptions(
                                new SSLOptions().setTrustOptions(new PemTrustOptions().addCertValue(pem))));
    }
}
