package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EarlyDeliveriesTest {
    private final EarlyDeliveries early = new EarlyDeliveries();
    private final List<String> made = new ArrayList<>();

    @AfterEach
    void forgetTheInterrupt() {
        Thread.interrupted();
    }

    @Test
    void keepsThemUntilTheyAreHandedOverAndMakesTheOthersAtOnce() {
        early.handle(() -> made.add("first"));
        assertThat(made).isEmpty();
        early.handOver();
        early.handle(() -> made.add("second"));
        assertThat(made).containsExactly("first", "second");
    }

    @Test
    void makesThoseThatComeMeanwhileAfterThoseBefore() {
        early.handle(() -> {
            early.handle(() -> made.add("third"));
            made.add("first");
        });
        early.handle(() -> made.add("second"));
        early.handOver();
        assertThat(made).containsExactly("first", "second", "third");
    }

    @Test
    void makesNoneAfterOneThatWasInterrupted() {
        early.handle(() -> Thread.currentThread().interrupt());
        early.handle(() -> made.add("second"));
        early.handOver();
        early.handle(() -> made.add("third"));
        assertThat(made).isEmpty();
    }
}
