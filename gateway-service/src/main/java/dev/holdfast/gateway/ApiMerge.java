package dev.holdfast.gateway;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Puts the OpenAPI documents of several services together into one. */
final class ApiMerge {
    /**
     * One service's document.
     *
     * @param name tells the service's components apart where another service uses the same name for something else
     * @param isPublic which of its paths are for clients; the others, and what only they refer to, are left out
     */
    record Part(String name, JsonObject document, Predicate<String> isPublic) {}

    private final JsonObject paths = new JsonObject();
    private final Map<String, JsonObject> components = new LinkedHashMap<>();
    private final Map<String, JsonObject> tags = new TreeMap<>();
    private final Map<String, String> operationIds = new HashMap<>();
    private final JsonObject info =
            new JsonObject().put("title", "Holdfast API").put("version", "1.0.0");
    private String version = "3.1.0";

    private ApiMerge() {}

    /** @param missing the names of services that could not be asked; the description then says so */
    static JsonObject merge(List<Part> parts, List<String> missing) {
        ApiMerge merge = new ApiMerge();
        parts.forEach(merge::add);
        String description = missing.isEmpty()
                ? "Accounts, holds and orders."
                : "Incomplete: the services that cannot be reached at the moment are " + String.join(", ", missing)
                        + '.';
        JsonObject sections = new JsonObject();
        if (!merge.paths.isEmpty()) {
            GatewayAnswers.describe(section(sections, "responses"));
        }
        merge.components.forEach((reference, component) -> {
            String[] sectionAndName = ApiReferences.sectionAndName(reference);
            section(sections, sectionAndName[0]).put(sectionAndName[1], component);
        });
        return new JsonObject()
                .put("openapi", merge.version)
                .put("info", merge.info.put("description", description))
                .put("servers", new JsonArray().add(new JsonObject().put("url", "/")))
                .put("tags", new JsonArray(List.copyOf(merge.tags.values())))
                .put("paths", merge.paths)
                .put("components", sections);
    }

    private static JsonObject section(JsonObject sections, String name) {
        if (!sections.containsKey(name)) {
            sections.put(name, new JsonObject());
        }
        return sections.getJsonObject(name);
    }

    private void add(Part part) {
        JsonObject document = part.document();
        version = document.getString("openapi", version);
        for (String common : List.of("contact", "license")) {
            Object told = document.getJsonObject("info", new JsonObject()).getValue(common);
            if (told != null) {
                info.put(common, told);
            }
        }
        JsonObject publicPaths = new JsonObject();
        document.getJsonObject("paths", new JsonObject()).forEach(path -> {
            if (part.isPublic().test(path.getKey())) {
                publicPaths.put(path.getKey(), path.getValue());
            }
        });
        Map<String, JsonObject> reachable = ApiReferences.reachable(publicPaths, document);
        Map<String, String> newNames = newNames(part, reachable);
        reachable.forEach((reference, component) -> components.put(
                newNames.getOrDefault(reference, reference), ApiReferences.renamed(component, newNames)));
        ApiReferences.renamed(publicPaths, newNames).forEach(path -> {
            JsonObject item = (JsonObject) path.getValue();
            operations(item).forEach((method, operation) -> complete(method, operation, part));
            paths.put(path.getKey(), item);
        });
        addTags(document, publicPaths);
    }

    /**
     * The new names of components whose names another service uses too: none while all of those are the same, which they
     * are unless the services are of different versions; else each of them, as the same ones may refer to different ones.
     */
    private Map<String, String> newNames(Part part, Map<String, JsonObject> reachable) {
        Set<String> shared = new HashSet<>(reachable.keySet());
        shared.retainAll(components.keySet());
        // Operations name them without a reference; they are the same for all services.
        shared.removeIf(reference -> ApiReferences.sectionAndName(reference)[0].equals("securitySchemes"));
        boolean same = shared.stream()
                .allMatch(reference -> Objects.equals(reachable.get(reference), components.get(reference)));
        return same
                ? Map.of()
                : shared.stream().collect(Collectors.toMap(name -> name, name -> name + "_" + part.name()));
    }

    /** By their methods. */
    private static Map<String, JsonObject> operations(JsonObject pathItem) {
        return pathItem.stream()
                .filter(entry -> entry.getValue() instanceof JsonObject operation && operation.containsKey("responses"))
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> (JsonObject) entry.getValue()));
    }

    /** What a document says once for all of its operations is said in each, as the merged one speaks for several. */
    private void complete(String method, JsonObject operation, Part part) {
        GatewayAnswers.refer(method, operation);
        JsonArray security = part.document().getJsonArray("security");
        if (security != null && !operation.containsKey("security")) {
            operation.put("security", security);
        }
        String id = operation.getString("operationId");
        if (id != null && !part.name().equals(operationIds.computeIfAbsent(id, unseen -> part.name()))) {
            operation.put("operationId", id + "_" + part.name());
        }
    }

    private void addTags(JsonObject document, JsonObject publicPaths) {
        Set<String> used = publicPaths.stream()
                .flatMap(path -> operations((JsonObject) path.getValue()).values().stream())
                .flatMap(operation -> operation.getJsonArray("tags", new JsonArray()).stream())
                .map(Object::toString)
                .collect(Collectors.toSet());
        for (Object element : document.getJsonArray("tags", new JsonArray())) {
            if (element instanceof JsonObject tag && used.contains(tag.getString("name"))) {
                tags.putIfAbsent(tag.getString("name"), tag);
            }
        }
    }
}
