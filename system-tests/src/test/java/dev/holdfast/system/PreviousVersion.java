package dev.holdfast.system;

import dev.holdfast.localstack.LocalStack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** The version that is upgraded from: {@code upgrade.from} in the module's {@code pom.xml} names its commit. */
final class PreviousVersion {
    private static final String COMMIT = System.getProperty("holdfast.upgrade-from", "");
    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final Path BUILDS = CHECKOUT.resolve(".holdfast").resolve("previous");
    private static final String SERVICES = "payment-service,order-service,gateway-service";

    private PreviousVersion() {}

    /** Where each of its services is, for a JVM. It is built once; a build of another commit takes its place. */
    static Function<String, Path> packaged() throws IOException, InterruptedException {
        abortWithoutHistory();
        Path built = BUILDS.resolve(COMMIT);
        if (!Files.exists(built)) {
            delete(BUILDS);
            build(built);
        }
        return LocalStack.packagedIn(built);
    }

    /** The text of a file, by its path in the checkout. */
    static String text(String file) throws IOException, InterruptedException {
        return run(CHECKOUT, "git", "show", COMMIT + ":" + file);
    }

    /** The paths of all files in a folder of the checkout. */
    static List<String> files(Path folder) throws IOException, InterruptedException {
        abortWithoutHistory();
        return run(CHECKOUT, "git", "ls-tree", "--name-only", COMMIT, folder + "/")
                .lines()
                .toList();
    }

    private static void abortWithoutHistory() throws InterruptedException {
        try {
            run(CHECKOUT, "git", "cat-file", "-e", COMMIT + "^{commit}");
        } catch (IOException e) {
            throw new TestAbortedException("The commit " + COMMIT + ", which is upgraded from, cannot be had here"
                    + " (a clone needs its history, git fetch --unshallow): " + e.getMessage());
        }
    }

    private static void build(Path built) throws IOException, InterruptedException {
        System.out.println("Building the version that is upgraded from, " + COMMIT + ", in " + built);
        long start = System.nanoTime();
        Path source = Files.createDirectories(BUILDS.resolve("source"));
        Path archive = BUILDS.resolve("source.tar");
        run(CHECKOUT, "git", "archive", "--format=tar", "--output=" + archive, COMMIT);
        run(source, "tar", "-xf", archive.toString());
        Files.delete(archive);
        withoutErrorProne(source.resolve("pom.xml"));
        run(source, "./mvnw", "-B", "-q", "-T2", "-Dmaven.test.skip=true", "-pl", SERVICES, "-am", "package");
        Files.move(source, built);
        System.out.printf("Built in %.0f s%n", (System.nanoTime() - start) / 1e9);
    }

    /** It has been checked when it was released, and a third of the time is enough without that. */
    private static void withoutErrorProne(Path pom) throws IOException {
        Files.writeString(pom, Files.readString(pom).replaceAll("<arg>-Xplugin:ErrorProne[^<]*</arg>", ""));
    }

    /** @return its output */
    private static String run(Path directory, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // What the optimizing compiler would gain, it costs several times.
        builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + output.strip());
        }
        return output;
    }

    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            List<Path> deepestFirst = new ArrayList<>();
            try (Stream<Path> files = Files.walk(tree)) {
                files.sorted(Comparator.reverseOrder()).forEach(deepestFirst::add);
            }
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
