package dev.holdfast.access;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** For tools and tests: what clients of a stack prove themselves by; each value is that of an {@code Authorization} header. */
public final class ClientTokens {
    /** A token to use for everything, where the stack is not a local one. */
    public static final String TOKEN = "HOLDFAST_TOKEN";

    /** Names the key of a local stack, see {@link #signedBy}. */
    public static final String KEY_FILE = "HOLDFAST_TOKEN_KEY";
    /** Of a local stack, which is its own identity provider. */
    public static final String ISSUER = "holdfast-local";

    public static final String AUDIENCE = "holdfast";
    private static final Duration LIFETIME = Duration.ofHours(24);

    private record Identity(String role, String subject) {}

    private interface Source {
        Optional<String> authorization(Identity identity);
    }

    private final Source source;
    private final Map<Identity, Optional<String>> made = new ConcurrentHashMap<>();

    private ClientTokens(Source source) {
        this.source = source;
    }

    /** Of a stack that asks for no tokens. */
    public static ClientTokens none() {
        return new ClientTokens(identity -> Optional.empty());
    }

    /** The same token for everybody, which must be an operator's for all that the tools do. */
    public static ClientTokens fixed(String token) {
        return new ClientTokens(identity -> Optional.of("Bearer " + token));
    }

    /** Of a local stack, by the key that it trusts. */
    public static ClientTokens signedBy(Path keyFile) {
        return new ClientTokens(
                identity -> Optional.of("Bearer " + sign(keyFile, identity.role, identity.subject, LIFETIME)));
    }

    /** As the variables say that {@code ./holdfast env} prints. */
    public static ClientTokens of(Map<String, String> environment) {
        String keyFile = environment.getOrDefault(KEY_FILE, "");
        String token = environment.getOrDefault(TOKEN, "");
        return !keyFile.isEmpty() ? signedBy(Path.of(keyFile)) : !token.isEmpty() ? fixed(token) : none();
    }

    /** A token of a local stack. */
    public static String sign(Path keyFile, String role, String subject, Duration lifetime) {
        TokenIssuer issuer = new TokenIssuer(ISSUER, AUDIENCE, "at+jwt", keyFile);
        return issuer.sign(
                subject, Map.of("roles", List.of(role), "client_id", "holdfast-cli"), Instant.now(), lifetime);
    }

    public Optional<String> customer(UUID userId) {
        return of(Roles.CUSTOMER, userId.toString());
    }

    public Optional<String> backend() {
        return of(Roles.BACKEND, "local-backend");
    }

    public Optional<String> operator() {
        return of(Roles.OPERATOR, "local-operator");
    }

    private Optional<String> of(String role, String subject) {
        return made.computeIfAbsent(new Identity(role, subject), source::authorization);
    }
}
