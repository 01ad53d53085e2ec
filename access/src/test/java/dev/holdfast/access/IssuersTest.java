package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration as it is shipped, with too little or the wrong thing in the environment. */
class IssuersTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void saysWhichSettingIsMissing() {
        refuses(Map.of(), "AUTH_ISSUER is not set");
        refuses(Map.of("AUTH_ISSUER", "https://id.example"), "AUTH_KEYS is not set");
        refuses(
                Map.of(
                        "AUTH_ISSUER",
                        "https://id.example",
                        "AUTH_KEYS",
                        "keys.pem",
                        "holdfast.access.services.order-service.audience",
                        "payment-service"),
                "SERVICE_KEYS is not set");
    }

    @Test
    void takesNoAlgorithmByWhichWhoeverReadsThePublicKeyCouldSign() {
        for (String algorithm : new String[] {"none", "HS256"}) {
            refuses(
                    Map.of(
                            "AUTH_ISSUER",
                            "https://id.example",
                            "AUTH_KEYS",
                            "keys.pem",
                            "AUTH_ALGORITHMS",
                            "ES256," + algorithm),
                    "AUTH_ALGORITHMS must not name [" + algorithm + "]");
        }
    }

    @Test
    void takesKeysOverAPlainConnectionFromThisMachineAlone() {
        for (String address : new String[] {
            "http://id.example/jwks",
            "http://localhost.evil.example/jwks",
            "http://127.0.0.1@evil.example/jwks",
            "http:///jwks"
        }) {
            refuses(
                    Map.of("AUTH_ISSUER", "https://id.example", "AUTH_KEYS", "https://id.example/jwks," + address),
                    "AUTH_KEYS must not name " + address);
        }
        refuses(
                Map.of(
                        "AUTH_ISSUER",
                        "https://id.example",
                        "AUTH_KEYS",
                        "http://localhost:1/jwks,http://127.0.0.1:1/jwks,http://[::1]:1/jwks",
                        "holdfast.access.services.order-service.audience",
                        "payment-service",
                        "holdfast.access.services.order-service.keys",
                        "http://order-service/jwks"),
                "SERVICE_KEYS must not name http://order-service/jwks");
    }

    @Test
    void saysWhereThereAreNoKeys(@TempDir Path directory) throws Exception {
        Path empty = Files.writeString(directory.resolve("keys.pem"), "no keys");
        Path set = Files.writeString(directory.resolve("keys.json"), "{\"keys\":[]}");
        for (Path file : new Path[] {empty, directory.resolve("missing.pem"), set}) {
            refuses(
                    Map.of("AUTH_ISSUER", "https://id.example", "AUTH_KEYS", file.toString()),
                    "There are no keys to verify tokens by at " + file);
        }
    }

    private void refuses(Map<String, String> environment, String message) {
        assertThatThrownBy(() -> new Issuers(config(environment), vertx, new SimpleMeterRegistry()).start(null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message);
    }

    static AccessConfig config(Map<String, String> environment) throws IOException {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withSources(
                        new PropertiesConfigSource(new HashMap<>(environment), "environment", 300),
                        new PropertiesConfigSource(
                                AccessConfig.class.getResource("/META-INF/microprofile-config.properties")))
                .withMapping(AccessConfig.class)
                .build()
                .getConfigMapping(AccessConfig.class);
    }
}
