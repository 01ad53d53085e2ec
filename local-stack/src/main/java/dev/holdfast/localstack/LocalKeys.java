package dev.holdfast.localstack;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.access.TokenIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The keys of a stack that asks for tokens: one in place of an identity provider's, one of order-service. Made up once. */
public final class LocalKeys {
    private static final String CURVE = "secp256r1";

    private final Path directory;

    /** @param directory where they are kept */
    public LocalKeys(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    /** What tokens of users are signed by. */
    Path users() {
        return directory.resolve("users.pem");
    }

    private Path usersPublic() {
        return directory.resolve("public").resolve("users.pem");
    }

    private Path orders() {
        return directory.resolve("order-service").resolve("key.pem");
    }

    private Path ordersPublic() {
        return directory.resolve("public").resolve("order-service.pem");
    }

    /** As order-service makes them for its calls. */
    String ordersToken() {
        return new TokenIssuer("order-service", "payment-service", "holdfast-service+jwt", orders())
                .sign("order-service", Map.of(), Instant.now(), Duration.ofMinutes(5));
    }

    boolean areThere() {
        return Files.exists(users());
    }

    void makeUp() {
        makeUp(users(), usersPublic());
        makeUp(orders(), ordersPublic());
    }

    /**
     * The same for containers, whose users are others: they may read what they are given. Returns what to tell.
     *
     * @throws StackException where they cannot be written
     */
    public String makeUpForContainers() {
        try {
            makeUp();
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            for (Path readable : List.of(orders(), ordersPublic(), usersPublic())) {
                Files.setPosixFilePermissions(readable.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rw-r--r--"));
            }
        } catch (IOException | UncheckedIOException e) {
            Throwable cause = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : e;
            throw new StackException("the keys cannot be written: " + cause + ". Is something in " + directory
                    + " owned by another user? Remove it, or name another folder: ./holdfast keys FOLDER");
        }
        return "Keys are in " + directory + ": whoever reads users.pem can make himself an operator";
    }

    /** What each service has to know of them. */
    Map<String, String> environment(String service) {
        Map<String, String> environment = new HashMap<>();
        environment.put("AUTH_ISSUER", ClientTokens.ISSUER);
        environment.put("AUTH_AUDIENCE", ClientTokens.AUDIENCE);
        environment.put("AUTH_KEYS", usersPublic().toString());
        if (service.startsWith("order-service")) {
            environment.put("SERVICE_KEY_FILE", orders().toString());
        } else if (service.startsWith("payment-service")) {
            environment.put("SERVICE_KEYS", ordersPublic().toString());
        }
        return environment;
    }

    private static void makeUp(Path pairFile, Path publicFile) {
        if (Files.exists(pairFile) && Files.exists(publicFile)) {
            return;
        }
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE));
            KeyPair pair = generator.generateKeyPair();
            String publicKey = pem("PUBLIC KEY", pair.getPublic().getEncoded());
            Secrets.write(publicFile, publicKey);
            Secrets.write(pairFile, pem("PRIVATE KEY", pair.getPrivate().getEncoded()) + publicKey);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** RFC 7468. */
    static String pem(String label, byte[] encoded) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END " + label
                + "-----\n";
    }
}
