package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchOptionsTest {
    @Test
    void measuresTheClosedLoopAndTheLimitUnlessToldOtherwise() {
        assertThat(parse(""))
                .isEqualTo(new BenchOptions(
                        null,
                        16,
                        0,
                        0,
                        0,
                        256,
                        0,
                        0,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60),
                        1,
                        true,
                        false,
                        null));
    }

    @Test
    void readsEveryOption(@TempDir Path folder) {
        Path json = folder.resolve("figures.json");

        assertThat(parse(
                        "--connections 512 --rate 20.5 --reads 30 --mix 5 --users 1 --filled 7 --backlog 8 --seconds 5 --warmup 0 --repeat 3 --limit"
                                + " --url https://shop.example:8443 --json " + json))
                .isEqualTo(new BenchOptions(
                        URI.create("https://shop.example:8443"),
                        512,
                        20.5,
                        30,
                        5,
                        1,
                        7,
                        8,
                        Duration.ofSeconds(5),
                        Duration.ZERO,
                        3,
                        true,
                        false,
                        json));
    }

    @Test
    void measuresNoLimitInTheOpenLoopUnlessAsked() {
        assertThat(parse("--rate 20").limit()).isFalse();
        assertThat(parse("--rate 20 --limit").limit()).isTrue();
        assertThat(parse("--no-limit").limit()).isFalse();
    }

    @Test
    void putsNativeBinariesBesideTheJvmInThreeTurnsOfTheClosedLoop() {
        assertThat(parse("--native").besideNative()).isTrue();
        assertThat(parse("--native").repeats()).isEqualTo(3);
        assertThat(parse("--native --repeat 1 --seconds 5 --connections 4").repeats())
                .isEqualTo(1);
        assertThat(refusalOf("--native --rate 5")).contains("--native goes with");
        assertThat(refusalOf("--native --url http://localhost")).contains("--native goes with");
    }

    @Test
    void explainsEveryOptionItKnows() {
        List<String> explained = Pattern.compile("^ {2}(--[a-z-]+)", Pattern.MULTILINE)
                .matcher(BenchOptions.USAGE)
                .results()
                .map(option -> option.group(1))
                .toList();
        assertThat(explained).contains("--limit", "--rate").allSatisfy(option -> {
            if (!option.equals("--help")) {
                assertThat(refusalOf(option + " /no/such/folder/file")).doesNotContain("there is no option " + option);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "--connections, 0",
        "--connections, 4097",
        "--connections, 1.5",
        "--connections, many",
        "--rate, 0",
        "--rate, -1",
        "--rate, 100001",
        "--rate, NaN",
        "--rate, 1e3",
        "--reads, 100",
        "--reads, -1",
        "--users, 0",
        "--users, 100001",
        "--seconds, 0",
        "--seconds, 3601",
        "--seconds, 99999999999",
        "--warmup, -1",
        "--repeat, 0",
        "--repeat, 101",
        "--url, localhost:8000",
        "--url, ftp://localhost",
        "--url, http://localhost:8000/orders",
        "--url, http://localhost:8000?x=1",
        "--url, http://",
        "--json, /no/such/folder/figures.json",
        "--json, /",
    })
    void namesTheOptionAndItsWrongValue(String option, String value) {
        assertThat(refusalOf(option + " " + value)).contains(option + " takes").contains("not " + value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--conections 16", "16", "-c", "--json=x", "--RATE 1"})
    void namesAnOptionThatThereIsNot(String arguments) {
        assertThat(refusalOf(arguments))
                .contains("there is no option " + arguments.split(" ")[0]);
    }

    @Test
    void namesAnOptionWithoutItsValue() {
        assertThat(refusalOf("--seconds")).contains("--seconds needs a value");
        assertThat(refusalOf("--seconds --rate 5")).contains("--seconds needs a value");
    }

    @Test
    void refusesWhatContradictsItself() {
        assertThat(refusalOf("--limit --no-limit")).contains("exclude one another");
        assertThat(refusalOf("--rate 5 --rate 6")).contains("--rate is given twice");
        assertThat(refusalOf("--limit --limit")).contains("--limit is given twice");
    }

    private static BenchOptions parse(String arguments) {
        return BenchOptions.parse(
                Stream.of(arguments.split(" ")).filter(word -> !word.isEmpty()).toList());
    }

    private static String refusalOf(String arguments) {
        return assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(arguments))
                .actual()
                .getMessage();
    }
}
