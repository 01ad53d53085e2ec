package dev.holdfast.system;

import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Customers who top up and look at their accounts all the while, each with a short pause after the last answer. */
final class Deposits {
    private static final String AMOUNT = "0.01";
    private static final Duration PAUSE = Duration.ofMillis(200);

    record Failed(String what, Instant sent) {}

    private final Shop shop;
    private final List<UUID> users;
    private final List<Thread> threads;
    private final AtomicInteger deposited = new AtomicInteger();
    private final Queue<Failed> failedDeposits = new ConcurrentLinkedQueue<>();
    private final Queue<Failed> failedReads = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    private Deposits(Shop shop, int customers) {
        this.shop = shop;
        this.users = IntStream.range(0, customers)
                .mapToObj(i -> shop.openAccount("0.00"))
                .toList();
        this.threads = users.stream()
                .map(user -> Thread.ofVirtual().start(() -> deposit(user)))
                .toList();
    }

    static Deposits start(Shop shop, int customers) {
        return new Deposits(shop, customers);
    }

    void stop() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Answered 200. */
    int deposited() {
        return deposited.get();
    }

    List<Failed> failedDeposits() {
        return List.copyOf(failedDeposits);
    }

    List<Failed> failedReads() {
        return List.copyOf(failedReads);
    }

    /** How many deposits the accounts show. */
    int stored() {
        return users.stream()
                .map(user -> shop.account(user).expect(200).amount("balance"))
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .divide(new BigDecimal(AMOUNT))
                .intValueExact();
    }

    private void deposit(UUID user) {
        while (!stopping) {
            Instant sent = Instant.now();
            try {
                Answer answer = shop.deposit(user, AMOUNT);
                if (answer.status() == 200) {
                    deposited.incrementAndGet();
                } else {
                    failedDeposits.add(new Failed(answer.toString(), sent));
                }
            } catch (UncheckedIOException e) {
                failedDeposits.add(new Failed(e.toString(), sent));
            }
            read(user);
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read(UUID user) {
        Instant sent = Instant.now();
        try {
            Answer answer = shop.account(user);
            if (answer.status() != 200) {
                failedReads.add(new Failed(answer.toString(), sent));
            }
        } catch (UncheckedIOException e) {
            failedReads.add(new Failed(e.toString(), sent));
        }
    }
}
