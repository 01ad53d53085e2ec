package dev.holdfast.delivery.database;

import org.jboss.logging.Logger;

/** Done again and again by means of the database. While that is away it is left out, and one line says so. */
public final class RegularWork {
    private static final Logger LOG = Logger.getLogger(RegularWork.class);

    private final String what;
    private volatile boolean waits;

    /** @param what the subject of a sentence, such as "The count of unsent events" */
    public RegularWork(String what) {
        this.what = what;
    }

    public void run(Runnable work) {
        try {
            work.run();
            waits = false;
        } catch (RuntimeException e) {
            if (!PassingFailure.is(e)) {
                throw e;
            }
            if (!waits) {
                LOG.warnf("%s waits for the database: %s", what, e.getMessage());
            }
            waits = true;
        }
    }
}
