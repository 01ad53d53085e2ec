package dev.holdfast.delivery.testing;

import dev.holdfast.localstack.LocalBroker;
import dev.holdfast.localstack.LocalPostgres;
import dev.holdfast.localstack.Ports;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts PostgreSQL and RabbitMQ for the application under test, in a folder of their own. The application is the user of the
 * broker that is called as its database; {@code OTHER_AMQP_URL} is for the other side of the saga. A test that stops or restarts
 * them has a field of type {@link LocalPostgres} or {@link LocalBroker} set. With the argument {@code login-files} the
 * application has its login from {@link LoginFiles}, which a field may have too.
 */
public final class RealInfrastructure implements QuarkusTestResourceLifecycleManager {
    private String database = "payments";
    private boolean withLoginFiles;
    private @Nullable Path directory;
    private @Nullable LocalPostgres postgres;
    private @Nullable LocalBroker broker;
    private @Nullable LoginFiles loginFiles;

    @Override
    public void init(Map<String, String> arguments) {
        database = arguments.getOrDefault("database", database);
        withLoginFiles = arguments.containsKey("login-files");
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
        String other = database.equals(LocalBroker.ORDERS) ? LocalBroker.PAYMENTS : LocalBroker.ORDERS;
        String managementPort = Integer.toString(Ports.free());
        Map<String, String> settings = new HashMap<>(Map.of(
                Management.PORT,
                managementPort,
                // A native binary knows no port for tests.
                "MANAGEMENT_PORT",
                managementPort,
                "DATABASE_HOST",
                "localhost",
                "DATABASE_PORT",
                String.valueOf(postgres.port()),
                "DATABASE_NAME",
                database,
                "DATABASE_USER",
                postgres.user(database),
                "DATABASE_PASSWORD",
                postgres.password(postgres.user(database)),
                "DATABASE_OWNER_USER",
                postgres.owner(database),
                "DATABASE_OWNER_PASSWORD",
                postgres.password(postgres.owner(database)),
                Administrator.PASSWORD,
                postgres.password(LocalPostgres.SUPERUSER)));
        // As that of health and metrics: Micrometer tells servers apart by their ports, but not one of any port.
        settings.put("quarkus.http.test-port", Integer.toString(Ports.free()));
        settings.put("AMQP_URL", broker.amqpUrl(database));
        settings.put("OTHER_AMQP_URL", broker.amqpUrl(other));
        settings.put("OPERATOR_AMQP_URL", broker.amqpUrl());
        if (withLoginFiles) {
            loginFiles = new LoginFiles(directory.resolve("login"));
            loginFiles.replace(postgres.user(database), postgres.password(postgres.user(database)));
            settings.remove("DATABASE_PASSWORD");
            settings.put("DATABASE_USER_FILE", loginFiles.user().toString());
            settings.put("DATABASE_PASSWORD_FILE", loginFiles.password().toString());
        }
        return settings;
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(postgres, new TestInjector.MatchesType(LocalPostgres.class));
        injector.injectIntoFields(loginFiles, new TestInjector.MatchesType(LoginFiles.class));
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
