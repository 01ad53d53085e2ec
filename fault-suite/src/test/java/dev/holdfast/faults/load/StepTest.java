package dev.holdfast.faults.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StepTest {
    private static final int STEPS = 10_000;

    @Test
    void oneSeedDrawsTheSameStepsAndAnotherOthers() {
        assertThat(steps(7)).isEqualTo(steps(7)).isNotEqualTo(steps(8));
    }

    @Test
    void hotUsersMakeHalfOfTheTraffic() {
        assertThat(steps(7).stream()
                        .filter(step -> step.user() < Step.HOT_USERS)
                        .count())
                .isCloseTo(STEPS / 2, within(STEPS / 20L));
    }

    @Test
    void ordersComeAtTheirShare() {
        assertThat(steps(7).stream()
                        .filter(step -> step.action() == Step.Action.ORDER)
                        .count())
                .isCloseTo(STEPS * Step.ORDER_PERCENT / 100, within(STEPS / 50L));
    }

    @Test
    void onlyWhatHasAKeyIsRepeated() {
        assertThat(steps(7).stream().filter(step -> step.copies() > 1 || step.otherBody()))
                .isNotEmpty()
                .allMatch(Step::keyed);
    }

    @Test
    void someOrdersAndNothingElseAreCancelled() {
        assertThat(steps(7).stream().filter(Step::cancelled))
                .hasSizeBetween(STEPS * Step.ORDER_PERCENT / 1_000, STEPS * Step.ORDER_PERCENT / 500)
                .allMatch(step -> step.action() == Step.Action.ORDER);
    }

    @Test
    void someOtherOrdersAndNothingElseAreRefunded() {
        assertThat(steps(7).stream().filter(Step::refunded))
                .hasSizeBetween(STEPS * Step.ORDER_PERCENT / 1_000, STEPS * Step.ORDER_PERCENT / 500)
                .allMatch(step -> step.action() == Step.Action.ORDER && !step.cancelled());
        assertThat(steps(7).stream().map(Step::mendedAfterRestore)).noneMatch(step -> step.refunded() || step.manual());
    }

    @Test
    void someOrdersAndNothingElseAreCapturedLater() {
        assertThat(steps(7).stream().filter(Step::manual))
                .hasSizeBetween(STEPS * Step.ORDER_PERCENT / 1_200, STEPS * Step.ORDER_PERCENT / 600)
                .allMatch(step -> step.action() == Step.Action.ORDER);
    }

    @Test
    void nothingIsAskedOfTheLastReleaseThatItCannotDo() {
        assertThat(steps(7).stream().map(Step::knownToLastRelease))
                .noneMatch(step -> step.cancelled()
                        || step.refunded()
                        || step.manual()
                        || step.action() == Step.Action.WITHDRAWAL);
    }

    private static List<Step> steps(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        return Stream.generate(() -> Step.draw(random)).limit(STEPS).toList();
    }
}
