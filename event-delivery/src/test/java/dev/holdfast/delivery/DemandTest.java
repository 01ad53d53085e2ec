package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemandTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Demand demand = new Demand(100);

    @Test
    void asManyMessagesAreTakenAsWereAskedFor() throws Exception {
        demand.add(2);
        demand.take(1);
        demand.take(1);
        Thread third = taking(1);
        demand.add(1);
        assertThat(third.join(SOON)).isTrue();
    }

    @Test
    void bytesThatAreNotSettledKeepTheNextMessageWaiting() throws Exception {
        demand.add(10);
        demand.take(60);
        Thread second = taking(60);
        demand.settled(60);
        assertThat(second.join(SOON)).isTrue();
        demand.take(40);
        assertWaits(1);
    }

    @Test
    void aMessageLargerThanAllOfTheRoomIsTakenOnceNothingElseIsThere() throws Exception {
        demand.add(10);
        demand.take(1_000);
        assertWaits(1);
        demand.settled(1_000);
        demand.take(1);
    }

    @Test
    void whoIsInterruptedTakesNothing() throws Exception {
        demand.add(1);
        demand.take(100);
        demand.add(1);
        assertWaits(1);
        demand.settled(100);
        demand.take(100);
        assertWaits(1);
    }

    @Test
    void aDemandWithoutEndDoesNotOverflow() throws Exception {
        demand.add(Long.MAX_VALUE);
        demand.add(Long.MAX_VALUE);
        demand.take(1);
    }

    /** A thread that waits; it goes on as soon as it may. */
    private Thread taking(int bytes) throws InterruptedException {
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                demand.take(bytes);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(thread.isAlive()).as("waits").isTrue();
            Thread.onSpinWait();
        }
        return thread;
    }

    private void assertWaits(int bytes) {
        // One that is interrupted already is told so as soon as it would have to wait.
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> demand.take(bytes)).isInstanceOf(InterruptedException.class);
    }
}
