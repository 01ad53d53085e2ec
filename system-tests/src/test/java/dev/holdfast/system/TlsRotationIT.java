package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.access.TokenIssuer;
import dev.holdfast.localstack.CertificateAuthority;
import dev.holdfast.localstack.LocalKeys;
import dev.holdfast.localstack.LocalService;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Certificates and keys are replaced while orders are placed, and no request fails. */
@ExtendWith(OnTlsStack.class)
class TlsRotationIT {
    private static final int ORDERS_MIN = 20;

    /** Where a stack's keys are, below their directory. */
    private static final String TOKEN_KEY = "users.pem";

    private static final String SERVICE_KEY = "order-service/key.pem";
    private static final List<String> PUBLIC_KEYS = List.of("public/users.pem", "public/order-service.pem");
    /** A little longer than order-service uses one token. */
    private static final Duration SERVICE_TOKEN_RENEWED = Duration.ofSeconds(32);

    private final TlsStack system;

    TlsRotationIT(TlsStack system) {
        this.system = system;
    }

    @Test
    void certificatesAreReplacedByThoseOfAnotherAuthorityWhileOrdersArePlaced() throws Exception {
        CertificateAuthority next = system.authority("next");
        UUID user = openAccount();
        String both = TlsStack.pem(system.own) + TlsStack.pem(next);
        try (Orders placed = new Orders(user, system::shop)) {
            TlsStack.write(system.tls.authorities(), both);
            placed.awaitMore();
            String changed = "The certificates in " + system.tls.authorities() + " have changed";
            for (LocalService caller : system.stack.services()) {
                await().atMost(TlsStack.RELOAD_TIMEOUT)
                        .until(() -> TlsStack.logOf(caller).contains(changed));
            }
            for (LocalService service : system.stack.services()) {
                next.issue(service.name(), system.tls.directory());
            }
            for (LocalService service : system.stack.services()) {
                await().atMost(TlsStack.RELOAD_TIMEOUT)
                        .until(() -> TlsStack.issuerOf(service, both).equals(next.name()));
            }
            placed.awaitMore();
            assertThat(placed.failures).isEmpty();
        }
    }

    @Test
    void keysOfTokensAreReplacedWhileOrdersArePlaced() throws Exception {
        Path keys = system.stack.tokenKey().getParent();
        Path next = system.folder.resolve("next-keys");
        new LocalKeys(next).makeUpForContainers();
        UUID user = openAccount();
        try (Orders placed = new Orders(user, () -> system.shop(TlsStack.operator(system.stack.tokenKey())));
                TlsShop early = system.shop(TlsStack.operator(next.resolve(TOKEN_KEY)));
                TlsShop late = system.shop(TlsStack.operator(system.stack.tokenKey()))) {
            placed.awaitMore();
            assertThat(early.list(user)).isEqualTo(401);
            for (String published : PUBLIC_KEYS) {
                String both = Files.readString(keys.resolve(published)) + Files.readString(next.resolve(published));
                TlsStack.write(keys.resolve(published), both);
            }
            await().atMost(TlsStack.RELOAD_TIMEOUT).until(() -> early.list(user) == 200 && early.account(user) == 200);
            await().atMost(TlsStack.RELOAD_TIMEOUT).until(() -> tryService(next) != 401);
            for (String key : List.of(TOKEN_KEY, SERVICE_KEY)) {
                TlsStack.write(keys.resolve(key), Files.readString(next.resolve(key)));
            }
            // Until order-service has renewed what it calls payments by.
            await().pollDelay(SERVICE_TOKEN_RENEWED)
                    .atMost(SERVICE_TOKEN_RENEWED.plus(TlsStack.RELOAD_TIMEOUT))
                    .until(() -> true);
            for (String published : PUBLIC_KEYS) {
                TlsStack.write(keys.resolve(published), Files.readString(next.resolve(published)));
            }
            await().atMost(TlsStack.RELOAD_TIMEOUT).until(() -> late.list(user) == 401 && late.account(user) == 401);
            placed.awaitMore();
            assertThat(placed.failures).isEmpty();
        }
    }

    private UUID openAccount() throws Exception {
        try (TlsShop shop = system.shop()) {
            return shop.openAccount();
        }
    }

    /** Calls payments as order-service would with these keys, and returns the status of the answer. */
    private int tryService(Path keys) throws Exception {
        TokenIssuer orders =
                new TokenIssuer("order-service", "payment-service", "holdfast-service+jwt", keys.resolve(SERVICE_KEY));
        String token = orders.sign("order-service", Map.of(), Instant.now(), Duration.ofMinutes(1));
        try (TlsShop service = new TlsShop(
                URI.create(system.payments().url()),
                "Bearer " + token,
                Encryption.trusting(Files.readString(system.tls.authorities())))) {
            return service.status("/internal/reconciliation/accounts?limit=1");
        }
    }

    /** Places orders one after another until it is closed, each second one over a connection of its own. */
    private static final class Orders implements AutoCloseable {
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final AtomicInteger placed = new AtomicInteger();
        private final Thread thread;

        Orders(UUID user, Callable<TlsShop> shops) throws Exception {
            TlsShop kept = shops.call();
            thread = Thread.ofVirtual().start(() -> {
                try (kept) {
                    while (!Thread.currentThread().isInterrupted()) {
                        place(user, kept, shops);
                    }
                } catch (InterruptedException e) {
                    // Closed.
                }
            });
        }

        private void place(UUID user, TlsShop kept, Callable<TlsShop> shops) throws InterruptedException {
            boolean anew = placed.getAndIncrement() % 2 == 0;
            try (TlsShop own = shops.call()) {
                int status = (anew ? own : kept.by(own)).tryOrder(user);
                if (status != 201) {
                    failures.add("answered " + status);
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                failures.add(e.toString());
            }
        }

        void awaitMore() {
            int before = placed.get();
            await().atMost(TlsStack.RELOAD_TIMEOUT).until(() -> placed.get() >= before + ORDERS_MIN);
        }

        @Override
        public void close() throws InterruptedException {
            thread.interrupt();
            thread.join();
        }
    }
}
