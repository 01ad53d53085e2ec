package dev.holdfast.rest;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.jboss.jandex.IndexView;

/**
 * Adds to a service's OpenAPI document what is the same for all operations, so that annotations tell only what is special
 * about one. It runs when the service is built, so that a native image serves the same document.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class ApiCompletion implements OASFilter {
    private final IndexView classes;

    public ApiCompletion(IndexView classes) {
        this.classes = classes;
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        if (document.getPaths() == null) {
            return;
        }
        if (document.getComponents() == null) {
            document.setComponents(OASFactory.createComponents());
        }
        new ApiSchemas(document, classes).complete();
        ApiParameters.complete(document);
        ApiPages.complete(document);
        new ApiSecurity(document, classes).complete();
        new ApiProblems(document).complete();
    }
}
