package dev.holdfast.system;

import static org.awaitility.Awaitility.await;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.localstack.CertificateAuthority;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.StackTls;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A stack with TLS on all connections, by certificates of an authority that is made here, and another authority. */
final class TlsStack implements AutoCloseable {
    /** Many times as long as {@link StackTls} lets a file be unread. */
    static final Duration RELOAD_TIMEOUT = Duration.ofSeconds(20);

    final Path folder;
    final CertificateAuthority own;
    final CertificateAuthority foreign;
    final StackTls tls;
    final StackUnderTest stack;

    TlsStack() throws IOException {
        folder = Files.createTempDirectory("tls");
        own = authority("own");
        foreign = authority("foreign");
        tls = new StackTls(Files.createDirectory(folder.resolve("certificates")), folder.resolve("ca.pem"));
        trust("ca.pem", own);
        StackTls.PROCESSES.forEach(process -> own.issue(process, tls.directory()));
        stack = StackUnderTest.start(tls, System.out::println);
    }

    LocalService orders() {
        return stack.ordersReplicas().getFirst();
    }

    LocalService payments() {
        return stack.paymentsReplicas().getFirst();
    }

    LocalService gateway() {
        return stack.services().getFirst();
    }

    TlsShop shop() throws IOException, GeneralSecurityException {
        return shop(operator(stack.tokenKey()));
    }

    TlsShop shop(String authorization) throws IOException, GeneralSecurityException {
        return new TlsShop(stack.gateway(), authorization, Encryption.trusting(Files.readString(tls.authorities())));
    }

    /** By the key that is in the file now. */
    static String operator(Path key) {
        return ClientTokens.signedBy(key).operator().orElseThrow();
    }

    CertificateAuthority authority(String name) throws IOException {
        return new CertificateAuthority(Files.createDirectory(folder.resolve(name)));
    }

    /** A file that names these authorities. */
    Path trust(String name, CertificateAuthority... authorities) throws IOException {
        List<String> pems = new ArrayList<>();
        for (CertificateAuthority authority : authorities) {
            pems.add(pem(authority));
        }
        return write(folder.resolve(name), String.join("", pems));
    }

    static String pem(CertificateAuthority authority) throws IOException {
        return Files.readString(authority.certificate());
    }

    /** At once, as those who read it take what they find. */
    static Path write(Path file, String content) throws IOException {
        Path written = Files.writeString(file.resolveSibling(UUID.randomUUID().toString()), content);
        return Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static String logOf(LocalService service) throws IOException {
        return Files.readString(service.log());
    }

    /** Waits until the service logs this after what it had logged {@code before}. */
    static void awaitLogged(LocalService service, String before, String expected) {
        await().atMost(RELOAD_TIMEOUT)
                .until(() -> logOf(service).substring(before.length()).contains(expected));
    }

    /** Of the certificate that it shows now. */
    static String issuerOf(LocalService service, String trusted) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(Encryption.trusting(trusted)).build()) {
            X509Certificate shown = (X509Certificate) TlsShop.get(client, service.url())
                    .sslSession()
                    .orElseThrow()
                    .getPeerCertificates()[0];
            return shown.getIssuerX500Principal().getName();
        }
    }

    @Override
    public void close() throws IOException {
        stack.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
