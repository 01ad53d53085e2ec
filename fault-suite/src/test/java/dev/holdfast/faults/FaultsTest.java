package dev.holdfast.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.invariants.Violation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);

    @Test
    void doesAndListsOnlyWhatIsAskedFor() {
        assertThat(listed("--only", "SIGSTOP: order-service")).containsExactly("SIGSTOP: order-service");
        assertThat(listed("--only", "Flyway")).containsExactly(MigrationKills.FAULT.name());
        assertThat(listed())
                .containsExactlyElementsOf(Stream.concat(Stream.of(MigrationKills.FAULT), Kinds.all().stream())
                        .map(Fault::name)
                        .toList());
    }

    @Test
    void saysThatNothingIsAskedFor() throws Exception {
        assertThat(Faults.run(List.of("--only", "no such fault"), out, out)).isEqualTo(2);
        assertThat(told.toString(StandardCharsets.UTF_8)).contains("--only").contains("no such fault");
    }

    @Test
    void succeedsOnlyWhereSomethingWasChecked() {
        Tally tally = new Tally(Kinds.all(), line -> {});
        assertThat(exitStatus(tally, true)).isEqualTo(2);

        tally.checked(Duration.ZERO);
        assertThat(exitStatus(tally, true)).isZero();
        assertThat(exitStatus(tally, false)).isEqualTo(2);

        tally.missed(Kinds.all().getFirst(), "too slow");
        assertThat(exitStatus(tally, true)).isEqualTo(1);
    }

    @Test
    void failsWhereAPromiseIsBroken() {
        Tally tally = new Tally(Kinds.all(), line -> {});
        tally.found(List.of(new Violation("I1", "no money is made", 1, List.of("a row"))));

        assertThat(exitStatus(tally, true)).isEqualTo(1);
    }

    private List<String> listed(String... arguments) {
        return List.copyOf(Faults.prepared(FaultsOptions.parse(List.of(arguments)), out)
                .report()
                .kinds()
                .keySet());
    }

    private static int exitStatus(Tally tally, boolean complete) {
        return tally.report(1, Duration.ofMinutes(1)).exitStatus(complete);
    }
}
