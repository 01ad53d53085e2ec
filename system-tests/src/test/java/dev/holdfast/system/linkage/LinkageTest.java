package dev.holdfast.system.linkage;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The check itself, on classes that are compiled against a library of another version. */
class LinkageTest {
    @Test
    void findsAFieldAndAMethodThatAreGone() {
        ClassPath classPath = classPath();

        assertThat(Linkage.check(classPath).missing())
                .containsExactlyInAnyOrder(
                        "example/User -> example/Library.goneField I",
                        "example/User -> example/Library.goneMethod (I)V",
                        "example/User -> java/lang/String.neverWas ()V");
    }

    @Test
    void letsInheritedMembersArraysMethodHandlesAndAbsentLibrariesPass() {
        Linkage.Result result = Linkage.check(classPath());

        assertThat(result.missing()).noneMatch(missing -> missing.contains("inherited"));
        assertThat(result.missing()).noneMatch(missing -> missing.contains("clone"));
        assertThat(result.missing()).noneMatch(missing -> missing.contains("invokeExact"));
        assertThat(result.absent()).isEqualTo(Map.of("example/Absent", "example/User"));
    }

    /** A library of two classes, and what was compiled against an earlier version of it. */
    private static ClassPath classPath() {
        ClassDesc base = ClassDesc.of("example.Base");
        ClassDesc library = ClassDesc.of("example.Library");
        ClassDesc user = ClassDesc.of("example.User");
        ClassPath classPath = new ClassPath(List.of());
        classPath.add(
                "example/Base",
                ClassFile.of().build(base, type -> type.withField("inheritedField", ConstantDescs.CD_int, 0)));
        classPath.add("example/Library", ClassFile.of().build(library, type -> type.withSuperclass(base)));
        classPath.add(
                "example/User",
                ClassFile.of()
                        .build(
                                user,
                                type -> type.withMethodBody(
                                        "use",
                                        ConstantDescs.MTD_void,
                                        ClassFile.ACC_PUBLIC,
                                        code -> code.aconst_null()
                                                .getfield(library, "inheritedField", ConstantDescs.CD_int)
                                                .aconst_null()
                                                .getfield(library, "goneField", ConstantDescs.CD_int)
                                                .invokestatic(
                                                        library,
                                                        "goneMethod",
                                                        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int))
                                                .aconst_null()
                                                .invokevirtual(
                                                        ConstantDescs.CD_String, "neverWas", ConstantDescs.MTD_void)
                                                .aconst_null()
                                                .invokevirtual(
                                                        ConstantDescs.CD_String,
                                                        "hashCode",
                                                        MethodTypeDesc.of(ConstantDescs.CD_int))
                                                .aconst_null()
                                                .invokevirtual(
                                                        library.arrayType(),
                                                        "clone",
                                                        MethodTypeDesc.of(ConstantDescs.CD_Object))
                                                .pop()
                                                .aconst_null()
                                                .invokevirtual(
                                                        ConstantDescs.CD_MethodHandle,
                                                        "invokeExact",
                                                        MethodTypeDesc.of(ConstantDescs.CD_void))
                                                .invokestatic(
                                                        ClassDesc.of("example.Absent"), "any", ConstantDescs.MTD_void)
                                                .return_())));
        return classPath;
    }
}
