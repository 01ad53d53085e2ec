package dev.holdfast.gateway;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.localstack.LocalKeys;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The same, where the gateway asks for tokens; {@link #KEY} tells where the key is that it trusts. It asks for further keys
 * whenever it does not know one, and finds none until there is one in {@link #publish}.
 */
public class SecuredServices extends FakeServices {
    static final String KEY = "test.token-key";

    private static final AtomicInteger asked = new AtomicInteger();
    private static volatile Future<Buffer> further = Future.failedFuture("There is none");

    /** Whoever asks waits for it. */
    static void publish(Future<Buffer> key) {
        further = key;
    }

    /** How often somebody did. */
    static int asked() {
        return asked.get();
    }

    @Override
    public Map<String, String> start() {
        Map<String, String> properties = super.start();
        try {
            Path keys = Files.createTempDirectory("keys");
            new LocalKeys(keys).makeUpForContainers();
            properties.put("HOLDFAST_AUTH", "jwt");
            properties.put("AUTH_ISSUER", ClientTokens.ISSUER);
            properties.put("AUTH_AUDIENCE", ClientTokens.AUDIENCE);
            properties.put(
                    "AUTH_KEYS", keys.resolve("public").resolve("users.pem") + ",http://localhost:" + provider());
            properties.put("holdfast.access.keys-unknown-pause", "0S");
            properties.put("holdfast.gateway.limits.requests-at-once-per-subject", "4");
            properties.put(KEY, keys.resolve("users.pem").toString());
            properties.put("holdfast.gateway.limits.requests-per-subject", "20");
            properties.put("holdfast.gateway.limits.unauthorized-per-address", "5");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    private int provider() {
        return vertx.createHttpServer()
                .requestHandler(request -> {
                    asked.incrementAndGet();
                    further.onSuccess(request.response()::end)
                            .onFailure(none ->
                                    request.response().setStatusCode(404).end());
                })
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }
}
