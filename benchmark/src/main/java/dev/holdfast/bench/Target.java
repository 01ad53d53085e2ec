package dev.holdfast.bench;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.bench.load.Load;
import dev.holdfast.bench.load.Terminals;
import dev.holdfast.invariants.Violation;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is measured, as far as the benchmark can see into it. */
interface Target {
    URI gateway();

    /** What clients of the gateway prove themselves by. */
    ClientTokens tokens();

    /**
     * Returns once the system has finished what these users asked it.
     *
     * @throws IllegalStateException after the timeout
     */
    void awaitQuiet(Collection<UUID> userIds, Duration timeout) throws IOException, InterruptedException;

    /** What became of the load's orders. */
    Terminals terminals(Load load) throws IOException, SQLException, InterruptedException;

    /** Puts that many orders that have ended into the tables. */
    default void fill(int orders) throws SQLException {
        throw new IllegalArgumentException("bench: --filled needs the local stack with its databases");
    }

    /** Puts that many orders of these users, whose payment is to be asked for, into the tables, and waits for their end. */
    default Backlog workOff(int orders, List<UUID> users, Duration timeout) throws SQLException, InterruptedException {
        throw new IllegalArgumentException("bench: --backlog needs the local stack with its databases");
    }

    /** Which invariants are broken; null where that cannot be seen. */
    @Nullable
    List<Violation> violations() throws IOException, SQLException;
}
