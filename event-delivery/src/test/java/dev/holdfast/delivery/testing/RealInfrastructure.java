package dev.holdfast.delivery.testing;

import dev.holdfast.localstack.LocalBroker;
import dev.holdfast.localstack.LocalPostgres;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts PostgreSQL and RabbitMQ for the application under test, in a folder of their own. A test that stops or restarts
 * them has a field of type {@link LocalPostgres} or {@link LocalBroker} set.
 */
public final class RealInfrastructure implements QuarkusTestResourceLifecycleManager {
    private String database = "payments";
    private @Nullable Path directory;
    private @Nullable LocalPostgres postgres;
    private @Nullable LocalBroker broker;

    @Override
    public void init(Map<String, String> arguments) {
        database = arguments.getOrDefault("database", database);
    }

    @Override
    public Map<String, String> start() {
        try {
            directory = Files.createTempDirectory("holdfast-it-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        postgres = LocalPostgres.start(directory.resolve("postgres"), 0);
        broker = LocalBroker.start(directory.resolve("rabbitmq"), 0);
        return Map.of(
                "DATABASE_HOST", "localhost",
                "DATABASE_PORT", String.valueOf(postgres.port()),
                "DATABASE_NAME", database,
                "DATABASE_USER", postgres.user(database),
                "DATABASE_PASSWORD", postgres.password(database),
                "AMQP_URL", broker.amqpUrl());
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(postgres, new TestInjector.MatchesType(LocalPostgres.class));
        injector.injectIntoFields(broker, new TestInjector.MatchesType(LocalBroker.class));
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
        }
        if (postgres != null) {
            postgres.close();
        }
        if (directory != null) {
            delete(directory);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
