import json
from datetime import date

import pytest

from flexsec.testing import Exchange, Recording, RecordingInvalid, read_recording, write_recording

GOOD = {
    "format": 1,
    "about": "A server is read.",
    "source": "simulator",
    "recorded": "2027-01-31",
    "exchanges": [
        {
            "request": {"method": "GET", "url": "https://management.azure.com/x?api-version=1", "body": None},
            "response": {"status": 200, "headers": {"retry-after": "10"}, "body": {"name": "x"}},
        }
    ],
}


def _file(tmp_path, data):
    path = tmp_path / "case.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def _changed(**changes):
    """A copy of the good file with values changed by dotted path."""
    data = json.loads(json.dumps(GOOD))
    for path, value in changes.items():
        *steps, last = path.split("__")
        place = data
        for step in steps:
            place = place[int(step)] if step.isdigit() else place[step]
        if value is KeyError:
            del place[last]
        else:
            place[last] = value
    return data


def test_written_recording_reads_back(tmp_path):
    """What is written is read back the same: JSON answers, texts that are not JSON, and empty answers."""
    exchanges = (
        Exchange(method="GET", url="https://a/x?y=1", body=None, status=200, headers={}, answer={"a": [1, None, "é"]}),
        Exchange(
            method="PUT",
            url="https://a/x",
            body={"v": 1},
            status=502,
            headers={"retry-after": "1"},
            answer="<html>",
            is_json=False,
        ),
        Exchange(method="DELETE", url="https://a/x", body=None, status=204, headers={}, answer="", is_json=False),
    )
    recording = Recording(about="Three answers.", source="live", recorded=date(2027, 1, 31), exchanges=exchanges)
    path = tmp_path / "stem" / "case.json"
    write_recording(recording, path)
    read = read_recording(path)
    assert read.exchanges == exchanges
    assert (read.about, read.source, read.recorded) == ("Three answers.", "live", date(2027, 1, 31))


@pytest.mark.parametrize(
    ("data", "place", "expected"),
    [
        ("{", "case.json", "not JSON"),
        ([], "$", "an object with the keys"),
        (_changed(format=2), "$.format", "1"),
        (_changed(source="memory"), "$.source", '"simulator" or "live"'),
        (_changed(recorded="yesterday"), "$.recorded", "a day such as"),
        (_changed(exchanges=[]), "$.exchanges", "at least one"),
        (_changed(about=KeyError), "$", "exactly the keys"),
        (_changed(extra=1), "$", "exactly the keys"),
        (_changed(exchanges__0__request__method="get"), "$.exchanges[0].request.method", "in capitals"),
        (_changed(exchanges__0__request__url="/x"), "$.exchanges[0].request.url", "a whole https URL"),
        (_changed(exchanges__0__request__body=KeyError), "$.exchanges[0].request", "exactly the keys"),
        (_changed(exchanges__0__response__status="200"), "$.exchanges[0].response.status", "an HTTP status"),
        (_changed(exchanges__0__response__headers={"set-cookie": "x"}), "$.exchanges[0].response.headers", "only these"),
        (_changed(exchanges__0__response__headers={"retry-after": 10}), "retry-after", "a text"),
        (_changed(exchanges__0__response__text="x"), "$.exchanges[0].response", "exactly the keys"),
        (_changed(exchanges__0__response=7), "$.exchanges[0].response", "an object"),
    ],
)  # fmt: skip
def test_bad_file_is_refused_with_its_place(tmp_path, data, place, expected):
    """A file that is not exactly a recording is refused, naming the file, the place in it and what was expected."""
    path = _file(tmp_path, data)
    with pytest.raises(RecordingInvalid) as caught:
        read_recording(path)
    message = str(caught.value)
    assert str(path) in message
    assert place in message
    assert expected in message


def test_good_file_is_read(tmp_path):
    """The file that the bad ones above are made from is itself accepted."""
    assert read_recording(_file(tmp_path, GOOD)).exchanges[0].answer == {"name": "x"}
