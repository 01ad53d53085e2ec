package dev.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.database.DatabaseException;
import dev.holdfast.rest.Problem;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * A call within a call has a turn of its own, so one thread can take several. What is refused here is asked for with a short
 * wait, and what is to wait with a long one: no test depends on how fast the machine is.
 */
class AccountTurnsTest {
    private static final UUID ACCOUNT = UUID.randomUUID();
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int REQUESTS_MAX = 200;

    private final AccountTurns turns = new AccountTurns();

    @Test
    void twoCallsOfAnAccountAskTheDatabaseAtATimeAndAThirdIsRefused() {
        within(List.of(ACCOUNT, ACCOUNT), () -> {
            assertRefused(ACCOUNT);
            assertThat(turns.<String>inTurn(UUID.randomUUID(), LONG, () -> "another account's"))
                    .isEqualTo("another account's");
        });
    }

    @Test
    void fourCallsOfAllAccountsAskTheDatabaseAtATimeAndAFifthIsRefused() {
        List<UUID> four = List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
        within(four, () -> assertRefused(UUID.randomUUID()));
    }

    @Test
    void aThirdCallOfAnAccountGoesOnWhenOneOfTheTwoHasEnded() {
        CompletableFuture<String> third = new CompletableFuture<>();
        within(List.of(ACCOUNT), () -> {
            within(List.of(ACCOUNT), () -> {
                awaitWaiting(List.of(start(() -> third.complete(turns.inTurn(ACCOUNT, LONG, () -> "its turn")))));
                assertThat(third).isNotDone();
            });
            assertThat(third).succeedsWithin(MINUTE).isEqualTo("its turn");
        });
    }

    @Test
    void aCallThatMeetsALockIsMadeAgainUntilItMeetsNone() {
        AtomicInteger calls = new AtomicInteger();
        assertThat(turns.<String>inTurn(ACCOUNT, LONG, () -> {
                    if (calls.incrementAndGet() < 3) {
                        throw failure("55P03");
                    }
                    return "unlocked";
                }))
                .isEqualTo("unlocked");
        assertThat(calls).hasValue(3);
    }

    @Test
    void aCallThatMeetsALockForTheWholeWaitFailsWithIt() {
        DatabaseException locked = failure("55P03");
        assertThatThrownBy(() -> turns.inTurn(ACCOUNT, SHORT, throwing(locked))).isSameAs(locked);
    }

    @Test
    void aCallThatFailsForAnotherReasonIsMadeOnce() {
        AtomicInteger calls = new AtomicInteger();
        DatabaseException full = failure("53100");
        assertThatThrownBy(() -> turns.inTurn(ACCOUNT, LONG, () -> {
                    calls.incrementAndGet();
                    throw full;
                }))
                .isSameAs(full);
        assertThat(calls).hasValue(1);
    }

    @Test
    void lockedAccountsLeaveTheirTurnsToOthersBetweenTwoAttempts() {
        AtomicInteger attempts = new AtomicInteger();
        AtomicBoolean unlocked = new AtomicBoolean();
        Supplier<String> locked = () -> {
            attempts.incrementAndGet();
            if (unlocked.get()) {
                return "unlocked";
            }
            throw failure("55P03");
        };
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            CompletableFuture<String> call = new CompletableFuture<>();
            calls.add(call);
            start(() -> call.complete(turns.inTurn(UUID.randomUUID(), LONG, locked)));
        }
        await().atMost(MINUTE).until(() -> attempts.get() > calls.size());
        assertThat(turns.<String>inTurn(ACCOUNT, LONG, () -> "free")).isEqualTo("free");
        assertThat(calls).noneMatch(CompletableFuture::isDone);
        unlocked.set(true);
        assertThat(calls)
                .allSatisfy(call -> assertThat(call).succeedsWithin(MINUTE).isEqualTo("unlocked"));
    }

    @Test
    void moreRequestsThanTwoHundredAreRefusedAtOnce() {
        CountDownLatch end = new CountDownLatch(1);
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        List<Thread> here = new ArrayList<>();
        for (int i = 0; i < REQUESTS_MAX; i++) {
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            answers.add(answer);
            UUID account = i % 2 == 0 ? ACCOUNT : UUID.randomUUID();
            here.add(start(() -> answer.complete(turns.inTurn(account, LONG, () -> endOf(end)))));
        }
        awaitWaiting(here);
        assertRefused(() -> turns.inTurn(UUID.randomUUID(), LONG, () -> "too many"));
        end.countDown();
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer).succeedsWithin(MINUTE).isEqualTo(true));
        assertAllTurnsAreFree();
    }

    @Test
    void whatFailsOrIsRefusedLeavesNoTurnTaken() {
        for (int i = 0; i < 2 * REQUESTS_MAX; i++) {
            assertThatThrownBy(() -> turns.inTurn(ACCOUNT, LONG, throwing(failure("53100"))))
                    .isInstanceOf(DatabaseException.class);
        }
        within(List.of(ACCOUNT, ACCOUNT), () -> assertRefused(ACCOUNT));
        assertAllTurnsAreFree();
    }

    @Test
    void aThreadThatIsToStopWaitsForNoTurnAndMakesNoSecondAttempt() {
        DatabaseException locked = failure("55P03");
        assertThatThrownBy(() -> turns.inTurn(ACCOUNT, LONG, () -> {
                    Thread.currentThread().interrupt();
                    throw locked;
                }))
                .isSameAs(locked);
        assertRefused(() -> turns.inTurn(ACCOUNT, LONG, () -> "too late"));
        assertThat(Thread.interrupted()).isTrue();
        assertAllTurnsAreFree();
    }

    @Test
    void aRequestWaitsForNineHundredMillisecondsBeforeItIsRefused() {
        within(List.of(ACCOUNT, ACCOUNT), () -> {
            long start = System.nanoTime();
            assertRefused(() -> turns.inTurn(ACCOUNT, () -> "too late"));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(900));
        });
    }

    private void assertAllTurnsAreFree() {
        UUID other = UUID.randomUUID();
        AtomicInteger made = new AtomicInteger();
        within(List.of(ACCOUNT, ACCOUNT, other, other), made::incrementAndGet);
        assertThat(made).hasValue(1);
    }

    private void assertRefused(UUID account) {
        assertRefused(() -> turns.inTurn(account, SHORT, () -> "too many"));
    }

    private static void assertRefused(ThrowingCallable request) {
        assertThatExceptionOfType(Problem.class).isThrownBy(request).satisfies(problem -> {
            assertThat(problem.status()).isEqualTo(503);
            assertThat(problem.code()).isEqualTo("overloaded");
        });
    }

    /** Does something while each of the accounts has a call at work. */
    private void within(List<UUID> accounts, Runnable action) {
        if (accounts.isEmpty()) {
            action.run();
        } else {
            turns.<Boolean>inTurn(accounts.getFirst(), LONG, () -> {
                within(accounts.subList(1, accounts.size()), action);
                return true;
            });
        }
    }

    private static Thread start(Runnable request) {
        return Thread.ofVirtual().start(request);
    }

    /** Each of them is in the middle of a call or waits for its turn. */
    private static void awaitWaiting(List<Thread> threads) {
        await().atMost(MINUTE)
                .until(() -> threads.stream()
                        .allMatch(thread -> thread.getState() == Thread.State.WAITING
                                || thread.getState() == Thread.State.TIMED_WAITING));
    }

    private static boolean endOf(CountDownLatch end) {
        try {
            end.await();
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Supplier<String> throwing(RuntimeException failure) {
        return () -> {
            throw failure;
        };
    }

    private static DatabaseException failure(String state) {
        return new DatabaseException("failed", new SQLException("as told", state));
    }
}
