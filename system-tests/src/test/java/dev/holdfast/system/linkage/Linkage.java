package dev.holdfast.system.linkage;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Resolves every field and method that the classes of a class path refer to, as the JVM would once the reference is used
 * (JVMS 5.4.3.2 and 5.4.3.3). The JVM finds out late and perhaps never; a native image fails to be built.
 */
final class Linkage {
    /**
     * What does not fit.
     *
     * @param missing members that are not there though their class is, as {@code user -> owner.name descriptor}
     * @param absent classes that are not there, which code for optional libraries may refer to, each with a class that
     *     does
     * @param references how many members were looked for
     */
    record Result(Set<String> missing, Map<String, String> absent, long references) {}

    /** What a class offers; null ancestors are not on the class path. */
    private record Members(Set<String> fields, Set<String> methods, List<String> ancestors) {}

    private enum Found {
        YES,
        NO,
        /** An ancestor that could have it is absent. */
        PERHAPS
    }

    private static final String OBJECT = "java/lang/Object";
    /** Their methods take any arguments (JVMS 2.9.3). */
    private static final Set<String> SIGNATURE_POLYMORPHIC =
            Set.of("java/lang/invoke/MethodHandle", "java/lang/invoke/VarHandle");

    private final ClassPath classPath;
    private final Map<String, Optional<Members>> known = new HashMap<>();
    private final Set<String> missing = new TreeSet<>();
    private final Map<String, String> absent = new HashMap<>();
    private long references;

    private Linkage(ClassPath classPath) {
        this.classPath = classPath;
    }

    static Result check(ClassPath classPath) {
        Linkage linkage = new Linkage(classPath);
        classPath.classes().forEach(linkage::check);
        return new Result(linkage.missing, linkage.absent, linkage.references);
    }

    private void check(String user, byte[] bytes) {
        for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
            if (entry instanceof MemberRefEntry member) {
                references++;
                check(user, member);
            }
        }
    }

    private void check(String user, MemberRefEntry member) {
        String owner = member.owner().asInternalName();
        String name = member.name().stringValue();
        if (owner.startsWith("[")) {
            // Arrays have what Object has.
            owner = OBJECT;
        }
        if (members(owner).isEmpty()) {
            absent.putIfAbsent(owner, user);
            return;
        }
        boolean isField = member instanceof FieldRefEntry;
        String descriptor = member.type().stringValue();
        Found found = SIGNATURE_POLYMORPHIC.contains(owner)
                ? Found.YES
                : find(owner, name + " " + descriptor, isField, new HashSet<>());
        if (found == Found.NO) {
            missing.add(user + " -> " + owner + "." + name + " " + descriptor);
        }
    }

    private Found find(String owner, String wanted, boolean isField, Set<String> seen) {
        Members members = members(owner).orElse(null);
        if (members == null) {
            return Found.PERHAPS;
        }
        if ((isField ? members.fields : members.methods).contains(wanted)) {
            return Found.YES;
        }
        Found best = Found.NO;
        for (String ancestor : members.ancestors) {
            Found found = seen.add(ancestor) ? find(ancestor, wanted, isField, seen) : Found.NO;
            if (found == Found.YES) {
                return found;
            }
            best = found == Found.PERHAPS ? found : best;
        }
        return best;
    }

    private Optional<Members> members(String internalName) {
        Optional<Members> members = known.get(internalName);
        if (members == null) {
            byte @Nullable [] bytes = classPath.find(internalName);
            members = bytes == null
                    ? Optional.empty()
                    : Optional.of(members(ClassFile.of().parse(bytes)));
            known.put(internalName, members);
        }
        return Objects.requireNonNull(members);
    }

    private static Members members(ClassModel model) {
        Set<String> fields = new HashSet<>();
        model.fields()
                .forEach(field -> fields.add(field.fieldName().stringValue() + " "
                        + field.fieldType().stringValue()));
        Set<String> methods = new HashSet<>();
        model.methods()
                .forEach(method -> methods.add(method.methodName().stringValue() + " "
                        + method.methodType().stringValue()));
        List<String> ancestors = Stream.concat(model.superclass().stream(), model.interfaces().stream())
                .map(ClassEntry::asInternalName)
                .toList();
        return new Members(fields, methods, ancestors);
    }
}
