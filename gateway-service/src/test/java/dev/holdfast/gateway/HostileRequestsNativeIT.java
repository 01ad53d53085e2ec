package dev.holdfast.gateway;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the native binary. */
@QuarkusIntegrationTest
class HostileRequestsNativeIT extends HostileRequestsIT {}
