package dev.holdfast.delivery.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassingFailureTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "08006", "25006", "25P03", "25P04", "26000", "28P01", "3D000", "40001", "40P01", "42501", "53100",
                "53200", "53300", "55P03", "57014", "57P01", "57P03", "58030"
            })
    void aDatabaseThatIsBusyOrAwayPasses(String state) {
        assertThat(PassingFailure.is(new DatabaseException("x", new SQLException("y", state))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0A000", "22003", "22021", "23505", "25P02", "42P01", "55000"})
    void whatTheDataCausesDoesNotPass(String state) {
        assertThat(PassingFailure.is(new DatabaseException("x", new SQLException("y", state))))
                .isFalse();
    }

    @Test
    void aPoolWithoutAFreeConnectionPassesThoughItGivesNoState() {
        assertThat(PassingFailure.is(new DatabaseException("x", new SQLException("Acquisition timeout"))))
                .isTrue();
        assertThat(PassingFailure.is(new SQLTransientConnectionException())).isTrue();
    }

    @Test
    void anAttemptThatThePoolHasInterruptedPasses() {
        assertThat(PassingFailure.is(new CompletionException(new InterruptedException())))
                .isTrue();
    }

    @Test
    void theReasonOfAFailedCommitIsFoundAmongTheSuppressed() {
        RuntimeException commit = new IllegalStateException("commit failed");
        commit.addSuppressed(new SQLException("connection lost", "08006"));
        assertThat(PassingFailure.is(new RuntimeException(commit))).isTrue();
    }

    @Test
    void onlyLocksAndConflictsAreContention() {
        assertThat(PassingFailure.isContention(new SQLException("lock", "55P03")))
                .isTrue();
        assertThat(PassingFailure.isContention(new SQLException("deadlock", "40P01")))
                .isTrue();
        assertThat(PassingFailure.isContention(new SQLException("away", "08006")))
                .isFalse();
    }

    @Test
    void aFailureThatCausesItselfEnds() {
        RuntimeException loop = new RuntimeException("a");
        RuntimeException other = new RuntimeException("b", loop);
        loop.initCause(other);
        assertThat(PassingFailure.is(loop)).isFalse();
    }
}
