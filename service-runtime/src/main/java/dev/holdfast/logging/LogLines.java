package dev.holdfast.logging;

import io.quarkus.arc.All;
import io.quarkus.logging.json.runtime.JsonFormatter;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Collections;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.LogContext;
import org.jboss.logmanager.Logger;

/**
 * Puts an {@link EscapingFormatter} and a {@link FieldsFormatter} before the formatter of every log handler, whatever it
 * writes: text or JSON, to the console or to a file. Done when the service starts, before it listens.
 */
@ApplicationScoped
final class LogLines {
    private static final String DEV_UI = "io.quarkus.devui.";

    private final List<LineContext> contexts;

    LogLines(@All List<LineContext> contexts) {
        this.contexts = contexts;
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        LogContext context = LogContext.getLogContext();
        describe(context.getLogger(""));
        // A category may have handlers of its own.
        for (String name : Collections.list(context.getLoggerNames())) {
            Logger logger = context.getLoggerIfExists(name);
            if (logger != null) {
                describe(logger);
            }
        }
    }

    private void describe(Logger logger) {
        for (Handler handler : logger.getHandlers()) {
            describe(handler);
        }
    }

    private void describe(Handler handler) {
        // In dev mode, the one that shows the log in Dev UI insists on a formatter of its own.
        if (handler.getClass().getName().startsWith(DEV_UI)) {
            return;
        }
        Formatter formatter = handler.getFormatter();
        if (formatter != null && !(formatter instanceof FieldsFormatter)) {
            JsonFormatter json = formatter instanceof JsonFormatter isJson ? isJson : null;
            handler.setFormatter(new FieldsFormatter(new EscapingFormatter(formatter, json == null), json, contexts));
        }
        if (handler instanceof ExtHandler nesting) {
            for (Handler nested : nesting.getHandlers()) {
                describe(nested);
            }
        }
    }
}
