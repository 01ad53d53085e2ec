package dev.holdfast.bench;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.bench.load.ListedOrders;
import dev.holdfast.bench.load.Load;
import dev.holdfast.bench.load.Terminals;
import dev.holdfast.invariants.Violation;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A system of which only the gateway is reached. */
record RemoteGateway(URI gateway, ClientTokens tokens) implements Target {
    @Override
    public void awaitQuiet(Collection<UUID> userIds, Duration timeout) throws IOException, InterruptedException {
        try (ListedOrders orders = new ListedOrders(gateway, tokens)) {
            orders.awaitTerminal(userIds, timeout);
        }
    }

    @Override
    public Terminals terminals(Load load) throws IOException, InterruptedException {
        return Terminals.of(load, gateway, tokens);
    }

    @Override
    public @Nullable List<Violation> violations() {
        return null;
    }
}
