package dev.holdfast.faults.stack;

/**
 * What a stack consists of.
 *
 * @param replicas of order-service and of payment-service each
 * @param queues of each direction
 * @param proxied whether there is a proxy on each link
 * @param smallDisk whether PostgreSQL is on a disk of its own that can be filled up, where this machine can make one
 */
public record StackShape(int replicas, int queues, boolean proxied, boolean smallDisk) {}
