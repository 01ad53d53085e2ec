package dev.holdfast.delivery.testing;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import org.eclipse.microprofile.config.ConfigProvider;

/** Health and metrics of the application under test, which have a port of their own. */
public final class Management {
    static final String PORT = "quarkus.management.test-port";

    private Management() {}

    public static Response get(String path) {
        return given().get(path);
    }

    public static RequestSpecification given() {
        return RestAssured.given().port(ConfigProvider.getConfig().getValue(PORT, Integer.class));
    }
}
