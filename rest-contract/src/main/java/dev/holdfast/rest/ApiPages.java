package dev.holdfast.rest;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Describes how the answer to a request that takes a cursor leads to the next page, as {@link Page} makes it. */
final class ApiPages {
    private static final String CURSOR = "cursor";

    private ApiPages() {}

    static void complete(OpenAPI document) {
        document.getPaths().getPathItems().values().stream()
                .flatMap(item -> item.getOperations().values().stream())
                .filter(ApiPages::takesACursor)
                .forEach(ApiPages::addLink);
    }

    private static boolean takesACursor(Operation operation) {
        return operation.getParameters() != null
                && operation.getParameters().stream().anyMatch(parameter -> CURSOR.equals(parameter.getName()));
    }

    private static void addLink(Operation operation) {
        APIResponse page = operation.getResponses().getAPIResponse("200");
        if (page != null) {
            page.addHeader(HttpHeaders.LINK, link());
        }
    }

    private static Header link() {
        return OASFactory.createHeader()
                .description("Where more follow, the next page: <…>; rel=\"next\"")
                .schema(OASFactory.createSchema().type(List.of(Schema.SchemaType.STRING)));
    }
}
