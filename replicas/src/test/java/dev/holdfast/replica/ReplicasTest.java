package dev.holdfast.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicasTest {
    private static final Duration COOL_DOWN = Duration.ofSeconds(1);
    private static final Duration STOP_TIME = Duration.ofSeconds(10);
    /** Counters of nanoseconds may overflow at any time, so this one does after the first second. */
    private long nanoTime = Long.MAX_VALUE - COOL_DOWN.toNanos();

    private final Replicas three = of("http://a:1", "http://b:2", "http://c:3");

    @Test
    void givesEachItsTurn() {
        List<String> chosen = IntStream.range(0, 6).mapToObj(i -> ask(three, 0)).toList();

        assertThat(chosen).containsExactly("a", "b", "c", "a", "b", "c");
    }

    @Test
    void asksTheOneThatHasTheFewestRequests() {
        Replica slow = enter(three, 0);
        enter(three, 0).leave();
        enter(three, 0).leave();

        assertThat(IntStream.range(0, 30).mapToObj(i -> ask(three, 0)))
                .doesNotContain(slow.host())
                .hasSize(30);
        slow.leave();
        assertThat(IntStream.range(0, 30).mapToObj(i -> ask(three, 0))).contains(slow.host());
    }

    @Test
    void passesOverWhatThisRequestHasTriedAndSaysWhenNothingIsLeft() {
        int tried = 0;
        for (int i = 0; i < three.count(); i++) {
            Replica replica = enter(three, tried);
            assertThat(tried & replica.bit()).isZero();
            tried |= replica.bit();
        }
        assertThat(three.choose(tried)).isNull();
    }

    @Test
    void leavesOneThatFailedAloneForTheCoolDownAndThenLetsOneRequestTry() {
        Replica failed = enter(three, 0);
        failed.failed();
        failed.leave();
        assertThat(three.leftAlone()).isEqualTo(1);

        pass(COOL_DOWN.minusNanos(1));
        assertThat(tenMore()).doesNotContain(failed.host());
        pass(Duration.ofNanos(1));
        assertThat(tenMore()).containsOnlyOnce(failed.host());
        pass(COOL_DOWN);
        assertThat(tenMore()).containsOnlyOnce(failed.host());

        failed.answered(nanoTime + 1, 200, null);
        assertThat(tenMore()).contains(failed.host());
        assertThat(three.leftAlone()).isZero();
    }

    @Test
    void letsAProbeTryOneThatFailedWhileThereIsAnother() {
        List<Replica> probed = new ArrayList<>();
        Replicas two = new Replicas(
                List.of(URI.create("http://a:1"), URI.create("http://b:2")),
                COOL_DOWN,
                STOP_TIME,
                probed::add,
                () -> nanoTime);
        Replica failed = enter(two, 0);
        failed.failed();
        failed.leave();
        pass(COOL_DOWN);

        assertThat(IntStream.range(0, 10).mapToObj(i -> ask(two, 0))).doesNotContain(failed.host());
        assertThat(probed).containsExactly(failed);
        enter(two, 0).failed();
        pass(COOL_DOWN);
        assertThat(IntStream.range(0, 2).mapToObj(i -> ask(two, 0))).contains(failed.host());
        assertThat(probed).hasSize(1);
    }

    @Test
    void doesNotBelieveAnAnswerToWhatWasSentBeforeTheFailure() {
        Replica failed = enter(three, 0);
        long sent = nanoTime;
        pass(Duration.ofMillis(1));
        failed.failed();

        failed.answered(sent, 200, null);

        assertThat(failed.isLeftAlone()).isTrue();
    }

    @Test
    void leavesOneThatIsStoppingAloneUntilThatMustBeOver() {
        Replica stopping = enter(three, 0);
        stopping.leave();
        stopping.answered(nanoTime, 200, "Close");

        pass(STOP_TIME.minusNanos(1));
        assertThat(tenMore()).doesNotContain(stopping.host());
        pass(Duration.ofNanos(1));
        assertThat(tenMore()).contains(stopping.host());
    }

    @Test
    void doesNotTakeARefusalThatClosesItsConnectionForAStop() {
        Replica refusing = enter(three, 0);
        refusing.answered(nanoTime, 413, "close");
        assertThat(refusing.isLeftAlone()).isFalse();

        refusing.failed();
        refusing.answered(nanoTime + 1, 413, "close");
        assertThat(refusing.isLeftAlone()).isTrue();
    }

    @Test
    void asksTheOneWhoseTimeIsUpFirstWhereAllAreLeftAlone() {
        Replicas two = of("http://a:1", "http://b:2");
        Replica a = enter(two, 0);
        Replica b = enter(two, 0);
        a.leave();
        b.leave();
        a.answered(nanoTime, 200, "Close");
        pass(Duration.ofSeconds(6));
        b.answered(nanoTime, 200, "Close");

        assertThat(IntStream.range(0, 5).mapToObj(i -> ask(two, 0))).containsOnly("a");
        assertThat(ask(two, a.bit())).isEqualTo("b");
        // The rolling restart goes on: "a" is back and says so, "b" is left alone still.
        a.answered(nanoTime + 1, 200, null);
        assertThat(IntStream.range(0, 5).mapToObj(i -> ask(two, 0))).containsOnly("a");
    }

    @Test
    void alwaysAsksTheOnlyOne() {
        Replicas one = of("https://a");
        Replica only = enter(one, 0);
        only.leave();
        only.failed();

        assertThat(ask(one, 0)).isEqualTo("a");
        assertThat(only.tls()).isTrue();
        assertThat(only.port()).isEqualTo(443);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a:1", "ftp://a", "http:///x", "http://a/path", "http://a?x=1", "http://u:p@a", "http://a_b:1"})
    void refusesWhatIsNoBareAddress(String address) {
        assertThatThrownBy(() -> of(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(address);
    }

    @Test
    void refusesNoneAndTooManyAndTheSameTwice() {
        String[] many = IntStream.rangeClosed(0, Replicas.MAX)
                .mapToObj(i -> "http://a:" + (i + 1))
                .toArray(String[]::new);
        assertThatThrownBy(() -> of()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> of(many)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> of("http://a:1", "http://a:1")).isInstanceOf(IllegalArgumentException.class);
    }

    private Replicas of(String... addresses) {
        return new Replicas(
                List.of(addresses).stream().map(URI::create).toList(), COOL_DOWN, STOP_TIME, null, () -> nanoTime);
    }

    private void pass(Duration time) {
        nanoTime += time.toNanos();
    }

    private List<String> tenMore() {
        return IntStream.range(0, 10).mapToObj(i -> ask(three, 0)).toList();
    }

    private static String ask(Replicas replicas, int tried) {
        Replica chosen = enter(replicas, tried);
        chosen.leave();
        return chosen.host();
    }

    private static Replica enter(Replicas replicas, int tried) {
        return Objects.requireNonNull(replicas.choose(tried));
    }
}
