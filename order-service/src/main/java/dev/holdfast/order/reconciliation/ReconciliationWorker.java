package dev.holdfast.order.reconciliation;

import dev.holdfast.delivery.WakeUp;
import dev.holdfast.delivery.Workers;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** Makes the passes, each kind on a thread of its own, whenever one is due and no other replica makes it. */
@ApplicationScoped
class ReconciliationWorker {
    private static final Logger LOG = Logger.getLogger(ReconciliationWorker.class);
    /** How often a replica looks whether a pass is due, or another replica was asked for one and has vanished. */
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Passes passes;
    private final FullPass fullPass;
    private final RecentPass recentPass;
    private final Workers workers;
    private final ReconciliationConfig config;
    private final MeterRegistry metrics;
    private final UUID holder = UUID.randomUUID();
    private final WakeUp wakeUp = new WakeUp();
    private final WakeUp wakeUpRecent = new WakeUp();
    private volatile boolean running;

    ReconciliationWorker(
            Passes passes,
            FullPass fullPass,
            RecentPass recentPass,
            Workers workers,
            ReconciliationConfig config,
            MeterRegistry metrics) {
        this.workers = workers;
        this.passes = passes;
        this.fullPass = fullPass;
        this.recentPass = recentPass;
        this.config = config;
        this.metrics = metrics;
    }

    /** To be called after a full pass was asked for. */
    void wake() {
        wakeUp.call();
    }

    void start(@Observes StartupEvent started) {
        running = true;
        workers.start("reconcile", () -> run(Passes.Name.FULL, fullPass::run, wakeUp), this::stop);
        workers.start("reconcile-recent", () -> run(Passes.Name.RECENT, recentPass::run, wakeUpRecent), this::stop);
    }

    private void stop() {
        running = false;
        wakeUp.call();
        wakeUpRecent.call();
    }

    private void run(Passes.Name name, Function<Throttle, Passes.Seen> work, WakeUp woken) {
        String pass = name.name().toLowerCase(Locale.ROOT);
        Timer duration = Timer.builder("holdfast.reconciliation.pass")
                .description("How long complete passes took, with their pauses")
                .tag("pass", pass)
                .register(metrics);
        Counter failed = Counter.builder("holdfast.reconciliation.pass.failed")
                .description("Passes that were not completed")
                .tag("pass", pass)
                .register(metrics);
        try {
            // Payments may be starting as well.
            woken.await(config.grace());
            while (running) {
                try {
                    while (running && passes.begin(name, holder)) {
                        long startNanos = System.nanoTime();
                        if (complete(name, work)) {
                            duration.record(Duration.ofNanos(System.nanoTime() - startNanos));
                        } else if (running) {
                            failed.increment();
                        }
                    }
                } catch (RuntimeException e) {
                    LOG.warnf("Reconciliation waits for the database: %s", e.getMessage());
                }
                woken.await(POLL);
            }
        } catch (InterruptedException e) {
            LOG.debug("Interrupted: another replica goes on when the lease ends", e);
        }
    }

    private boolean complete(Passes.Name name, Function<Throttle, Passes.Seen> pass) {
        try {
            Throttle throttle = new Throttle(config.sharePercent(), () -> !running, () -> passes.renew(name, holder));
            passes.finish(name, holder, pass.apply(throttle));
            return true;
        } catch (RuntimeException e) {
            if (running) {
                LOG.warnf("A %s pass of reconciliation was not completed: %s (%s)", name, e.getMessage(), e.getCause());
            }
            // What a statement failed with is for the log alone.
            passes.fail(
                    name,
                    holder,
                    e instanceof PaymentsUnavailableException
                            ? String.valueOf(e.getMessage())
                            : "order-service could not finish it; its log says why");
            return false;
        }
    }
}
