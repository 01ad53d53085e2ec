package dev.holdfast.localstack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Signs certificates of this machine, for tests. The JDK's keytool makes them, as the JDK has no API that does. */
public final class CertificateAuthority {
    /** The store lives as long as the test and its directory. */
    private static final String PASSWORD = "changeit";

    private static final String AUTHORITY = "authority";
    private static final String THIS_MACHINE = "dns:localhost,ip:127.0.0.1,ip:::1";
    private static final Duration VALIDITY = Duration.ofDays(30);

    private final Path directory;
    private final Path store;

    /** PEM files; both are replaced by the next certificate for the same place. */
    public record Pair(Path certificate, Path key) {
        static Pair in(Path place, String name) {
            return new Pair(place.resolve(name + ".crt"), place.resolve(name + ".key"));
        }
    }

    /** @param directory of its own */
    public CertificateAuthority(Path directory) {
        this.directory = directory;
        this.store = directory.resolve("authority.p12");
        keytool(AUTHORITY, VALIDITY, "-dname", name(), "-ext", "bc:c", "-ext", "ku:c=keyCertSign");
        write(certificate(), LocalKeys.pem("CERTIFICATE", encodedCertificate(AUTHORITY)));
    }

    /** What whoever trusts this authority has to have. */
    public Path certificate() {
        return directory.resolve("ca.crt");
    }

    /** As the certificates that it has signed name it. */
    public String name() {
        return "CN=Authority of " + directory.getFileName();
    }

    /** A new certificate for localhost, 127.0.0.1 and ::1. */
    public Pair issue(String name) {
        return issue(name, directory);
    }

    /** The same, in another directory. */
    public Pair issue(String name, Path place) {
        return issue(name, place, THIS_MACHINE);
    }

    /** A new certificate for that host alone, with which nobody on this machine may be taken for its callee. */
    public Pair issueFor(String host, String name, Path place) {
        return issue(name, place, "dns:" + host);
    }

    /** A new certificate for this machine that expires soon. */
    public Pair issueFor(Duration validity, String name, Path place) {
        return issue(name, place, THIS_MACHINE, validity);
    }

    private Pair issue(String name, Path place, String hosts) {
        return issue(name, place, hosts, VALIDITY);
    }

    private Pair issue(String name, Path place, String hosts, Duration validity) {
        Pair pair = Pair.in(place, name);
        String alias = name + '-' + System.nanoTime();
        keytool(
                alias,
                validity,
                "-dname",
                "CN=" + name,
                "-signer",
                AUTHORITY,
                "-ext",
                "san=" + hosts,
                "-ext",
                "eku=serverAuth");
        String key = LocalKeys.pem("PRIVATE KEY", encodedKey(alias));
        String certificate = LocalKeys.pem("CERTIFICATE", encodedCertificate(alias));
        write(pair.key(), key);
        write(pair.certificate(), certificate);
        return pair;
    }

    private void keytool(String alias, Duration validity, String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                Long.toString(validity.toDays()),
                "-alias",
                alias));
        command.addAll(List.of(options));
        Tools.Result result = Tools.run(command);
        if (!result.succeeded()) {
            throw new StackException("keytool could not make a certificate: " + result.output());
        }
    }

    private byte[] encodedKey(String alias) {
        try {
            return open().getKey(alias, PASSWORD.toCharArray()).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] encodedCertificate(String alias) {
        try {
            return open().getCertificate(alias).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore open() throws GeneralSecurityException {
        try (InputStream content = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(content, PASSWORD.toCharArray());
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** At once, so that whoever reads it gets a whole file. */
    private static void write(Path file, String content) {
        try {
            Path whole = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), content);
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
