# Sourced by stage.sh and release-check.sh: `is_glibc NAME` says whether a library is the loader or a part of glibc, which always
# come from the system.
is_glibc() {
    case "$1" in
    ld-linux*.so.* | linux-vdso.so.* | libc.so.6 | libm.so.6 | libmvec.so.1 | libdl.so.2 | libpthread.so.0 | librt.so.1 | \
        libutil.so.1 | libresolv.so.2 | libanl.so.1 | libnsl.so.1 | libthread_db.so.1 | libnss_*.so.2) return 0 ;;
    *) return 1 ;;
    esac
}
