package dev.holdfast.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultsOptionsTest {
    @Test
    void runsAllForHalfAnHourWhereNothingIsSaid() {
        FaultsOptions options = FaultsOptions.parse(List.of());

        assertThat(options.minutes()).isEqualTo(30);
        assertThat(options.only().matcher("any").find()).isTrue();
        assertThat(options.markdown()).isEmpty();
    }

    @Test
    void takesWhatIsAskedFor() {
        FaultsOptions options = FaultsOptions.parse(
                List.of("--seed", "42", "--minutes", "5", "--only", "kill -9", "--markdown", "faults.md"));

        assertThat(options.seed()).isEqualTo(42);
        assertThat(options.minutes()).isEqualTo(5);
        assertThat(options.only().pattern()).isEqualTo("kill -9");
        assertThat(options.markdown()).contains(Path.of("faults.md"));
    }

    @Test
    void namesWhatIsWrong() {
        assertThatThrownBy(() -> FaultsOptions.parse(List.of("--minutes", "soon")))
                .hasMessageContaining("--minutes needs a number");
        assertThatThrownBy(() -> FaultsOptions.parse(List.of("--only", "(")))
                .hasMessageContaining("--only is no pattern");
        assertThatThrownBy(() -> FaultsOptions.parse(List.of("--seed"))).hasMessageContaining("--seed needs a number");
        assertThatThrownBy(() -> FaultsOptions.parse(List.of("--rounds", "3")))
                .hasMessageContaining("unknown option --rounds")
                .hasMessageContaining("usage: ./holdfast faults");
    }
}
