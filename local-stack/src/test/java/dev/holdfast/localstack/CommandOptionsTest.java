package dev.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CommandOptionsTest {
    @Test
    void readsOptionsWithAndWithoutAValue() {
        CommandOptions given = parse("--minutes", "5", "--fast");

        assertThat(given.whole("--minutes", 1, 9, 3)).isEqualTo(5);
        assertThat(given.has("--fast")).isTrue();
        assertThat(given.names()).containsExactlyInAnyOrder("--minutes", "--fast");
        assertThat(parse().whole("--minutes", 1, 9, 3)).isEqualTo(3);
        assertThat(parse().file("--file")).isNull();
    }

    @Test
    void namesTheWrongValue() {
        for (String wrong : List.of("0", "10", "-1", "1.5", "x", "99999999999")) {
            assertThatThrownBy(() -> parse("--minutes", wrong).whole("--minutes", 1, 9, 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("act: --minutes takes a whole number from 1 to 9, not " + wrong
                            + "\nSee ./holdfast act --help");
        }
        assertThatThrownBy(() -> parse("--file", "/no/such/folder/x").file("--file"))
                .hasMessageContaining("--file takes a file in a folder that can be written to, not /no/such/folder/x");
    }

    @Test
    void namesTheOptionThatIsWrong() {
        assertThatThrownBy(() -> parse("-x")).hasMessageContaining("there is no option -x");
        assertThatThrownBy(() -> parse("--minutes")).hasMessageContaining("--minutes needs a value");
        assertThatThrownBy(() -> parse("--minutes", "")).hasMessageContaining("--minutes needs a value");
        assertThatThrownBy(() -> parse("--minutes", "--fast")).hasMessageContaining("--minutes needs a value");
        assertThatThrownBy(() -> parse("--fast", "--fast")).hasMessageContaining("--fast is given twice");
    }

    private static CommandOptions parse(String... arguments) {
        return CommandOptions.parse("act", Set.of("--minutes", "--file"), Set.of("--fast"), List.of(arguments));
    }
}
