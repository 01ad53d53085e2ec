package dev.holdfast.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** {@code ./holdfast faults} as a test, for whoever runs Maven with {@code -Pfaults}. */
@EnabledIfSystemProperty(named = LongFaultsIT.OPTIONS, matches = "\\S.*")
class LongFaultsIT {
    static final String OPTIONS = "holdfast.faults.options";

    @Test
    void nothingIsLostAndNothingIsDoneTwice() throws Exception {
        List<String> options = List.of(System.getProperty(OPTIONS).strip().split("\\s+"));

        assertThat(Faults.run(options, System.out, System.err)).isZero();
    }
}
