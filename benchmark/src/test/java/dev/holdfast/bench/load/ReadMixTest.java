package dev.holdfast.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadMixTest {
    private static final UUID USER = UUID.randomUUID();
    private static final Load.Accepted ORDER = new Load.Accepted(UUID.randomUUID(), USER, Instant.EPOCH);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30, 50, 99})
    void ofAnyHundredRequestsThePercentageAreReads(int percent) {
        ReadMix reads = new ReadMix(percent, List.of(USER), List.of(ORDER));

        List<Boolean> requests =
                IntStream.range(0, 1_000).mapToObj(i -> reads.nextIsRead()).toList();

        for (int from = 0; from + 100 <= requests.size(); from++) {
            assertThat(requests.subList(from, from + 100).stream().filter(read -> read))
                    .hasSize(percent);
        }
    }

    @Test
    void readsNothingBeforeThereIsAnOrder() {
        List<Load.Accepted> accepted = new ArrayList<>();
        ReadMix reads = new ReadMix(99, List.of(USER), accepted);

        assertThat(IntStream.range(0, 100).filter(i -> reads.nextIsRead())).isEmpty();
        accepted.add(ORDER);
        assertThat(IntStream.range(0, 100).filter(i -> reads.nextIsRead())).hasSize(99);
    }

    @Test
    void readsEachKindInTurn() {
        ReadMix reads = new ReadMix(50, List.of(USER), List.of(ORDER));

        assertThat(IntStream.range(0, 4).mapToObj(i -> reads.path(reads.nextRead())))
                .containsExactly(
                        "/orders/" + ORDER.orderId() + "?user_id=" + USER,
                        "/orders?user_id=" + USER,
                        "/accounts/" + USER,
                        "/orders/" + ORDER.orderId() + "?user_id=" + USER);
    }
}
