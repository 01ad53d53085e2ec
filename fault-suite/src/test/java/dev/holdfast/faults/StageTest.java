package dev.holdfast.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StageTest {
    private final List<Fault> kinds = Kinds.all();

    @Test
    void aRoundHasEveryKindOnceOnAShapeThatSuitsIt() {
        for (int round = 0; round < 2; round++) {
            List<Stage> stages = Stage.round(round, kinds, new Random(1));

            assertThat(stages.stream().flatMap(StageTest::faults)).containsExactlyInAnyOrderElementsOf(kinds);
            assertThat(stages)
                    .allSatisfy(stage -> assertThat(faults(stage))
                            .allMatch(fault -> fault.suits().test(stage.shape())));
        }
    }

    @Test
    void aRoundWithoutKindsIsAStackThatIsUsedAndChecked() {
        List<Stage> stages = Stage.round(1, List.of(), new Random(1));

        assertThat(stages)
                .singleElement()
                .satisfies(stage -> assertThat(stage.batches()).containsExactly(List.of()));
    }

    @Test
    void theNextRoundTakesTheOtherShape() {
        List<Stage> first = Stage.round(0, kinds, new Random(1));
        List<Stage> second = Stage.round(1, kinds, new Random(2));

        for (int shape = 0; shape < 2; shape++) {
            int other = 1 - shape;
            assertThat(faults(first.get(shape))
                            .filter(fault -> fault.suits().test(first.get(other).shape())))
                    .isSubsetOf(faults(second.get(other)).toList());
        }
    }

    @Test
    void theSameSeedDrawsTheSameRound() {
        assertThat(Stage.round(0, kinds, new Random(7))).isEqualTo(Stage.round(0, kinds, new Random(7)));
    }

    @Test
    void theFaultsOfABatchLetClientsCountOnTheSame() {
        assertThat(Stage.round(0, kinds, new Random(3)).stream().flatMap(stage -> stage.batches().stream()))
                .allSatisfy(batch -> assertThat(batch)
                        .extracting(fault -> fault.promises(Fault.Promise.ANSWERS_IN_TIME))
                        .containsOnly(batch.getFirst().promises(Fault.Promise.ANSWERS_IN_TIME)));
    }

    @Test
    void noTwoKindsHaveTheSameName() {
        assertThat(kinds).extracting(Fault::name).doesNotHaveDuplicates();
    }

    private static Stream<Fault> faults(Stage stage) {
        return stage.batches().stream().flatMap(List::stream);
    }
}
