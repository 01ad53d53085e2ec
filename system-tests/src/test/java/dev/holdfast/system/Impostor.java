package dev.holdfast.system;

import dev.holdfast.localstack.CertificateAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Listens in place of a service, shows a certificate that is not for its host, and hangs up on whoever takes it. */
final class Impostor implements AutoCloseable {
    private static final int HANDSHAKE_MILLIS = 5_000;

    /** Callers that took it for the service, and those that did not. */
    final AtomicInteger taken = new AtomicInteger();

    final AtomicInteger refused = new AtomicInteger();
    private final SSLServerSocket server;

    Impostor(CertificateAuthority.Pair shown) throws IOException, GeneralSecurityException {
        server = (SSLServerSocket) Encryption.showing(shown)
                .getServerSocketFactory()
                .createServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::listen);
    }

    URI uri() {
        return URI.create("https://localhost:" + server.getLocalPort());
    }

    private void listen() {
        while (!server.isClosed()) {
            try (SSLSocket caller = (SSLSocket) server.accept()) {
                caller.setSoTimeout(HANDSHAKE_MILLIS);
                caller.startHandshake();
                taken.incrementAndGet();
            } catch (IOException e) {
                refused.incrementAndGet();
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
