package dev.holdfast.gateway;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.localstack.LocalKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The same, where the gateway asks for tokens; {@link #KEY} tells where the key is that it trusts. */
public class SecuredServices extends FakeServices {
    static final String KEY = "test.token-key";

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
                    "AUTH_KEYS", keys.resolve("public").resolve("users.pem").toString());
            properties.put(KEY, keys.resolve("users.pem").toString());
            properties.put("holdfast.gateway.limits.requests-per-subject", "20");
            properties.put("holdfast.gateway.limits.unauthorized-per-address", "5");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}
