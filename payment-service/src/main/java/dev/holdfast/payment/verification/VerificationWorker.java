package dev.holdfast.payment.verification;

import dev.holdfast.delivery.WakeUp;
import dev.holdfast.delivery.Workers;
import dev.holdfast.delivery.database.PassingFailure;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Makes the passes and the seals, whenever one is due and no other replica makes it. */
@ApplicationScoped
class VerificationWorker {
    private static final Logger LOG = Logger.getLogger(VerificationWorker.class);
    /** How often it looks whether something is due. */
    private static final Duration POLL = Duration.ofSeconds(1);
    /** How often the lease is renewed while a pass rests. */
    private static final Duration REST_MAX = Duration.ofSeconds(5);

    private final VerificationPasses passes;
    private final FullVerification full;
    private final RecentVerification recent;
    private final ChainFindings findings;
    private final Seals seals;
    private final Workers workers;
    private final VerificationConfig config;
    private final UUID holder = UUID.randomUUID();
    private final WakeUp wakeUpFull = new WakeUp();
    private final WakeUp wakeUpRecent = new WakeUp();
    private final WakeUp wakeUpSeal = new WakeUp();
    private volatile boolean running;

    VerificationWorker(
            VerificationPasses passes,
            FullVerification full,
            RecentVerification recent,
            ChainFindings findings,
            Seals seals,
            Workers workers,
            VerificationConfig config) {
        this.passes = passes;
        this.full = full;
        this.recent = recent;
        this.findings = findings;
        this.seals = seals;
        this.workers = workers;
        this.config = config;
    }

    void start(@Observes StartupEvent started) {
        running = true;
        workers.start("verify", () -> repeat(wakeUpFull, this::verifyAll), this::stop);
        workers.start("seal", () -> repeat(wakeUpSeal, this::seal), this::stop);
        workers.start("verify-recent", () -> repeat(wakeUpRecent, this::verifyRecent), this::stop);
    }

    private void stop() {
        running = false;
        wakeUpFull.call();
        wakeUpRecent.call();
        wakeUpSeal.call();
    }

    private void repeat(WakeUp woken, Runnable work) {
        try {
            while (running) {
                woken.await(POLL);
                try {
                    if (running) {
                        work.run();
                    }
                } catch (RuntimeException e) {
                    if (!PassingFailure.is(e)) {
                        LOG.warn("A verification failed, and is tried again", e);
                    } else {
                        LOG.debugf("Verification waits for the database: %s", e.getMessage());
                    }
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Interrupted: another replica goes on when the lease ends", e);
        }
    }

    private void seal() {
        seals.sealNext(
                        config.sealInterval(),
                        transfers -> rest(wakeUpSeal, transfers / FullVerification.SEALED_FOR_ONE))
                .ifPresent(seal -> LOG.infof(
                        "Seal %d over all transfers up to %s, %d of them new: %s",
                        seal.number(), seal.lastTransfer(), seal.transfers(), seal.digest()));
    }

    private void verifyAll() {
        VerificationPasses.Name name = VerificationPasses.Name.FULL;
        passes.begin(name, holder, config.fullInterval()).ifPresent(place -> {
            try {
                boolean ended = full.run(
                        place,
                        (user, seal, transfers) ->
                                passes.move(name, holder, user, seal, transfers) && rest(wakeUpFull, transfers));
                if (ended) {
                    findings.closeUnseen(name);
                    passes.finish(name, holder);
                }
            } finally {
                passes.giveUp(name, holder);
            }
        });
    }

    private void verifyRecent() {
        VerificationPasses.Name name = VerificationPasses.Name.RECENT;
        passes.begin(name, holder, config.recentInterval()).ifPresent(place -> {
            try {
                long[] working = {System.nanoTime()};
                boolean ended = recent.run(place.sinceLast(), transfers -> {
                    long worked = System.nanoTime() - working[0];
                    boolean goOn = restFor(
                                    wakeUpRecent,
                                    worked * (100 - config.recentSharePercent()) / config.recentSharePercent())
                            && passes.move(name, holder, place.lastUser(), place.lastSeal(), transfers);
                    working[0] = System.nanoTime();
                    return goOn;
                });
                if (ended) {
                    passes.finish(name, holder);
                }
            } finally {
                passes.giveUp(name, holder);
            }
        });
    }

    /** So long that there are no more than so many transfers in a second. */
    private boolean rest(WakeUp woken, long transfers) {
        return restFor(woken, transfers * Duration.ofSeconds(1).toNanos() / config.transfersPerSecond());
    }

    /** Longer than a while it need not be: the lease would end. */
    private boolean restFor(WakeUp woken, long nanos) {
        try {
            woken.await(Duration.ofNanos(Math.min(nanos, REST_MAX.toNanos())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return running;
    }
}
