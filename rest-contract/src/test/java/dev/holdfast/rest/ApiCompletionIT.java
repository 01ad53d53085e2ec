package dev.holdfast.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ApiCompletionIT {
    private JsonPath document;

    @BeforeEach
    void read() {
        document = given().get("/openapi?format=json").jsonPath();
    }

    @Test
    void everyOperationTellsTheRefusalsThatAnyRequestCanMeet() {
        assertThat(document.getMap("paths.'/gifts'.get.responses"))
                .containsKeys("400", "406", "414", "431", "503")
                .doesNotContainKeys("411", "415");
        assertThat(document.getMap("paths.'/gifts/{gift_id}'.post.responses"))
                .containsKeys("400", "406", "411", "413", "414", "415", "431", "503");
        assertThat(document.getString(
                        "components.responses.Overloaded.content.'application/problem+json'.schema.'$ref'"))
                .isEqualTo("#/components/schemas/Problem");
        assertThat(document.getBoolean("components.responses.Overloaded.headers.'Retry-After'.required"))
                .isTrue();
    }

    @Test
    void requestsHaveNoUnknownFieldsAndSayWhatEachMayBe() {
        assertThat(document.getBoolean("components.schemas.Gift.additionalProperties"))
                .isFalse();
        assertThat(document.getList("components.schemas.Gift.required")).isEqualTo(List.of("amount"));
        Map<String, Map<String, Object>> fields = document.getMap("components.schemas.Gift.properties");
        assertThat(fields.get("amount")).containsEntry("$ref", "#/components/schemas/Amount");
        assertThat(fields.get("card_text"))
                .containsEntry("maxLength", 10)
                .containsEntry("type", List.of("string", "null"));
        assertThat(fields.get("giver_id")).containsKey("anyOf");
    }

    @Test
    void amountsAreBoundedByNumbersThatEveryReaderKeeps() {
        String json = given().get("/openapi?format=json").asString().replace(" ", "");

        assertThat(json).contains("\"exclusiveMinimum\":0", "\"exclusiveMaximum\":10000000000000000", "0.01");
    }

    @Test
    void answersSayWhichFieldsAreAlwaysThere() {
        assertThat(document.<String>getList("components.schemas.Problem.required"))
                .containsExactlyInAnyOrder("type", "title", "status", "detail", "code", "trace_id");
    }

    @Test
    void parametersAreDescribedAndTheirDefaultsAreNumbers() {
        assertThat(document.getInt("components.schemas.PageLimit.default")).isEqualTo(50);
        List<Map<String, Object>> parameters = document.getList("paths.'/gifts'.get.parameters");
        assertThat(parameters).allSatisfy(parameter -> assertThat(parameter).containsKey("description"));
        assertThat(parameters)
                .filteredOn(parameter -> "limit".equals(parameter.get("name")))
                .singleElement()
                .satisfies(limit ->
                        assertThat(limit.get("schema")).isEqualTo(Map.of("$ref", "#/components/schemas/PageLimit")));
    }
}
