package dev.holdfast.delivery;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;

/** The operators' calls, as the tests make them. */
final class DeadLetterCalls {
    static final String URL = "/admin/tests/dead-letters";

    private DeadLetterCalls() {}

    static JsonPath list(String query) {
        return given().get(URL + query).then().statusCode(200).extract().jsonPath();
    }

    static JsonPath deadLetter(String id) {
        return given().get(URL + "/" + id).then().statusCode(200).extract().jsonPath();
    }

    static JsonPath acts(String id) {
        return given().get(URL + "/audit?dead_letter_id=" + id)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    /** Waits until the list has this one dead letter. */
    static JsonPath awaitOne(String query) {
        await().atMost(DeliveryFixture.TIMEOUT)
                .until(() -> list(query).getList("").size() == 1);
        return deadLetter(list(query).getString("[0].id"));
    }

    static Response replay(String id) {
        return given().post(URL + "/" + id + "/replay");
    }

    static JsonPath replayMany(String body) {
        return given().contentType(ContentType.JSON)
                .body(body)
                .post(URL + "/replay")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    static Response discard(String id, String body) {
        return given().contentType(ContentType.JSON).body(body).post(URL + "/" + id + "/discard");
    }

    static void problem(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.jsonPath().getString("code")).isEqualTo(code);
    }
}
