package dev.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.LoginFiles;
import dev.holdfast.delivery.testing.RealInfrastructure;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The password of the database is changed while customers use the service, and none of them notices. */
@QuarkusTest
@TestProfile(PasswordRotationIT.LoginFromFiles.class)
class PasswordRotationIT {
    private static final int CUSTOMERS = 6;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int BETWEEN = 200;

    @Inject
    Bank bank;

    LoginFiles login;

    public static class LoginFromFiles implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.datasource.jdbc.max-lifetime", "1s");
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(
                    RealInfrastructure.class, Map.of("database", "payments", "login-files", "true")));
        }
    }

    @Test
    void noRequestFailsWhileTheLoginIsChangedForthAndBack() throws Exception {
        // The second login has the rights of the service's role by being its member.
        Administrator.run("create role payments_2 login password 'second' in role payments");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger done = new AtomicInteger();
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        try (ExecutorService customers = Executors.newFixedThreadPool(CUSTOMERS)) {
            for (int i = 0; i < CUSTOMERS; i++) {
                customers.submit(() -> {
                    UUID user = bank.account("0");
                    while (!stop.get()) {
                        int status = bank.deposit(user, "1").statusCode();
                        done.incrementAndGet();
                        if (status != 200) {
                            failed.add("HTTP " + status);
                        }
                    }
                });
            }
            try {
                change("payments", "payments_2", "second", done);
                change("payments_2", "payments", "changed", done);
                Administrator.run("alter role payments_2 password 'third'");
                change("payments", "payments_2", "third", done);
            } finally {
                stop.set(true);
            }
        }
        System.out.println("Requests during three changes of the login: " + done + ", failed: " + failed.size());
        assertThat(failed).isEmpty();
    }

    /** As docs/operations.md says: first the other login's password, then the files; at last the one of before is locked. */
    private void change(String from, String to, String password, AtomicInteger done) {
        Administrator.run("alter role " + to + " password '" + password + "'");
        awaitRequests(done);
        login.replace(to, password);
        await().atMost(LIMIT)
                .until(() -> sessions(from).equals("0") && !sessions(to).equals("0"));
        Administrator.run("alter role " + from + " password null");
        awaitRequests(done);
        assertThat(sessions(from)).isEqualTo("0");
    }

    /** So many more, on the connections of this moment. */
    private static void awaitRequests(AtomicInteger done) {
        int from = done.get();
        await().atMost(LIMIT).until(() -> done.get() > from + BETWEEN);
    }

    private static String sessions(String role) {
        return "" + Administrator.run("select count(*) from pg_stat_activity where usename = '" + role + "'");
    }
}
