from pathlib import Path

from gitprov.capture.environment.shared import shared_libraries


def test_a_library_is_named_by_the_file_behind_its_links(tmp_path: Path) -> None:
    (tmp_path / "libopenblasp-r0.3.21.so").write_text("")
    (tmp_path / "libblas.so.3").symlink_to("libopenblasp-r0.3.21.so")
    paths = [str(tmp_path / "libblas.so.3"), "/usr/lib/libgone.so.6", "/usr/lib/libm.dylib"]
    assert shared_libraries(paths) == ["libgone.so.6", "libopenblasp-r0.3.21.so"]


def test_what_belongs_to_a_package_and_what_is_no_library_is_left_out() -> None:
    paths = [
        "/v/lib/python3.11/site-packages/numpy.libs/libquadmath.so.0",
        "/usr/lib/python3.11/lib-dynload/_json.cpython-311.so",
        "/usr/lib/R/library/stats/libs/stats.so",
        "/etc/ld.so.cache",
        "/data/a.something",
    ]
    assert shared_libraries(paths) == []
