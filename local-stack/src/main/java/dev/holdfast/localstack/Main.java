package dev.holdfast.localstack;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/** What {@code ./holdfast} calls once everything is built: {@code Main DIRECTORY COMMAND [OPTION...]}. */
public final class Main {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private Main() {}

    public static void main(String[] arguments) {
        StackDirectory directory =
                new StackDirectory(Path.of(arguments[0]).toAbsolutePath().normalize());
        List<String> options = List.of(arguments).subList(2, arguments.length);
        try {
            switch (arguments[1]) {
                case "prepare" ->
                    new Launcher(directory, Main::say)
                            .prepare(StackSettings.of(System.getenv()), options.contains("--fresh"));
                case "train" ->
                    say("Trained by " + new Launcher(directory, Main::say).train(StackSettings.of(System.getenv()))
                            + " orders");
                case "up" -> new Launcher(directory, Main::say).up(StackSettings.of(System.getenv()));
                case "up-detached" -> new Detached(directory).up();
                case "down" -> new Detached(directory).down(Main::say);
                case "env" -> System.out.print(StackEnvironment.read(directory));
                case "demo" -> new Demo(StackEnvironment.gateway(directory), System.out).run();
                case "keys" -> say(new LocalKeys(Path.of(options.getFirst())).makeUpForContainers());
                case "token" -> System.out.println(new TokenCommand(directory).run(options));
                case "queues" -> System.exit(queues(Integer.parseInt(options.getFirst())));
                case "dev" -> System.exit(new DevMode(directory, Main::say).run(options.getFirst()));
                case "audit" -> System.exit(audit(directory));
                default -> throw new IllegalArgumentException("unknown command " + arguments[1]);
            }
        } catch (StackException e) {
            System.err.println("holdfast: " + e.getMessage());
            System.exit(1);
        } catch (UncheckedIOException e) {
            System.err.println("holdfast: a file cannot be read or written: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Returns 0 once all is done, 1 where something has to be done before it is called again, 2 where the broker could not be asked. */
    private static int queues(int count) {
        Optional<String> obstacles;
        try {
            obstacles = QueueSpread.elsewhere(System.getenv("AMQP_URL")).towards(count);
        } catch (StackException e) {
            System.err.println("holdfast: " + e.getMessage());
            return 2;
        }
        System.out.println(obstacles.orElse("Done"));
        return obstacles.isEmpty() ? 0 : 1;
    }

    private static int audit(StackDirectory directory) {
        try {
            return new Audit(StackEnvironment.gateway(directory), System.out).run();
        } catch (RuntimeException e) {
            // Whatever it was: nothing is known then, least of all a discrepancy.
            System.err.println("holdfast: " + (e instanceof StackException ? e.getMessage() : e));
            return Audit.NOT_RUN;
        }
    }

    private static void say(String line) {
        System.out.println(LocalTime.now().format(CLOCK) + " " + line);
    }
}
