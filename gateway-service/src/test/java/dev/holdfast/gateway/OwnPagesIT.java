package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(FakeServices.class)
class OwnPagesIT {
    private static final Pattern ASSET = Pattern.compile("(?:src|href)=\"([^\"]+\\.(?:js|css))\"");

    @ConfigProperty(name = "holdfast.gateway.port")
    int port;

    private Client gateway;

    @BeforeEach
    void connect() {
        gateway = new Client(port);
    }

    @Test
    void describesAllRoutedPathsAndSaysWhatIsMissing() {
        HttpResponse<String> answer = gateway.get("/openapi");

        JsonObject document = new JsonObject(answer.body());
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(document.getJsonObject("paths").fieldNames())
                .containsExactlyInAnyOrder("/accounts", "/orders", "/admin/orders/dead-letters");
        assertThat(document.getJsonObject("info").getString("description")).contains("gone");
    }

    @Test
    void passesOnWhatIsForOperators() {
        assertThat(gateway.get("/admin/orders/dead-letters/anything").statusCode())
                .isEqualTo(200);
        assertThat(gateway.get("/admin/payments/dead-letters/anything").statusCode())
                .isEqualTo(200);
        assertThat(gateway.get("/admin/anything").statusCode()).isEqualTo(404);
    }

    @Test
    void showsTheDocumentInABrowserFromLocalAssets() {
        assertThat(gateway.get("/").headers().firstValue("Location")).contains("/docs/");
        assertThat(gateway.get("/docs").headers().firstValue("Location")).contains("/docs/");
        String page = gateway.get("/docs/").body();

        assertThat(page).contains("/openapi").contains("Holdfast API");
        assertThat(ASSET.matcher(page).results().map(match -> match.group(1)))
                .isNotEmpty()
                .allSatisfy(asset -> assertThat(
                                gateway.get(URI.create("/docs/").resolve(asset).toString())
                                        .statusCode())
                        .isEqualTo(200));
    }

    @Test
    void isHealthyAndCountsByUpstream() {
        gateway.get("/orders/counted");

        assertThat(gateway.get("/q/health/live").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/q/health/started").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/q/metrics").body())
                .contains("gateway_requests_seconds_count{outcome=\"2xx\",upstream=\"orders\"}")
                .contains("gateway_in_flight{upstream=\"orders\"}")
                .doesNotContain("/orders/counted");
    }
}
