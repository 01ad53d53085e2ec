package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several addresses of one service. */
@QuarkusTest
@QuarkusTestResource(FakeServices.class)
class ReplicasIT {
    private static final int REQUESTS = 50;

    @ConfigProperty(name = "holdfast.gateway.upstreams.pair.addresses")
    List<URI> pair;

    @ConfigProperty(name = "holdfast.gateway.upstreams.leaving.addresses")
    List<URI> leaving;

    private Client gateway;

    @BeforeEach
    void connect() {
        gateway = Client.gateway();
    }

    @Test
    void spreadsRequestsOverTheReplicas() {
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(gateway.get("/pair/spread").statusCode()).isEqualTo(200);
        }

        assertThat(calls(pair, "/pair/spread")).containsExactly(REQUESTS / 2, REQUESTS / 2);
    }

    @Test
    void sendsNothingMoreToAReplicaThatIsSlowThanToTheOthers() {
        CompletableFuture<HttpResponse<String>> slow = gateway.sendAsync("GET", "/pair/slow/never", "");
        await().until(() -> calls(pair, "/pair/slow/never").contains(1));
        int busy = calls(pair, "/pair/slow/never").indexOf(1);
        IntStream.range(0, REQUESTS).forEach(i -> gateway.get("/pair/beside"));

        assertThat(slow).isNotDone();
        assertThat(calls(pair, "/pair/beside").get(busy)).isZero();
        slow.cancel(true);
    }

    @ParameterizedTest
    @CsvSource({"half,POST", "hole,POST"})
    void passesOverAnAddressThatTakesNoConnectionForTheSameRequestAndLeavesItAlone(String upstream, String method) {
        for (int i = 0; i < REQUESTS; i++) {
            HttpResponse<String> answer = gateway.send(method, "/" + upstream + "/echo", "body " + i);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("body " + i);
        }

        assertThat(Client.management().get("/q/metrics").body())
                .contains("gateway_passed_over_total{upstream=\"" + upstream + "\"} 1.0")
                .contains("gateway_addresses_left_alone{upstream=\"" + upstream + "\"} 1.0");
    }

    @Test
    void triesAllBeforeItSaysThatTheServiceCannotBeReached() {
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.send("POST", "/none/x", "{}").statusCode()).isEqualTo(503);
        }

        assertThat(Client.management().get("/q/metrics").body())
                .contains("gateway_passed_over_total{upstream=\"none\"} 3.0")
                .contains("gateway_addresses_left_alone{upstream=\"none\"} 2.0");
    }

    @ParameterizedTest
    @CsvSource({"GET,drop,1,1", "POST,drop,0,1", "GET,cut-before-the-body,1,1", "POST,cut-before-the-body,0,1"})
    void asksAnotherReplicaOnceAConnectionWasLostWhereTheRequestHasNoEffect(
            String method, String how, int fewer, int more) {
        String target = "/pair/" + method + "/" + how;

        assertThat(gateway.send(method, target, "").statusCode()).isEqualTo(502);

        assertThat(calls(pair, target)).containsExactlyInAnyOrder(fewer, more);
    }

    @Test
    void sendsNothingMoreToAReplicaThatClosesItsConnectionsBecauseItIsStopping() {
        assertThat(gateway.get("/leaving/closing").body()).isEqualTo("the last one here");

        for (int i = 0; i < REQUESTS; i++) {
            assertThat(gateway.send("POST", "/leaving/echo", "{}").statusCode()).isEqualTo(200);
        }
        List<Integer> last = calls(leaving, "/leaving/closing");
        assertThat(last).containsExactlyInAnyOrder(0, 1);
        assertThat(calls(leaving, "/leaving/echo").get(last.indexOf(1))).isZero();
    }

    /** How often each replica was called so. */
    private static List<Integer> calls(List<URI> replicas, String target) {
        return replicas.stream()
                .map(replica ->
                        new Client(replica.getPort()).get("/calls?of=" + target).body())
                .map(Integer::valueOf)
                .toList();
    }
}
