package dev.holdfast.rest;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;

/** Leaves operators' paths out of the document where they are turned off; decided when the service starts. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.RUNTIME_STARTUP)
public final class AdminInDocument implements OASFilter {
    @Override
    public void filterOpenAPI(OpenAPI document) {
        if (!ConfigProvider.getConfig()
                .getOptionalValue(RequestTargets.ADMIN_ENABLED, Boolean.class)
                .orElse(true)) {
            List.copyOf(document.getPaths().getPathItems().keySet()).stream()
                    .filter(RequestTargets::isAdmin)
                    .forEach(document.getPaths()::removePathItem);
        }
    }
}
