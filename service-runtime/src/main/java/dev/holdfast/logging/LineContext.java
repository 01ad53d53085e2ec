package dev.holdfast.logging;

import java.util.Map;

/**
 * Knows what the line belongs to that this thread is writing, such as a request. The beans of this type are asked for each
 * line, so that nothing is spent on requests that log nothing.
 */
public interface LineContext {
    /**
     * Adds what it knows. It must not log, and works also while the service stops.
     *
     * @param fields those that the line names itself, and what others know
     */
    void describe(Map<String, String> fields);
}
