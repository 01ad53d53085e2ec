package dev.holdfast.faults.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrillTest {
    @ParameterizedTest
    @CsvSource({
        "--minutes 0, '--minutes takes a whole number from 1 to 9999, not 0'",
        "--minutes x, '--minutes takes a whole number from 1 to 9999, not x'",
        "--seed -1, '--seed takes a whole number from 0 to 999999999, not -1'",
        "--minutes, --minutes needs a value",
        "--rounds 2, there is no option --rounds",
    })
    void namesWhatIsWrongAndRunsNothing(String arguments, String refusal) throws Exception {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);

        assertThat(Drill.run(List.of(arguments.split(" ")), out, out)).isEqualTo(2);
        assertThat(told.toString(StandardCharsets.UTF_8)).startsWith("drill: " + refusal);
    }
}
