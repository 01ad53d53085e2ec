package dev.holdfast.localstack;

import com.sun.security.auth.module.UnixSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** PostgreSQL refuses to run as root; this is how root runs it all the same. */
final class Unprivileged {
    private static final String NOBODY = "65534";
    private static final List<String> IN_A_USER_NAMESPACE = List.of("unshare", "-U");
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");

    private Unprivileged() {}

    static boolean isRoot() {
        return new UnixSystem().getUid() == 0;
    }

    /**
     * What to put before a command that must not be root; keeps the pid. In a user namespace without a mapping the process
     * is nobody to itself and yet owns root's files. Where the kernel forbids that (most containers), it becomes nobody,
     * and is given the directory.
     */
    static List<String> prefix(Path ownedDirectory) {
        if (!isRoot()) {
            return List.of();
        }
        if (works(IN_A_USER_NAMESPACE, List.of("true"))) {
            give(ownedDirectory, "0");
            return IN_A_USER_NAMESPACE;
        }
        give(ownedDirectory, NOBODY);
        if (works(AS_NOBODY, List.of("test", "-w", ownedDirectory.toString()))) {
            return AS_NOBODY;
        }
        throw new StackException(
                "PostgreSQL refuses to run as root, this kernel permits no user namespaces, and the user "
                        + "nobody cannot reach " + ownedDirectory
                        + ": run as a plain user, or from a folder open to all.");
    }

    /** Also what another user, or an earlier run in the other way, has left there. */
    private static void give(Path directory, String user) {
        Tools.Result result = Tools.run(List.of("chown", "-R", user + ":" + user, directory.toString()));
        if (!result.succeeded()) {
            throw new StackException("cannot change the owner of " + directory + ": " + result.output());
        }
    }

    private static boolean works(List<String> prefix, List<String> command) {
        if (Tools.find(prefix.getFirst()).isEmpty()) {
            return false;
        }
        List<String> all = new ArrayList<>(prefix);
        all.addAll(command);
        return Tools.run(all).succeeded();
    }
}
