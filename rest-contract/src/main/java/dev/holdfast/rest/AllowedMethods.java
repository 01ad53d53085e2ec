package dev.holdfast.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.smallrye.openapi.runtime.OpenApiConstants;
import io.quarkus.smallrye.openapi.runtime.OpenApiDocumentService;
import io.smallrye.openapi.runtime.io.Format;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The methods that a path takes, for {@code Allow} (RFC 9110, 10.2.1), as the OpenAPI document tells them. */
@Singleton
final class AllowedMethods {
    private record Route(Pattern path, Set<String> methods) {}

    private static final Set<String> ALWAYS = Set.of("OPTIONS");

    private final OpenApiDocumentService documents;
    private final ObjectMapper json;
    private volatile @Nullable List<Route> routes;

    AllowedMethods(OpenApiDocumentService documents, ObjectMapper json) {
        this.documents = documents;
        this.json = json;
    }

    /** As the header has them, for example {@code GET, HEAD, OPTIONS}. */
    String at(String path) {
        Set<String> methods = new TreeSet<>(ALWAYS);
        for (Route route : routes()) {
            if (route.path.matcher(path).matches()) {
                methods.addAll(route.methods);
            }
        }
        return String.join(", ", methods);
    }

    private List<Route> routes() {
        List<Route> known = routes;
        if (known == null) {
            known = read();
            routes = known;
        }
        return known;
    }

    private List<Route> read() {
        try {
            List<Route> read = new ArrayList<>();
            JsonNode document =
                    json.readTree(documents.getDocument(OpenApiConstants.DEFAULT_DOCUMENT_NAME, Format.JSON));
            document.path("paths").properties().forEach(path -> {
                Set<String> methods = new TreeSet<>();
                path.getValue().fieldNames().forEachRemaining(name -> methods.add(name.toUpperCase(Locale.ROOT)));
                methods.retainAll(Set.of("GET", "POST", "PUT", "PATCH", "DELETE"));
                if (methods.contains("GET")) {
                    methods.add("HEAD");
                }
                read.add(new Route(pattern(path.getKey()), methods));
            });
            return read;
        } catch (IOException impossible) {
            throw new IllegalStateException("The service's own document is not JSON", impossible);
        }
    }

    private static Pattern pattern(String template) {
        return Pattern.compile("\\Q" + template.replaceAll("\\{[^}]*}", "\\\\E[^/]+\\\\Q") + "\\E/?");
    }
}
