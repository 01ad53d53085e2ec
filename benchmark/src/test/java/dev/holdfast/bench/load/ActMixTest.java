package dev.holdfast.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ActMixTest {
    private static final Load.Accepted OLDER = new Load.Accepted(UUID.randomUUID(), UUID.randomUUID(), Instant.EPOCH);
    private static final Load.Accepted NEWEST = new Load.Accepted(UUID.randomUUID(), UUID.randomUUID(), Instant.EPOCH);

    @Test
    void cancelsTheNewestAndRefundsAnyInTurn() {
        ActMix acts = new ActMix(50, List.of(OLDER, NEWEST));
        List<Act> inTurn = IntStream.range(0, 4).mapToObj(i -> acts.nextAct()).toList();

        assertThat(inTurn).containsExactly(Act.CANCEL, Act.REFUND, Act.CANCEL, Act.REFUND);
        assertThat(acts.order(Act.CANCEL)).isEqualTo(NEWEST);
        assertThat(IntStream.range(0, 100).mapToObj(i -> acts.order(Act.REFUND)))
                .contains(OLDER, NEWEST);
    }

    @Test
    void doesNothingBeforeThereIsAnOrder() {
        List<Load.Accepted> accepted = new ArrayList<>();
        ActMix acts = new ActMix(99, accepted);

        assertThat(IntStream.range(0, 100).filter(i -> acts.nextIsAct())).isEmpty();
        accepted.add(NEWEST);
        assertThat(IntStream.range(0, 100).filter(i -> acts.nextIsAct())).hasSize(99);
    }
}
