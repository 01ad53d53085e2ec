package dev.holdfast.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsSettingsTest {
    private static final String CERTIFICATE = """
            Of nobody
            -----BEGIN CERTIFICATE-----
            MIIBdTCCARugAwIBAgIUEmTtAoTILuDs4Ir4L6jr3kxeb84wCgYIKoZIzj0EAwIw
            DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjkwMDA1NDdaGA8yMTI2MTEwNTAwMDU0
            N1owDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKZn
            gFS85HcdRPp2PAHkojNlD+rL9x7OgwMX39rIzYz8eMapdzJhJqeXwGVyOf5iegbV
            73NZCRXhxTlALIPxOB6jUzBRMB0GA1UdDgQWBBTBaH05hRQrzY9J7DL85TL9bIGp
            ozAfBgNVHSMEGDAWgBTBaH05hRQrzY9J7DL85TL9bIGpozAPBgNVHRMBAf8EBTAD
            AQH/MAoGCCqGSM49BAMCA0gAMEUCIQDNhmPKpld8biP3CXrAwtjRfZnLwlnpn6Uo
            q3WCgoLPyAIgBitXuHES4jl5Y+4InTYo/dGoI7/DjSZeVE18B1gk1v8=
            -----END CERTIFICATE-----
            """;

    @TempDir
    Path directory;

    private String certificate = "";
    private String key = "";
    private String text = "";

    @BeforeEach
    void write() throws IOException {
        certificate = write("tls.crt", CERTIFICATE);
        key = write("tls.key", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n");
        text = write("text", "no certificate");
    }

    @Test
    void saysNothingOfTlsWhereNoCertificateIsGiven() {
        SmallRyeConfig config = config(Map.of("TLS_CERT_FILE", "", "TLS_KEY_FILE", " "));

        assertThat(config.getPropertyNames()).noneMatch(name -> name.startsWith("quarkus."));
        assertThat(value(config, "tls.services")).isEmpty();
        assertThat(value(config, "tls.database")).contains("sslmode=prefer");
    }

    @Test
    void listensWithTlsAloneWhereACertificateIsGiven() {
        SmallRyeConfig config = config(Map.of("TLS_CERT_FILE", certificate, "TLS_KEY_FILE", key));

        assertThat(value(config, "quarkus.tls.server.key-store.pem.0.cert")).contains(certificate);
        assertThat(value(config, "quarkus.tls.server.key-store.pem.0.key")).contains(key);
        assertThat(value(config, "tls.reload")).contains("30S");
        assertThat(value(config, "quarkus.http.tls-configuration-name")).contains("server");
        assertThat(value(config, "quarkus.http.insecure-requests")).contains("disabled");
        assertThat(value(config, "tls.services")).isEmpty();
    }

    @Test
    void trustsTheAuthoritiesThatAreGiven() {
        SmallRyeConfig config = config(Map.of("TLS_CA_FILE", certificate, "TLS_RELOAD", "1S"));

        assertThat(value(config, "quarkus.tls.services.trust-store.pem.certs")).contains(certificate);
        assertThat(value(config, "tls.reload")).contains("1S");
        assertThat(value(config, "tls.services")).contains("services");
        assertThat(value(config, "quarkus.http.tls-configuration-name")).isEmpty();
    }

    @Test
    void refusesACertificateWithoutItsKeyAndAKeyWithoutItsCertificate() {
        refuses("only one of them", Map.of("TLS_CERT_FILE", certificate));
        refuses("only one of them", Map.of("TLS_KEY_FILE", key));
    }

    @Test
    void namesTheVariableAndTheFileThatIsWrong() {
        String missing = directory.resolve("missing").toString();
        for (String variable : new String[] {"TLS_CA_FILE", "DATABASE_CA_FILE", "AMQP_CA_FILE", "AUTH_CA_FILE"}) {
            refuses(
                    "The file " + missing + ", which " + variable + " names, cannot be read",
                    Map.of(variable, missing));
            refuses("The file " + text + ", which " + variable + " names, holds no cert", Map.of(variable, text));
            refuses("The file " + key + ", which " + variable + " names, holds no certificates", Map.of(variable, key));
        }
        refuses("which TLS_CERT_FILE names, holds no", Map.of("TLS_CERT_FILE", text, "TLS_KEY_FILE", key));
        refuses(
                "which TLS_KEY_FILE names, holds no",
                Map.of("TLS_CERT_FILE", certificate, "TLS_KEY_FILE", certificate));
    }

    @Test
    void saysThatACertificateIsBroken() throws IOException {
        String broken = write("broken", CERTIFICATE.replace("MIIB", "AAAA"));
        refuses(
                "The file " + broken + ", which TLS_CA_FILE names, holds a broken certificate",
                Map.of("TLS_CA_FILE", broken));
    }

    @Test
    void verifiesTheDatabaseByItsOwnAuthoritiesOrThoseOfAllOrTheJdks() throws IOException {
        String own = write("of the database.crt", CERTIFICATE);
        Map<String, String> environment = new HashMap<>(Map.of("DATABASE_SSLMODE", "verify-full"));
        String byTheJdk = "sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory";

        assertThat(value(config(environment), "tls.database")).contains(byTheJdk);
        environment.put("TLS_CA_FILE", certificate);
        assertThat(value(config(environment), "tls.database"))
                .contains("sslmode=verify-full&sslrootcert=" + certificate.replace("/", "%2F"));
        environment.put("DATABASE_CA_FILE", own);
        assertThat(value(config(environment), "tls.database").orElseThrow())
                .endsWith("%2Fof+the+database.crt")
                .doesNotContain(" ");
        environment.put("DATABASE_CA_FILE", "");
        assertThat(value(config(environment), "tls.database")).contains(byTheJdk);
        environment.put("DATABASE_SSLMODE", "require");
        assertThat(value(config(environment), "tls.database")).contains("sslmode=require");
    }

    @Test
    void refusesAModeThatIsNone() {
        refuses(
                "DATABASE_SSLMODE=verify is none of [disable, prefer, require, verify-ca, verify-full]",
                Map.of("DATABASE_SSLMODE", "verify"));
    }

    /** As the properties of the broker and of the identity provider refer to it. */
    @Test
    void anEmptyVariableStandsForTheJdksAuthorities() {
        Map<String, String> environment = new HashMap<>(Map.of("TLS_CA_FILE", certificate));
        environment.put("some.ca-file", "${AMQP_CA_FILE:${TLS_CA_FILE:}}");

        assertThat(value(config(environment), "some.ca-file")).contains(certificate);
        environment.put("AMQP_CA_FILE", "");
        assertThat(value(config(environment), "some.ca-file")).isEmpty();
    }

    private String write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content).toString();
    }

    private static void refuses(String message, Map<String, String> environment) {
        assertThatThrownBy(() -> config(environment)).hasStackTraceContaining(message);
    }

    private static Optional<String> value(SmallRyeConfig config, String name) {
        return config.getOptionalValue(name, String.class);
    }

    private static SmallRyeConfig config(Map<String, String> environment) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(environment, "environment", 300))
                .withSources(new TlsSettings())
                .build();
    }
}
