package dev.holdfast.logging;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Collections;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.LogContext;
import org.jboss.logmanager.Logger;

/**
 * Puts an {@link EscapingFormatter} before the formatter of every log handler, whatever it writes: text or JSON, to the
 * console or to a file. Done when the service starts, before it listens.
 */
@ApplicationScoped
final class LogEscaping {
    private static final String JSON_FORMATTERS = "Json";
    private static final String DEV_UI = "io.quarkus.devui.";

    void start(@Observes @Priority(1) StartupEvent event) {
        LogContext context = LogContext.getLogContext();
        escape(context.getLogger(""));
        // A category may have handlers of its own.
        for (String name : Collections.list(context.getLoggerNames())) {
            Logger logger = context.getLoggerIfExists(name);
            if (logger != null) {
                escape(logger);
            }
        }
    }

    private static void escape(Logger logger) {
        for (Handler handler : logger.getHandlers()) {
            escape(handler);
        }
    }

    private static void escape(Handler handler) {
        // In dev mode, the one that shows the log in Dev UI insists on a formatter of its own.
        if (handler.getClass().getName().startsWith(DEV_UI)) {
            return;
        }
        Formatter formatter = handler.getFormatter();
        if (formatter != null && !(formatter instanceof EscapingFormatter)) {
            boolean isJson = formatter.getClass().getSimpleName().contains(JSON_FORMATTERS);
            handler.setFormatter(new EscapingFormatter(formatter, !isJson));
        }
        if (handler instanceof ExtHandler nesting) {
            for (Handler nested : nesting.getHandlers()) {
                escape(nested);
            }
        }
    }
}
