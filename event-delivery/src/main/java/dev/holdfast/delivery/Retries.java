package dev.holdfast.delivery;

import dev.holdfast.event.IntegrationEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** Messages that wait for their next attempt, together with those they failed with. Used by one thread. */
final class Retries<E extends IntegrationEvent> {
    private record Waiting<E extends IntegrationEvent>(List<Received<E>> messages, long dueNanos) {}

    private final PriorityQueue<Waiting<E>> waiting =
            new PriorityQueue<>((a, b) -> Long.signum(a.dueNanos() - b.dueNanos()));

    /** Returns how long they will wait: the longest pause that one of them has come to. */
    Duration later(List<Received<E>> messages) {
        Duration pause = Duration.ZERO;
        for (Received<E> message : messages) {
            Duration next = message.nextPause();
            pause = next.compareTo(pause) > 0 ? next : pause;
        }
        later(messages, pause);
        return pause;
    }

    void later(List<Received<E>> messages, Duration pause) {
        waiting.add(new Waiting<>(List.copyOf(messages), System.nanoTime() + pause.toNanos()));
    }

    Optional<List<Received<E>>> due() {
        Waiting<E> first = waiting.peek();
        if (first == null || first.dueNanos() - System.nanoTime() > 0) {
            return Optional.empty();
        }
        waiting.remove();
        return Optional.of(first.messages());
    }

    /** Returns the time until the next is due, but at most the given one. */
    Duration untilNext(Duration atMost) {
        Waiting<E> first = waiting.peek();
        if (first == null) {
            return atMost;
        }
        Duration left = Duration.ofNanos(Math.max(0, first.dueNanos() - System.nanoTime()));
        return left.compareTo(atMost) < 0 ? left : atMost;
    }
}
