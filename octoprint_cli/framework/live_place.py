"""Where a job is: its layer and its height, from the position in a file that was read here, or else by the server."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Optional

if TYPE_CHECKING:
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.gcode.analysis.layer_positions import LayerPositions


class JobPlace(NamedTuple):
    """The layer, counted from 1, how many there are, and the height in mm; None is unknown."""

    layer: Optional[int] = None
    layers: Optional[int] = None
    z: Optional[float] = None


class PlaceInFile:
    """The place of one job. With the file that was uploaded for it (`stored` on the server), it knows the layers.

    The file is read by a thread: until that is done, the server's height is all that is known.
    """

    def __init__(self, file: Optional[Path] = None, stored: Optional[str] = None) -> None:
        self._stored = stored
        self._found: Optional[LayerPositions] = None
        self._z: Optional[float] = None
        self._file: Optional[str] = None  # of the job that was followed last
        #: Reads the file.
        self.reader = threading.Thread(target=self._read, args=(file,), daemon=True)
        if file is not None:
            self.reader.start()

    def _read(self, file: Path) -> None:
        from octoprint_cli.gcode.analysis.layer_positions import layer_positions  # slow to import

        self._found = layer_positions(file)

    def follow(self, job: Job) -> None:
        """Take the height that the server knows, which is missing where a job was polled."""
        self._z = job.z if job.z is not None or job.file != self._file else self._z
        self._file = job.file

    def of(self, job: Job) -> JobPlace:
        """Return where a job is."""
        found = self._found
        if found is None or job.file != self._stored or job.completion is None or job.size is None:
            return JobPlace(z=self._z)
        place = found.at(job.completion * job.size / 100)
        return JobPlace(layers=found.total, z=self._z) if place is None else JobPlace(place.layer, found.total, place.z)
