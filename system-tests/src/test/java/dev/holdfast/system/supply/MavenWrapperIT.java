package dev.holdfast.system.supply;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ./mvnw downloads is run only if it is the Maven that was meant. */
class MavenWrapperIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final List<String> USED = List.of(
            "basename",
            "curl",
            "dirname",
            "gzip",
            "mkdir",
            "mktemp",
            "rm",
            "sha256sum",
            "shasum",
            "tar",
            "tr",
            "uname",
            "wget");

    @TempDir
    private Path home;

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private HttpServer mirror;

    /** Answers every download with the same bytes, which are none of Maven's. */
    @BeforeEach
    void startMirror() throws IOException {
        mirror = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        mirror.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().getPath());
            byte[] body = "not Maven".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        mirror.start();
    }

    @AfterEach
    void stopMirror() {
        mirror.stop(0);
    }

    @Test
    void refusesAnArchiveThatIsNotTheOneMeant() throws Exception {
        assertThat(mvnw(System.getenv("PATH"))).contains("Failed to validate Maven distribution SHA-256");
        assertThat(asked).singleElement().satisfies(it -> assertThat(it).endsWith("-bin.zip"));
        try (Stream<Path> files = Files.walk(home)) {
            assertThat(files).noneMatch(file -> file.endsWith("bin/mvn"));
        }
    }

    @Test
    void refusesTheOtherArchiveTooThatMachinesWithoutUnzipTake() throws Exception {
        assertThat(mvnw(pathWithoutUnzip())).contains("Failed to validate Maven distribution SHA-256");
        assertThat(asked).singleElement().satisfies(it -> assertThat(it).endsWith("-bin.tar.gz"));
    }

    @Test
    void knowsTheSumsOfBothArchives() throws IOException {
        List<String> properties = Files.readAllLines(ROOT.resolve(".mvn/wrapper/maven-wrapper.properties"));
        assertThat(properties)
                .anyMatch(it -> it.matches("distributionUrl=https://repo\\.maven\\.apache\\.org/.*-bin\\.zip"))
                .anyMatch(it -> it.matches("distributionSha256Sum=[0-9a-f]{64}"))
                .anyMatch(it -> it.matches("distributionTarGzSha256Sum=[0-9a-f]{64}"));
    }

    /** Runs ./mvnw on an empty Maven home, downloading from the mirror, and expects it to fail. */
    private String mvnw(String path) throws Exception {
        Path output = home.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(ROOT.resolve("mvnw").toString(), "--version")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("PATH", path);
        builder.environment().put("MAVEN_USER_HOME", home.toString());
        builder.environment()
                .put("MVNW_REPOURL", "http://127.0.0.1:" + mirror.getAddress().getPort());
        builder.environment()
                .keySet()
                .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        assertThat(process.waitFor()).as("exit status").isEqualTo(1);
        return Files.readString(output);
    }

    /** A folder with the programs that the wrapper uses, but that one. */
    private String pathWithoutUnzip() throws IOException {
        Path programs = Files.createDirectory(home.resolve("programs"));
        for (String name : USED) {
            for (String folder : System.getenv("PATH").split(":")) {
                Path program = Path.of(folder, name);
                Path ours = programs.resolve(name);
                if (Files.isExecutable(program) && !Files.exists(ours)) {
                    Files.writeString(ours, "#!/bin/sh\nexec '" + program + "' \"$@\"\n");
                    assertThat(ours.toFile().setExecutable(true)).isTrue();
                }
            }
        }
        return programs.toString();
    }
}
