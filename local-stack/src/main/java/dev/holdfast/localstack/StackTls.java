package dev.holdfast.localstack;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Certificates for the processes of a stack that speaks TLS only.
 *
 * @param directory where each of {@link #PROCESSES} has one
 * @param authorities a PEM file with those whom the services trust
 */
public record StackTls(Path directory, Path authorities) {
    public static final String POSTGRES = "postgres";
    public static final String RABBITMQ = "rabbitmq";
    public static final List<String> PROCESSES =
            List.of(POSTGRES, RABBITMQ, LocalStack.PAYMENTS, LocalStack.ORDERS, LocalStack.GATEWAY);

    /** All replicas of a service have the same. */
    CertificateAuthority.Pair of(String process) {
        return CertificateAuthority.Pair.in(directory, process);
    }

    /**
     * What RabbitMQ's configuration says of them.
     *
     * @param listener an address and a port, or a port
     * @param certificate as the broker sees the file
     * @param key the same
     */
    static String brokerConfiguration(String listener, String certificate, String key) {
        return """
                listeners.tcp = none
                listeners.ssl.default = %s
                ssl_options.certfile = %s
                ssl_options.keyfile = %s
                """.formatted(listener, certificate, key);
    }

    /** What a service has to know of them. */
    Map<String, String> environment(String service) {
        return Map.of(
                "TLS_CERT_FILE",
                of(service).certificate().toString(),
                "TLS_KEY_FILE",
                of(service).key().toString(),
                "TLS_CA_FILE",
                authorities.toString(),
                // Soon, as those who change them wait for it.
                "TLS_RELOAD",
                "1S",
                "HOLDFAST_ACCESS_KEYS_REFRESH",
                "1S",
                "DATABASE_SSLMODE",
                "verify-full");
    }
}
