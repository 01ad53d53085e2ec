package dev.holdfast.command;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts the service. With the one argument {@code health} it only asks the service that runs in the same container whether
 * it is ready, and ends with 0 or 1: images need neither a shell nor curl for their health checks.
 */
@QuarkusMain
public final class ServiceMain {
    static final String HEALTH = "health";

    private ServiceMain() {}

    public static void main(String... arguments) {
        if (arguments.length == 1 && arguments[0].equals(HEALTH)) {
            System.exit(health(System.getenv()));
        }
        Quarkus.run(arguments);
    }

    private static int health(Map<String, String> environment) {
        String port = environment.get("MANAGEMENT_PORT");
        if (port == null) {
            System.err.println("MANAGEMENT_PORT is not set: nobody knows where to ask");
            return 1;
        }
        return new HealthProbe(host(environment.get("MANAGEMENT_HOST")), Integer.parseInt(port)).ask(System.out)
                ? 0
                : 1;
    }

    /** Whoever listens at all addresses also does at this one, for which no name has to be looked up. */
    private static String host(@Nullable String listeningAt) {
        return listeningAt == null || listeningAt.equals("0.0.0.0") ? "127.0.0.1" : listeningAt;
    }
}
