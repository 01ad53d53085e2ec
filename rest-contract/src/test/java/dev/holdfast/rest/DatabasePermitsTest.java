package dev.holdfast.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A call within another stands for one that comes while the other is under way. */
class DatabasePermitsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Callable<String> NEVER_MADE = () -> {
        throw new AssertionError("This call was made.");
    };

    private record Config(int bulkhead, Duration bulkheadWait) implements DatabaseBulkheadConfig {}

    @Test
    void letsAsManyInAsThereArePermitsAndRefusesOneMore() throws Exception {
        DatabasePermits permits = permits(2, Duration.ZERO);
        String inner = permits.inTurn(() -> permits.inTurn(() -> {
            assertRefused(permits);
            return "both are in";
        }));
        assertThat(inner).isEqualTo("both are in");
    }

    @Test
    void letsTheNextOneInWhenACallHasEnded() throws Exception {
        DatabasePermits permits = permits(1, Duration.ZERO);
        for (int call = 0; call < 3; call++) {
            permits.inTurn(() -> {
                assertRefused(permits);
                return "done";
            });
        }
    }

    @Test
    void letsTheNextOneInWhenACallHasFailed() throws Exception {
        DatabasePermits permits = permits(1, Duration.ZERO);
        IllegalStateException failure = new IllegalStateException("no database");
        assertThatThrownBy(() -> permits.inTurn(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(permits.inTurn(() -> "next")).isEqualTo("next");
    }

    @Test
    void thoseWhoWaitGetTheirTurnsInTheOrderInWhichTheyCame() throws Exception {
        DatabasePermits permits = permits(1, LONG);
        List<Integer> turns = new CopyOnWriteArrayList<>();
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> waiting = permits.inTurn(() -> {
                List<Future<Boolean>> started = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    int number = i;
                    started.add(requests.submit(() -> permits.inTurn(() -> turns.add(number))));
                    await().until(() -> permits.waiting() == number + 1);
                }
                assertThat(turns).isEmpty();
                return started;
            });
            for (Future<Boolean> each : waiting) {
                assertThat(each.get()).isTrue();
            }
        }
        assertThat(turns).containsExactly(0, 1, 2);
    }

    private static DatabasePermits permits(int count, Duration maxWait) {
        return new DatabasePermits(new Config(count, maxWait));
    }

    private static void assertRefused(DatabasePermits permits) {
        assertThatThrownBy(() -> permits.inTurn(NEVER_MADE)).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.status()).isEqualTo(503);
            assertThat(problem.code()).isEqualTo("overloaded");
            assertThat(problem.headers()).containsEntry("Retry-After", "1");
        });
    }
}
