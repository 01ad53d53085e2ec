package dev.holdfast.gateway;

import io.quarkus.logging.LoggingFilter;
import java.util.Arrays;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/** Says in Quarkus' line about its start where the gateway listens, which Quarkus does not know as {@link GatewayServer} does it. */
@LoggingFilter(name = "start-line")
public final class StartLine implements Filter {
    private static final String NOWHERE = "Listening on: .";

    private static volatile String listening = "";

    static void listensAt(String url) {
        listening = "Listening on: " + url + '.';
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        Object[] parameters = record.getParameters();
        if (parameters != null && "io.quarkus".equals(record.getLoggerName())) {
            record.setParameters(Arrays.stream(parameters)
                    .map(parameter -> parameter instanceof String text ? text.replace(NOWHERE, listening) : parameter)
                    .toArray());
        }
        return true;
    }
}
