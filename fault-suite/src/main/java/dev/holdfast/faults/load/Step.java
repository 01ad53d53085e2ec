package dev.holdfast.faults.load;

import java.util.random.RandomGenerator;

/**
 * What a customer does next, drawn from the seed.
 *
 * @param user index of the customer
 * @param keyed whether it goes with an Idempotency-Key
 * @param copies how often the same request is sent; more than once only with a key
 * @param atOnce whether the copies are sent at the same time
 * @param otherBody whether the key is then used for another body
 * @param manual whether an order is charged only when somebody asks for it
 * @param cancelled whether an order is to be cancelled once it is placed
 * @param refunded whether an order is to be refunded once it is paid; never one that is to be cancelled
 * @param afterwards what becomes of a hold
 * @param pick which read or which wrong input
 */
record Step(
        Action action,
        int user,
        long cents,
        boolean keyed,
        int copies,
        boolean atOnce,
        boolean otherBody,
        boolean manual,
        boolean cancelled,
        boolean refunded,
        Afterwards afterwards,
        int pick) {
    enum Action {
        ORDER,
        DEPOSIT,
        WITHDRAWAL,
        HOLD,
        READ,
        WRONG_INPUT
    }

    enum Afterwards {
        RELEASE,
        LET_EXPIRE,
        KEEP
    }

    static final int USERS = 24;
    /** The first of them, who make half of the traffic and run out of money now and then. */
    static final int HOT_USERS = 3;

    /** Of a hundred steps so many place an order. */
    static final int ORDER_PERCENT = 40;
    /** More than all customers together ever have. */
    static final long TOO_DEAR_CENTS = 999_999_999_900L;

    /** Of a hundred orders so many are to be cancelled. */
    private static final int CANCELLED_PERCENT = 15;

    /** And so many are to be refunded. */
    private static final int REFUNDED_PERCENT = 15;

    private static final int MANUAL_ONE_IN = 8;
    private static final int DEPOSIT_PERCENT = 18;
    private static final int WITHDRAWAL_PERCENT = 6;
    private static final int HOLD_PERCENT = 14;
    private static final int READ_PERCENT = 17;
    private static final int PERCENT = 100;
    private static final int ORDER_CENTS_MAX = 2_000;
    private static final int DEPOSIT_CENTS_MAX = 4_000;
    private static final int WITHDRAWAL_CENTS_MAX = 1_000;
    private static final int HOLD_CENTS_MAX = 500;

    /** The same numbers are drawn for each step, so that a change of one kind does not move all that follow. */
    static Step draw(RandomGenerator random) {
        Action action = action(random.nextInt(PERCENT));
        boolean hot = random.nextBoolean();
        int user = hot ? random.nextInt(HOT_USERS) : HOT_USERS + random.nextInt(USERS - HOT_USERS);
        boolean tooDear = random.nextInt(PERCENT) < 2 && (action == Action.ORDER || action == Action.WITHDRAWAL);
        long cents = 1 + random.nextInt(centsMax(action));
        boolean keyed = random.nextInt(PERCENT) < 60;
        boolean repeated = random.nextInt(PERCENT) < 35;
        int copies = 2 + random.nextInt(2);
        boolean atOnce = random.nextBoolean();
        boolean otherBody = random.nextInt(PERCENT) < 25;
        int fate = random.nextInt(PERCENT);
        int pick = random.nextInt(Integer.MAX_VALUE);
        return new Step(
                action,
                user,
                tooDear ? TOO_DEAR_CENTS : cents,
                keyed,
                keyed && repeated ? copies : 1,
                atOnce,
                keyed && otherBody,
                action == Action.ORDER && pick % MANUAL_ONE_IN == 0,
                action == Action.ORDER && fate < CANCELLED_PERCENT,
                action == Action.ORDER && fate >= 100 - REFUNDED_PERCENT,
                fate < 75 ? Afterwards.RELEASE : fate < 90 ? Afterwards.LET_EXPIRE : Afterwards.KEEP,
                pick);
    }

    /** The same without what leaves, once a database is restored alone, something that nothing mends by itself. */
    Step mendedAfterRestore() {
        return new Step(
                action, user, cents, keyed, copies, atOnce, otherBody, false, cancelled, false, afterwards, pick);
    }

    /** The same without what the last release cannot do: a withdrawal becomes a read, and orders are charged by themselves. */
    Step knownToLastRelease() {
        Action known = action == Action.WITHDRAWAL ? Action.READ : action;
        return new Step(known, user, cents, keyed, copies, atOnce, otherBody, false, false, false, afterwards, pick);
    }

    int requestsAtOnce() {
        return switch (action) {
            case ORDER, DEPOSIT, WITHDRAWAL -> atOnce ? copies : 1;
            case HOLD, READ, WRONG_INPUT -> 1;
        };
    }

    private static Action action(int percent) {
        int rest = percent - ORDER_PERCENT;
        if (rest < 0) {
            return Action.ORDER;
        }
        if (rest < DEPOSIT_PERCENT) {
            return Action.DEPOSIT;
        }
        rest -= DEPOSIT_PERCENT;
        if (rest < WITHDRAWAL_PERCENT) {
            return Action.WITHDRAWAL;
        }
        rest -= WITHDRAWAL_PERCENT;
        if (rest < HOLD_PERCENT) {
            return Action.HOLD;
        }
        return rest < HOLD_PERCENT + READ_PERCENT ? Action.READ : Action.WRONG_INPUT;
    }

    private static int centsMax(Action action) {
        return switch (action) {
            case ORDER -> ORDER_CENTS_MAX;
            case DEPOSIT -> DEPOSIT_CENTS_MAX;
            case WITHDRAWAL -> WITHDRAWAL_CENTS_MAX;
            case HOLD, READ, WRONG_INPUT -> HOLD_CENTS_MAX;
        };
    }
}
