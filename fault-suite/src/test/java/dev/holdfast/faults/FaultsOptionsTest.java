package dev.holdfast.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsOptionsTest {
    @Test
    void runsAllForHalfAnHourWhereNothingIsSaid() {
        FaultsOptions options = FaultsOptions.parse(List.of());

        assertThat(options.minutes()).isEqualTo(30);
        assertThat(options.only().matcher("any").find()).isTrue();
        assertThat(options.markdown()).isNull();
    }

    @Test
    void takesWhatIsAskedFor() {
        FaultsOptions options = FaultsOptions.parse(
                List.of("--seed", "42", "--minutes", "5", "--only", "kill -9", "--markdown", "faults.md"));

        assertThat(options.seed()).isEqualTo(42);
        assertThat(options.minutes()).isEqualTo(5);
        assertThat(options.only().pattern()).isEqualTo("kill -9");
        assertThat(options.markdown()).isEqualTo(Path.of("faults.md").toAbsolutePath());
    }

    @ParameterizedTest
    @CsvSource({
        "--seed, x",
        "--minutes, soon",
        "--minutes, 0",
        "--minutes, 10000",
        "--only, (",
        "--markdown, /no/such/folder/faults.md",
    })
    void namesTheOptionAndItsWrongValue(String option, String value) {
        assertThatThrownBy(() -> FaultsOptions.parse(List.of(option, value)))
                .hasMessageStartingWith("faults: " + option + " takes")
                .hasMessageContaining("not " + value)
                .hasMessageEndingWith("See ./holdfast faults --help");
    }

    @Test
    void namesAnOptionThatThereIsNotOrThatLacksItsValue() {
        assertThatThrownBy(() -> FaultsOptions.parse(List.of("--rounds", "3")))
                .hasMessageContaining("there is no option --rounds");
        assertThatThrownBy(() -> FaultsOptions.parse(List.of("--seed"))).hasMessageContaining("--seed needs a value");
    }
}
