package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keeps Dockerfile and docker-compose.yml in step with the services. */
class ContainerImagesTest {
    private static final SortedMap<String, String> PORTS =
            new TreeMap<>(Map.of("gateway-service", "8000", "order-service", "8001", "payment-service", "8002"));

    /** The stages of the Dockerfile that are images. */
    private static final List<String> IMAGES = List.of("jvm", "native");

    @ParameterizedTest
    @MethodSource("services")
    void composeBuildsEachServiceFromItsModuleWithItsPort(String service) throws IOException {
        JsonNode arguments = compose().at("/services/" + service + "/build/args");
        assertThat(arguments.path("<<").asText()).isEqualTo("build-args");
        assertThat(arguments.path("MODULE").asText()).isEqualTo(service);
        assertThat(arguments.path("PORT").asText()).isEqualTo(PORTS.get(service));
        assertThat(read(service, "src/main/resources/application.properties"))
                .contains("${HTTP_PORT:" + PORTS.get(service) + "}");
        assertThat(read("", "Dockerfile"))
                .contains("-pl " + String.join(",", PORTS.keySet()) + ",local-stack -am")
                .contains("-pl " + String.join(",", PORTS.keySet()) + " -am");
    }

    @ParameterizedTest
    @MethodSource("services")
    void everyVariableOfComposeIsReadByTheService(String service) throws IOException {
        String properties = read(service, "src/main/resources/application.properties") + sharedProperties();
        assertThat(Compose.read().environment(service).keySet())
                .contains("HOLDFAST_AUTH")
                .allSatisfy(it -> assertThat(properties).containsPattern("\\$\\{" + it + "[:}]"));
    }

    @Test
    void composeTellsAllItsVariablesByExampleAndHoldsNoSecret() throws IOException {
        String text = read("", "docker-compose.yml");
        String example = read("", ".env.example");
        Set<String> required = Pattern.compile("\\$\\{(\\w+):\\?")
                .matcher(text)
                .results()
                .map(it -> it.group(1))
                .collect(Collectors.toSet());
        assertThat(required).isNotEmpty().allSatisfy(it -> assertThat(example).containsPattern("(?m)^" + it + "="));
        assertThat(text.lines().filter(it -> it.matches(".*PASS(WORD)?:.*")))
                .isNotEmpty()
                .allSatisfy(it -> assertThat(it).contains("${"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"order", "payment"})
    void composeGivesThePasswordOfTheTablesOwnerToTheMigrationAlone(String name) throws IOException {
        JsonNode service = compose().at("/services/" + name + "-service");
        JsonNode migration = compose().at("/services/" + name + "-migration");
        assertThat(migration.path("image")).isEqualTo(service.path("image"));
        assertThat(migration.path("environment").has("DATABASE_OWNER_PASSWORD")).isTrue();
        assertThat(service.path("environment").has("DATABASE_OWNER_PASSWORD")).isFalse();
        assertThat(service.at("/environment/MIGRATE_AT_START").asText()).isEqualTo("false");
        assertThat(service.at("/depends_on/" + name + "-migration/condition").asText())
                .isEqualTo("service_completed_successfully");
    }

    @Test
    void everyForeignImageIsOfAFixedVersionAndCanBeReplacedByADigest() throws IOException {
        Map<String, String> images = Stream.of(
                        "(?m)^ARG (\\w+_IMAGE)=(\\S+)$", // Dockerfile
                        "image: \\$\\{(\\w+_IMAGE):-([^}]+)}") // docker-compose.yml
                .flatMap(pattern -> Pattern.compile(pattern)
                        .matcher(read("", "Dockerfile") + read("", "docker-compose.yml"))
                        .results())
                .collect(Collectors.toMap(it -> it.group(1), it -> it.group(2), (first, second) -> first));
        assertThat(images)
                .containsOnlyKeys(
                        "JDK_IMAGE", "JRE_IMAGE", "MANDREL_IMAGE", "MICRO_IMAGE", "POSTGRES_IMAGE", "RABBITMQ_IMAGE")
                .allSatisfy((name, image) -> assertThat(image).as(name).matches(Images.OF_A_FIXED_VERSION));
        assertThat(read("", "docker-compose.yml").lines().filter(it -> it.contains(" image: ")))
                .allMatch(it -> it.matches(" +image: (holdfast/.*|\\$\\{\\w+_IMAGE:-.*)"));
        assertThat(read("", "Dockerfile").lines().filter(it -> it.startsWith("FROM ")))
                .as("no base image that is not such an argument")
                .allMatch(it -> it.matches("FROM \\$\\{\\w+_IMAGE} AS [\\w-]+"));
        // Without a value an argument is what .env says, and else what the Dockerfile does.
        assertThat(compose().get("x-build-args").properties())
                .filteredOn(it -> it.getValue().isNull())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("JDK_IMAGE", "JRE_IMAGE", "MANDREL_IMAGE", "MICRO_IMAGE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"postgres:18", "postgres:18@sha256:%s", "quay.io:443/quarkus/micro@sha256:%s", "a/b:jdk-25"})
    void aDigestIsAFixedVersion(String image) {
        assertThat(image.formatted("0".repeat(64))).matches(Images.OF_A_FIXED_VERSION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "postgres:latest", "postgres@sha256:12", "postgres:18@%s"})
    void whatMovesOrIsCutOffIsNone(String image) {
        assertThat(image.formatted("0".repeat(64))).doesNotMatch(Images.OF_A_FIXED_VERSION);
    }

    @Test
    void dockerMakesNoFolderOfKeysAndTheirUsualOnesAreThere() throws IOException {
        Compose compose = Compose.read();
        List<JsonNode> mounts = compose.file().findValues("volumes").stream()
                .flatMap(volumes -> StreamSupport.stream(volumes.spliterator(), false))
                .filter(JsonNode::isObject)
                .toList();
        List<JsonNode> keys = Stream.concat(Stream.of(compose.file().get("x-public-keys")), mounts.stream())
                .filter(mount -> mount.path("type").asText().equals("bind"))
                .toList();
        assertThat(keys)
                .extracting(mount -> mount.get("source").asText())
                .containsExactlyInAnyOrder("${HOLDFAST_KEYS:-./keys}/public", "${HOLDFAST_KEYS:-./keys}/order-service");
        assertThat(keys).allSatisfy(mount -> {
            assertThat(mount.get("read_only").asBoolean()).isTrue();
            assertThat(Path.of(
                            "..",
                            "keys",
                            Path.of(mount.get("source").asText()).getFileName().toString(),
                            ".gitignore"))
                    .exists();
        });
        String text = read("", "docker-compose.yml");
        assertThat(text)
                .containsOnlyOnce("&no-new-folder {create_host_path: false}")
                .contains("bind: *no-new-folder");
        assertThat(text.lines().filter(line -> line.matches(" +- .*\\$\\{HOLDFAST_KEYS.*")))
                .isEmpty();
    }

    @Test
    void onlyTheGatewayIsPublishedBeyondThisMachine() throws IOException {
        assertThat(compose().get("services").properties())
                .filteredOn(it -> it.getValue().has("ports"))
                .allSatisfy(it -> it.getValue().get("ports").forEach(port -> {
                    if (!port.asText().startsWith("127.0.0.1:")) {
                        assertThat(it.getKey()).isEqualTo("gateway-service");
                        assertThat(port.asText()).startsWith("${HOLDFAST_GATEWAY_HOST:-127.0.0.1}:");
                    }
                }));
        assertThat(Compose.read().environment("gateway-service"))
                .as("what it refuses to start with while it asks for no tokens")
                .containsEntry("PUBLISHED_HOST", "${HOLDFAST_GATEWAY_HOST:-127.0.0.1}");
    }

    @ParameterizedTest
    @MethodSource("services")
    void healthIsAskedAtThePortThatTheImageSetsForIt(String service) throws IOException {
        assertThat(read(service, "src/main/resources/application.properties"))
                .containsPattern("quarkus\\.management\\.port=\\$\\{MANAGEMENT_PORT:8[0-9]{3}}")
                .contains("quarkus.management.host=${MANAGEMENT_HOST:127.0.0.1}");
        assertThat(Compose.read().setting(service, "healthcheck").isMissingNode())
                .as("the image's own counts")
                .isTrue();
        assertThat(IMAGES).allSatisfy(image -> {
            assertThat(dockerfile().all(image, "ENV"))
                    .singleElement()
                    .asString()
                    .contains(" MANAGEMENT_PORT=9000");
            assertThat(dockerfile().all(image, "EXPOSE")).containsExactly("${PORT}");
        });
    }

    @ParameterizedTest
    @FieldSource("IMAGES")
    void neitherStartNorHealthCheckNeedsAShell(String image) throws IOException {
        String health = dockerfile().only(image, "HEALTHCHECK");
        assertThat(health).contains("--interval=", "--timeout=", "--retries=", "--start-period=");
        List<String> asked = words(health.substring(health.indexOf("CMD ") + 4));
        assertThat(asked.getLast()).isEqualTo("health");
        assertThat(asked.getFirst()).isIn("java", "./application");
        assertThat(words(dockerfile().only(image, "ENTRYPOINT")).getFirst()).isEqualTo(asked.getFirst());
        if (asked.getFirst().equals("java")) {
            String main = asked.get(asked.size() - 2);
            assertThat(Path.of("../service-runtime/src/main/java", main.replace('.', '/') + ".java"))
                    .exists();
            assertThat(dockerfile().all(image, "COPY"))
                    .anyMatch(it -> it.endsWith("service-runtime-*.jar " + asked.get(asked.indexOf("-cp") + 1)));
        }
    }

    @ParameterizedTest
    @FieldSource("IMAGES")
    void everyImageHasAUserAndAGroupThatAreNotRoot(String image) throws IOException {
        assertThat(dockerfile().only(image, "USER")).matches("[1-9]\\d*:[1-9]\\d*");
    }

    @ParameterizedTest
    @FieldSource("IMAGES")
    void everyImageSaysWhatItIsAndWhatIsInIt(String image) throws IOException {
        assertThat(dockerfile().all(image, "COPY"))
                .contains("--from=" + image + "-build /build/${MODULE}/target/${MODULE}.cdx.json ./");
        assertThat(Pattern.compile("org\\.opencontainers\\.image\\.(\\w+)=\"[^\"]+\"")
                        .matcher(dockerfile().only(image, "LABEL"))
                        .results()
                        .map(it -> it.group(1)))
                .containsExactlyInAnyOrder("title", "version", "revision", "source", "licenses");
        assertThat(compose().get("x-build-args").properties())
                .extracting(Map.Entry::getKey)
                .containsAll(List.of("VERSION", "REVISION", "SOURCE"));
        assertThat(read("", "pom.xml")).contains("<version>" + dockerfile().argument(image, "VERSION") + "</version>");
    }

    @Test
    void aBuildOfAllThreeImagesRunsMavenAndTheTrainingOnce() throws IOException {
        // An argument of its own would make a stage another one for each image.
        for (String shared : List.of("jvm-build", "native-build", "training")) {
            assertThat(dockerfile().all(shared, "ARG")).as(shared).isEmpty();
            assertThat(String.join(" ", dockerfile().all(shared, "RUN")))
                    .as(shared)
                    .doesNotContain("MODULE", "PORT");
        }
        assertThat(IMAGES)
                .allSatisfy(image -> assertThat(dockerfile().all(image, "RUN")).isEmpty());
    }

    @Test
    void theCacheIsMadeByTheJvmAndWithTheOptionsThatItIsUsedBy() throws IOException {
        Dockerfile dockerfile = dockerfile();
        assertThat(dockerfile.only("training", "FROM")).isEqualTo(dockerfile.only("jvm", "FROM"));
        String options = "service-runtime/src/main/container/java.options ";
        assertThat(dockerfile.all("training", "COPY")).contains(options + "/stack/");
        assertThat(dockerfile.all("training", "RUN").getLast()).contains("HOLDFAST_JAVA_OPTS=@/stack/java.options ");
        assertThat(dockerfile.all("jvm", "COPY"))
                .contains(options + "./", "--from=training /stack/app/${MODULE}/app.aot ./");
        assertThat(words(dockerfile.only("jvm", "ENTRYPOINT")))
                .containsExactly("java", "@java.options", "-XX:AOTCache=app.aot", "-jar", "quarkus-run.jar");
        assertThat(PORTS.keySet())
                .allSatisfy(service -> assertThat(dockerfile.all("training", "COPY"))
                        .contains("--from=jvm-build /build/" + service + "/target/quarkus-app/ /stack/app/" + service
                                + "/"));
        assertThat(read("service-runtime", "src/main/container/java.options").lines())
                .as("without room for the objects of the cache the JVM ends")
                .contains("-Xms64m");
        // A cache fits jars of one time only, which cached layers have beside new ones.
        assertThat(dockerfile.only("jvm-build", "RUN")).contains("find */target/quarkus-app -exec touch ");
    }

    @Test
    void theBuildReadsWhatItIsTrainedWith() throws IOException {
        assertThat(read("local-stack", "pom.xml")).contains("prepare-database.sql", "definitions.json");
        assertThat(read("", ".dockerignore").lines())
                .contains(
                        "!k8s/overlays/local/postgres/prepare-database.sql",
                        "!k8s/overlays/local/rabbitmq/definitions.json");
    }

    private static Dockerfile dockerfile() throws IOException {
        return Dockerfile.read();
    }

    /** Of an instruction's exec form. */
    private static List<String> words(String json) throws IOException {
        return List.of(new JsonMapper().readValue(json, String[].class));
    }

    static Set<String> services() {
        return PORTS.keySet();
    }

    /** Of the modules that services consist of. */
    private static String sharedProperties() throws IOException {
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            return modules.map(module -> module.resolve("src/main/resources/META-INF/microprofile-config.properties"))
                    .filter(Files::exists)
                    .map(file -> read("", file.toAbsolutePath().toString()))
                    .collect(Collectors.joining());
        }
    }

    private static JsonNode compose() throws IOException {
        return Compose.read().file();
    }

    private static String read(String module, String file) {
        try {
            return Files.readString(Path.of("..", module).resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
