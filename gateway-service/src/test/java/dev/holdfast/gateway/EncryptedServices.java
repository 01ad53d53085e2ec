package dev.holdfast.gateway;

import dev.holdfast.localstack.CertificateAuthority;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The same, where the gateway speaks TLS, and three services too: one whose certificate it trusts, one of a stranger, and one
 * that shows the certificate of another host.
 */
public class EncryptedServices extends FakeServices {
    /** As a replacement of the gateway's certificate needs it. */
    private static CertificateAuthority authority;

    static CertificateAuthority authority() {
        return authority;
    }

    @Override
    public Map<String, String> start() {
        Map<String, String> properties = super.start();
        authority = new CertificateAuthority(directory());
        CertificateAuthority.Pair own = authority.issue("gateway");
        properties.put("TLS_CERT_FILE", own.certificate().toString());
        properties.put("TLS_KEY_FILE", own.key().toString());
        properties.put("TLS_CA_FILE", authority.certificate().toString());
        properties.put("TLS_RELOAD", "1S");
        encrypted(properties, "trusted", authority.issue("trusted"));
        encrypted(properties, "stranger", new CertificateAuthority(directory()).issue("stranger"));
        encrypted(properties, "elsewhere", authority.issueFor("elsewhere.example", "elsewhere", directory()));
        return properties;
    }

    private void encrypted(Map<String, String> properties, String name, CertificateAuthority.Pair certificate) {
        int port = new FakeService(vertx)
                .start(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(certificate.certificate().toString())
                                .setKeyPath(certificate.key().toString())));
        String key = "holdfast.gateway.upstreams." + name + ".";
        properties.put(key + "addresses", "https://localhost:" + port);
        properties.put(key + "path-prefixes", "/" + name);
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("authority");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
