package dev.holdfast.gateway;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which operation of the API a request asks for. The names that metrics, spans and log lines have of requests are these and
 * no others, however many paths clients think of.
 */
final class Operations {
    /** @param template the path, with names in braces for what differs */
    record Operation(String method, String template) {}

    private static final class Node {
        private final Map<String, Node> words = new HashMap<>();
        private final Map<String, Operation> byMethod = new HashMap<>();
        private @Nullable Node anything;
    }

    private final Node root = new Node();

    /** @param operations each like {@code GET /orders/{order_id}} */
    Operations(List<String> operations) {
        for (String operation : operations) {
            int space = operation.indexOf(' ');
            if (space < 0 || !operation.startsWith(" /", space)) {
                throw new IllegalArgumentException("An operation is written like GET /orders, not like " + operation);
            }
            add(new Operation(operation.substring(0, space), operation.substring(space + 1)));
        }
    }

    private void add(Operation operation) {
        Node node = root;
        for (String segment : segments(operation.template())) {
            if (!isName(segment)) {
                node = node.words.computeIfAbsent(segment, any -> new Node());
            } else {
                node.anything = node.anything == null ? new Node() : node.anything;
                node = node.anything;
            }
        }
        node.byMethod.put(operation.method(), operation);
    }

    /** @param path without its query */
    @Nullable
    Operation find(String method, String path) {
        Node node = root;
        int begin = 1;
        while (begin <= path.length()) {
            int slash = path.indexOf('/', begin);
            int end = slash < 0 ? path.length() : slash;
            Node word = node.words.get(path.substring(begin, end));
            Node next = word == null && end > begin ? node.anything : word;
            if (next == null) {
                return null;
            }
            node = next;
            begin = end + 1;
        }
        return node.byMethod.get(method);
    }

    /** What stands in the path where the template has names. */
    static Map<String, String> parameters(Operation operation, String path) {
        Map<String, String> parameters = new HashMap<>();
        List<String> names = segments(operation.template());
        List<String> values = segments(path);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (isName(name)) {
                parameters.put(name.substring(1, name.length() - 1), values.get(i));
            }
        }
        return parameters;
    }

    private static boolean isName(String segment) {
        return segment.startsWith("{");
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }
}
