package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void haveOneTimeLimitTogetherHoweverManyOfThemDoNotEnd() throws Exception {
        Workers workers = new Workers(Duration.ofMillis(500));
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger told = new AtomicInteger();
        for (int i = 0; i < 8; i++) {
            workers.start("stubborn-" + i, () -> await(never), told::incrementAndGet);
        }
        long start = System.nanoTime();
        workers.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(450), Duration.ofSeconds(3));
        assertThat(told).hasValue(8);
        never.countDown();
    }

    @Test
    void areAllToldBeforeAnyIsWaitedFor() throws Exception {
        Workers workers = new Workers(Duration.ofSeconds(30));
        CountDownLatch allTold = new CountDownLatch(4);
        List<Thread> ended = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            workers.start("waits-for-all-" + i, () -> await(allTold), () -> {
                allTold.countDown();
                ended.add(Thread.currentThread());
            });
        }
        long start = System.nanoTime();
        workers.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        assertThat(ended).hasSize(4);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
