package dev.holdfast.system;

import dev.holdfast.faults.stack.StackUnderTest;

/** The two ways in: clients take the gateway, operators and the services themselves may go straight to a service. */
enum Door {
    GATEWAY,
    SERVICES;

    Shop open(StackUnderTest stack) {
        return switch (this) {
            case GATEWAY ->
                new Shop(stack.gateway(), stack.gateway(), stack.tokens().operator());
            case SERVICES ->
                new Shop(stack.orders(), stack.payments(), stack.tokens().operator());
        };
    }
}
