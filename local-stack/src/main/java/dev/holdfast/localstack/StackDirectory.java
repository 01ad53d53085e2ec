package dev.holdfast.localstack;

import java.nio.file.Path;

/** The layout of {@code .holdfast}. */
record StackDirectory(Path root) {
    Path logs() {
        return root.resolve("logs");
    }

    Path run() {
        return root.resolve("run");
    }

    /** A copy of the packaged service, so that a rebuild does not pull it from under the running stack. */
    Path application(String service) {
        return root.resolve("app").resolve(service);
    }

    /** The stack that the services are trained on; there only meanwhile. */
    Path training() {
        return root.resolve("training");
    }

    /** Shell lines; there only while the stack is up. */
    Path environment() {
        return run().resolve("environment");
    }

    /** What the service of the running stack is configured by. */
    Path variables(String service) {
        return run().resolve(service + ".variables");
    }

    /** The sources that it was built of. */
    Path checkout() {
        return root.resolveSibling("").normalize();
    }

    OwnedProcess launcher() {
        return new OwnedProcess("launcher", run().resolve("launcher.process"), logs().resolve("launcher.log"));
    }
}
