package dev.holdfast.order;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the native binary. */
@QuarkusIntegrationTest
class WrongInputNativeIT extends WrongInputIT {}
