package dev.holdfast.bench;

/**
 * What one process of the stack cost during the measured run, its drain included.
 *
 * @param idleBytes its resident memory before the load
 * @param loadedBytes the most of it that was seen under load
 */
record ProcessCost(double cpuSecondsPer1000Orders, long idleBytes, long loadedBytes) {}
