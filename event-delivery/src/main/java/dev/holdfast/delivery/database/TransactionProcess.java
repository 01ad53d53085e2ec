package dev.holdfast.delivery.database;

import com.arjuna.ats.arjuna.common.arjPropertyManager;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Tells the transaction manager which process this is. Left to itself it would open a port of a random number for as long
 * as the service runs, only because no other process can have the same. Ids of transactions hold a time as well, and are
 * stored nowhere.
 */
@ApplicationScoped
final class TransactionProcess {
    /** Before the first transaction. */
    void start(@Observes @Priority(1) StartupEvent event) {
        int pid = (int) ProcessHandle.current().pid();
        arjPropertyManager.getCoreEnvironmentBean().setProcessImplementation(() -> pid);
    }
}
