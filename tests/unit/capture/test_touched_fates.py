from gitprov.capture.files.fates import Fates


def test_what_is_read_first_is_read_and_what_is_written_first_is_not() -> None:
    fates = Fates()
    fates.reads("/in")
    fates.writes("/out")
    fates.reads("/out")

    assert fates.read == {"/in": "/in"}
    assert fates.made == {"/out": "written"}


def test_what_is_read_and_then_written_is_both_and_its_bytes_are_gone() -> None:
    fates = Fates()
    fates.reads("/a")
    fates.writes("/a")

    assert fates.read == {"/a": ""}
    assert fates.made == {"/a": "written"}


def test_a_file_written_under_a_temporary_name_is_known_by_its_last() -> None:
    fates = Fates()
    fates.writes("/a.tmp")
    fates.renames("/a.tmp", "/a.new")
    fates.renames("/a.new", "/a")
    fates.reads("/a")

    assert fates.read == {}
    assert {path for path, fate in fates.made.items() if fate == "written"} == {"/a"}
    assert fates.made["/a.tmp"] == fates.made["/a.new"] == "removed"


def test_replacing_a_file_that_was_read_loses_its_bytes() -> None:
    fates = Fates()
    fates.reads("/a")
    fates.writes("/a.tmp")
    fates.renames("/a.tmp", "/a")

    assert fates.read == {"/a": ""}


def test_an_input_that_is_moved_away_is_found_where_it_is_now() -> None:
    fates = Fates()
    fates.reads("/raw")
    fates.renames("/raw", "/old/raw")
    fates.renames("/old/raw", "/older/raw")
    fates.reads("/older/raw")

    assert fates.read == {"/raw": "/older/raw"}
    assert fates.made["/older/raw"] == "moved"


def test_reading_what_was_moved_there_is_reading_what_it_was() -> None:
    fates = Fates()
    fates.renames("/raw", "/data")
    fates.reads("/data")

    assert fates.read == {"/raw": "/data"}


def test_a_moved_input_that_is_overwritten_or_removed_is_nowhere() -> None:
    fates = Fates()
    for name in ("/a", "/b"):
        fates.reads(name)
        fates.renames(name, name + ".old")
    fates.writes("/a.old")
    fates.removes("/b.old")

    assert fates.read == {"/a": "", "/b": ""}


def test_a_renamed_directory_takes_all_along_that_is_below_it() -> None:
    fates = Fates()
    fates.writes("/tmp.d/one")
    fates.writes("/tmp.d/deep/er/two")
    fates.reads("/tmp.d/in")
    fates.writes("/tmp.dx")
    fates.renames("/tmp.d", "/done")

    written = {path for path, fate in fates.made.items() if fate == "written"}
    assert written == {"/done/one", "/done/deep/er/two", "/tmp.dx"}
    assert fates.read == {"/tmp.d/in": "/done/in"}


def test_a_directory_is_renamed_again_with_what_came_since() -> None:
    fates = Fates()
    fates.writes("/a/one")
    fates.renames("/a", "/b")
    fates.writes("/b/two")
    fates.writes("/a/three")
    fates.renames("/b", "/c")

    assert {path for path, fate in fates.made.items() if fate == "written"} == {"/c/one", "/c/two", "/a/three"}


def test_a_link_to_own_work_is_own_work_too() -> None:
    fates = Fates()
    fates.writes("/tmp")
    fates.links("/tmp", "/final")
    fates.removes("/tmp")
    fates.reads("/final")

    assert fates.read == {}
    assert fates.made == {"/tmp": "removed", "/final": "written"}


def test_reading_through_a_link_is_reading_what_it_leads_to() -> None:
    fates = Fates()
    fates.links("/data/x", "/home/x/x")
    fates.links("/home/x/x", "/home/x/again")
    fates.reads("/home/x/again")

    assert fates.read == {"/data/x": "/data/x"}


def test_links_in_a_circle_end() -> None:
    fates = Fates()
    fates.links("/a", "/b")
    fates.links("/b", "/a")
    fates.reads("/a")

    assert fates.read == {}


def test_opening_for_update_is_neither_making_nor_reading() -> None:
    fates = Fates()
    fates.updates("/log")
    fates.removes("/db")
    fates.updates("/db")
    fates.writes("/own")
    fates.updates("/own")

    assert fates.made == {"/log": "updated", "/db": "written", "/own": "written"}
    assert fates.read == {}


def test_a_file_renamed_to_itself_stays() -> None:
    fates = Fates()
    fates.reads("/a")
    fates.renames("/a", "/a")

    assert fates.read == {"/a": "/a"}
    assert fates.made == {}


def test_what_was_not_there_when_it_was_written_was_not_read_before() -> None:
    fates = Fates()
    fates.reads("/cache")
    fates.is_absent("/cache")
    fates.writes("/cache")
    fates.is_absent("/new.db")
    fates.updates("/new.db")

    assert fates.read == {}
    assert fates.made == {"/cache": "written", "/new.db": "written"}


def test_what_was_read_and_removed_is_absent_then_and_was_read_all_the_same() -> None:
    fates = Fates()
    fates.reads("/a")
    fates.removes("/a")
    fates.is_absent("/a")
    fates.writes("/a")

    assert fates.read == {"/a": ""}


def test_a_journal_that_was_opened_or_made_and_is_gone_is_no_input() -> None:
    fates = Fates()
    for _ in range(2):
        fates.opens_or_makes("/base.db")
        fates.opens_or_makes("/base.db-journal")
        fates.removes("/base.db-journal")
        fates.opens_or_makes("/new.part")
        fates.renames("/new.part", "/new")

    assert fates.read == {"/base.db": ""}
    assert {path for path, fate in fates.made.items() if fate != "removed"} == {"/base.db", "/new"}


def test_a_file_that_was_read_before_it_was_opened_or_made_is_an_input_when_it_is_gone() -> None:
    fates = Fates()
    fates.reads("/queue")
    fates.opens_or_makes("/queue")
    fates.removes("/queue")

    assert fates.read == {"/queue": ""}
